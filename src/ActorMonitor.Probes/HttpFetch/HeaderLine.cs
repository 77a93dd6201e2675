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
        if (!name.AsSpan().ContainsOnlyTokenCharacters() || !HttpToken.IsValue(value) || Reserved.Contains(name))
            return false;
        line = new HeaderLine(name, value);
        return true;
    }
}
