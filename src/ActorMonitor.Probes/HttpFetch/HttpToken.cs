using System.Buffers;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The words of HTTP (RFC 9110 section 5.6.2).</summary>
internal static class HttpToken
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool ContainsOnlyTokenCharacters(this ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(Characters);

    /// <summary>Whether a text may stand as a field's value: printable ASCII and tabs (RFC 9110 section 5.5, without obs-text).</summary>
    public static bool IsValue(string text) => text.All(c => c is '\t' or (>= ' ' and <= '~'));
}
