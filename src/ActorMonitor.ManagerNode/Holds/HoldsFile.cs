using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Holds;

/// <summary>
/// Keeps pauses and drains over a restart: <c>holds.json</c> in the manager's data folder, written whole beside itself and renamed into its
/// place. What cannot be understood is set aside, never guessed at.
/// </summary>
internal sealed class HoldsFile(string folder, TimeProvider time)
{
    public const string Name = "holds.json";

    private const int Version = 1;
    private const int MaxBytes = 64 << 20;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    private readonly KeptFile _file = new(Path.Combine(folder, Name), MaxBytes);

    /// <summary>What is in the file, and what an operator has to know of it; null when all is well.</summary>
    public (HoldState State, string? Problem) Read()
    {
        string text;
        try
        {
            if (_file.TryRead() is not { } found)
                return (HoldState.Empty, null);
            text = found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (HoldState.Empty, $"{_file.FullPath} cannot be read ({e.Message}): no job is paused and no monitor drained that was before; pause them again");
        }

        try
        {
            return (Parse(text), null);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return (HoldState.Empty, $"{_file.FullPath} is damaged ({e.Message}){SetAside()}; no job is paused and no monitor drained that was before: pause them again, and clear this");
        }
    }

    /// <summary>Puts these in the place of what is in the file, on disk when it returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(HoldState state) => _file.Write(Print(state));

    internal static string Print(HoldState state) => JsonSerializer.Serialize(new Form(Version, Forms(state.Jobs), Forms(state.Monitors)), Strict) + "\n";

    internal static HoldState Parse(string text)
    {
        var form = JsonSerializer.Deserialize<Form>(text, Strict) ?? throw new FormatException("it is empty");
        if (form.Version != Version)
            throw new FormatException($"its form is {form.Version}, not {Version}");
        return new HoldState(Holds(form.Jobs, "job"), Holds(form.Monitors, "monitor"));
    }

    private string SetAside()
    {
        try
        {
            return $" and is now {_file.SetAside(time)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $" and cannot be set aside ({e.Message})";
        }
    }

    private static ImmutableArray<HoldForm> Forms(ImmutableSortedDictionary<string, Hold> holds)
        => [.. holds.Select(pair => new HoldForm(pair.Key, pair.Value.By, pair.Value.Since, pair.Value.Reason, pair.Value.Until))];

    private static ImmutableSortedDictionary<string, Hold> Holds(ImmutableArray<HoldForm> forms, string kind)
    {
        if (forms.Length > HoldState.MostHolds)
            throw new FormatException($"it has {forms.Length} entries, at most {HoldState.MostHolds} can be");
        var holds = ImmutableSortedDictionary.CreateBuilder<string, Hold>(StringComparer.Ordinal);
        foreach (var form in forms)
        {
            if (!JobId.IsValid(form.Name) || form.By.Length > Hold.MaxLength || form.Reason?.Length > Hold.MaxLength || form.Until <= form.Since)
                throw new FormatException($"a {kind} that cannot be");
            if (!holds.TryAdd(form.Name, new Hold(form.By, form.Since, form.Reason, form.Until)))
                throw new FormatException($"the {kind} \"{form.Name}\" is in it twice");
        }

        return holds.ToImmutable();
    }

    private sealed record Form(int Version, ImmutableArray<HoldForm> Jobs, ImmutableArray<HoldForm> Monitors);

    private sealed record HoldForm(string Name, string By, DateTimeOffset Since, string? Reason = null, DateTimeOffset? Until = null);
}
