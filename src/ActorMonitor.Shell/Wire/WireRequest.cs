using System.Text.Json.Serialization;

namespace ActorMonitor.Shell;

/// <summary>What pbm posts to <c>/pbm/v1</c>: a line, and for a changing command the proof of the node's token. No words: a greeting.</summary>
/// <param name="Line">The line's words.</param>
/// <param name="Nonce">The nonce of the challenge that is answered.</param>
/// <param name="Proof">The answer to it, see <see cref="TokenProof"/>.</param>
/// <param name="Complete">The line is not to be run: its last word, which may be empty, is unfinished, and what could stand there is asked for.</param>
/// <param name="User">Who runs pbm, as the system calls them, for the node's records: a word, not a proof.</param>
internal sealed record WireRequest(
    string[]? Line,
    string? Nonce = null,
    string? Proof = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Complete = false,
    string? User = null)
{
    public const string Path = "/pbm/v1";
    public const string HeaderName = "X-Pbm";
    public const string HeaderValue = "1";
    public const int MaxBytes = 64 * 1024;
    public const int MaxWords = 256;
    public const int MaxWordLength = 4096;
    public const int MaxUserLength = 64;

    /// <summary>Whether the line keeps the bounds.</summary>
    public static bool IsBounded(IReadOnlyList<string?> line) => line.Count <= MaxWords && line.All(word => word is { Length: <= MaxWordLength });
}
