namespace ActorMonitor.Shell;

/// <summary>Colours, or none. Only the sixteen that every terminal has and every theme sets, so that they can be read on any background.</summary>
internal sealed class Ink(bool isOn)
{
    public static readonly Ink None = new(isOn: false);
    public static readonly Ink All = new(isOn: true);

    private const string Bold = "1";
    private const string Dim = "2";
    private const string Red = "31";
    private const string Green = "32";
    private const string Yellow = "33";
    private const string Cyan = "36";

    public string Header(string text) => Of(Bold, text);

    public string Failure(string text) => Of(Red, text);

    public string Prompt(string text) => Of(Cyan, text);

    /// <summary>What is said beside the matter.</summary>
    public string Aside(string text) => Of(Dim, text);

    /// <summary>How something is, by the first word: the glossary's words for good, so-so and bad; others are left as they are.</summary>
    public string State(string text) => ColourOf(text) is { } colour ? Of(colour, text) : text;

    private static string? ColourOf(string text)
    {
        var first = text.AsSpan().TrimStart();
        var end = 0;
        while (end < first.Length && char.IsAsciiLetter(first[end]))
            end++;
        return first[..end].ToString().ToLowerInvariant() switch
        {
            "up" or "ok" or "linked" or "running" => Green,
            "degraded" or "warning" or "unknown" or "skipped" or "paused" or "draining" or "drained" or "connecting" => Yellow,
            "down" or "failed" or "lost" or "error" => Red,
            _ => null,
        };
    }

    private string Of(string code, string text) => isOn && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
