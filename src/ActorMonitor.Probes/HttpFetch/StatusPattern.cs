using System.Globalization;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>A range of HTTP status codes, written <c>200</c>, <c>2xx</c> or <c>200-299</c>.</summary>
/// <param name="First">The least code.</param>
/// <param name="Last">The greatest code.</param>
internal readonly record struct StatusPattern(int First, int Last)
{
    /// <summary>Whether it names one code and no other.</summary>
    public bool IsExact => First == Last;

    public bool Matches(int status) => First <= status && status <= Last;

    public static bool TryParse(string text, out StatusPattern pattern)
    {
        pattern = default;
        if (text.Length == 3 && text[0] is >= '1' and <= '5' && text.AsSpan(1).Equals("xx", StringComparison.OrdinalIgnoreCase))
        {
            var first = (text[0] - '0') * 100;
            pattern = new StatusPattern(first, first + 99);
            return true;
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var (from, to) = dash < 0 ? (text, text) : (text[..dash], text[(dash + 1)..]);
        if (!TryParseCode(from, out var least) || !TryParseCode(to, out var greatest) || least > greatest)
            return false;
        pattern = new StatusPattern(least, greatest);
        return true;
    }

    private static bool TryParseCode(string text, out int code)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && text.Length == 3 && code is >= 100 and <= 599;
}
