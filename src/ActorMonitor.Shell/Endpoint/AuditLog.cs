using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorMonitor.Shell;

/// <summary>
/// Who changed the node: an NDJSON file in its data folder with a line before each changing command, a line after it, and a line for
/// each that was refused. At <see cref="MaxBytes"/> it is set aside as <c>.1</c>; <see cref="FilesKept"/> of those are kept. Thread-safe.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="time">The clock.</param>
internal sealed class AuditLog(string path, TimeProvider time)
{
    public const string Name = "audit.log";
    public const long MaxBytes = 4 * 1024 * 1024;
    public const int FilesKept = 4;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A word KEY=VALUE whose key says that the value is one.
    private static readonly string[] Secrets = ["password", "passphrase", "token", "secret", "authorization", "cookie", "key"];

    private readonly Lock _lock = new();
    private long _number;

    /// <summary>Notes that a command begins. Returns its number, by which the line of its end names it, or what kept it from being written.</summary>
    public (long Number, string? Problem) Began(string caller, IReadOnlyList<string> line)
    {
        var number = Interlocked.Increment(ref _number);
        return (number, Append(json =>
        {
            json.WriteString("event", "began");
            json.WriteNumber("number", number);
            Write(json, caller, line);
        }));
    }

    /// <summary>Notes how a command ended.</summary>
    public string? Ended(long number, int exit, TimeSpan elapsed) => Append(json =>
    {
        json.WriteString("event", "ended");
        json.WriteNumber("number", number);
        json.WriteNumber("exit", exit);
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
    });

    /// <summary>Notes that a command was not run.</summary>
    public string? Refused(string caller, IReadOnlyList<string> line, string reason) => Append(json =>
    {
        json.WriteString("event", "refused");
        Write(json, caller, line);
        json.WriteString("reason", reason);
    });

    private static void Write(Utf8JsonWriter json, string caller, IReadOnlyList<string> line)
    {
        json.WriteString("who", caller);
        json.WriteStartArray("what");
        foreach (var word in line)
            json.WriteStringValue(TerminalText.Escape(Redacted(word)));
        json.WriteEndArray();
    }

    private static string Redacted(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && Array.Exists(Secrets, secret => word.AsSpan(0, equals).Contains(secret, StringComparison.OrdinalIgnoreCase)) ? $"{word[..equals]}=***" : word;
    }

    private string? Append(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("at", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            members(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        try
        {
            lock (_lock)
                Append(stream.GetBuffer().AsSpan(0, (int)stream.Length));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {e.Message}";
        }
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        if (new FileInfo(path) is { Exists: true, Length: var length } && length + line.Length > MaxBytes)
            SetAside();
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(line);
        file.Flush(flushToDisk: true);
    }

    private void SetAside()
    {
        for (var i = FilesKept - 1; i >= 1; i--)
        {
            if (File.Exists($"{path}.{i}"))
                File.Move($"{path}.{i}", $"{path}.{i + 1}", overwrite: true);
        }

        File.Move(path, $"{path}.1", overwrite: true);
    }
}
