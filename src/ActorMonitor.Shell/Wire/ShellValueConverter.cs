using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMonitor.Shell;

/// <summary>Values in JSON: durations are seconds, instants ISO 8601 in UTC, an empty cell is null.</summary>
internal sealed class ShellValueConverter : JsonConverter<ShellValue>
{
    private const double LongestSeconds = 1e11;

    public override ShellValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.TryGetInt64(out var whole) ? (ShellValue)whole : (ShellValue)reader.GetDouble(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => ShellValue.None,
        _ => throw new JsonException("A value is a text, a number, a flag or null."),
    };

    public override void Write(Utf8JsonWriter writer, ShellValue value, JsonSerializerOptions options) => Write(writer, value);

    public static void Write(Utf8JsonWriter json, ShellValue value)
    {
        switch (value.Content)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case TimeSpan duration:
                json.WriteNumberValue(duration.Ticks / (decimal)TimeSpan.TicksPerSecond);
                break;
            case DateTimeOffset instant:
                json.WriteStringValue(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>A value read from JSON as its column means it; what does not fit the column stays as it came.</summary>
    public static ShellValue As(ColumnKind kind, ShellValue value) => (kind, value.Content) switch
    {
        (ColumnKind.Duration, long seconds) when Math.Abs((double)seconds) <= LongestSeconds => TimeSpan.FromSeconds((double)seconds),
        (ColumnKind.Duration, double seconds) when Math.Abs(seconds) <= LongestSeconds => TimeSpan.FromSeconds(seconds),
        (ColumnKind.Instant, string text) when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) => instant,
        _ => value,
    };
}
