using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>A request header of a job, written <c>Name: value</c>.</summary>
internal sealed record HeaderLine(string Name, string Value)
{
    // The exchange itself depends on these; Host has a setting of its own.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "HTTP2-Settings", "TE", "Trailer", "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool TryParse(string text, [NotNullWhen(true)] out HeaderLine? line)
    {
        line = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return false;
        var (name, value) = (text[..colon], text[(colon + 1)..].Trim(' ', '\t'));
        if (!name.All(IsTokenCharacter) || !value.All(IsValueCharacter) || Reserved.Contains(name))
            return false;
        line = new HeaderLine(name, value);
        return true;
    }

    // RFC 9110 section 5.6.2
    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    // RFC 9110 section 5.5, without obs-text
    private static bool IsValueCharacter(char c) => c is '\t' or (>= ' ' and <= '~');
}
