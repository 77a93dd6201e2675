using System.Collections.Frozen;
using System.Text;

namespace ActorMonitor.Messages;

/// <summary>The printed names of causes and outcomes: <see cref="Cause.TlsExpired"/> is <c>tls-expired</c>, <see cref="Outcome.Up"/> is <c>Up</c>.</summary>
public static class CauseNames
{
    private static readonly FrozenDictionary<Cause, string> Names =
        Enum.GetValues<Cause>().ToFrozenDictionary(cause => cause, cause => Hyphenated(cause.ToString()));

    private static readonly FrozenDictionary<string, Cause> Causes =
        Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The cause's printed name; a number for a value that is not on the list.</summary>
    public static string Name(this Cause cause) => Names.TryGetValue(cause, out var name) ? name : ((int)cause).ToString();

    /// <summary>Finds a cause by its printed name.</summary>
    public static bool TryParse(string name, out Cause cause) => Causes.TryGetValue(name, out cause);

    private static string Hyphenated(string pascal)
    {
        var text = new StringBuilder(pascal.Length + 4);
        foreach (var c in pascal)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
