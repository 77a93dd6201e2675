using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace ActorMonitor.Probes.Matching;

/// <summary>Regular expressions over what a peer sent: without backtracking, so that no answer can make one run for long.</summary>
internal static class TextPattern
{
    private const int MaxLength = 1024;

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    public static bool TryParse(string pattern, [NotNullWhen(true)] out Regex? regex)
    {
        regex = null;
        if (pattern.Length is 0 or > MaxLength)
            return false;
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
