using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using ActorMonitor.Probes.Matching;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What a response's header has to be, written <c>NAME OPERATOR VALUE</c>.</summary>
internal sealed class HeaderAssertion
{
    public const string Accepts = "a list of \"NAME exists\", \"NAME absent\", \"NAME = VALUE\", \"NAME != VALUE\", \"NAME contains TEXT\" or \"NAME matches REGEX\"";

    private readonly string _text;
    private readonly string _name;
    private readonly Func<string?, bool> _holds;

    private HeaderAssertion(string text, string name, Func<string?, bool> holds) => (_text, _name, _holds) = (text, name, holds);

    public static bool TryParse(string text, [NotNullWhen(true)] out HeaderAssertion? assertion)
    {
        var words = text.Split(' ', 3, StringSplitOptions.TrimEntries);
        assertion = words.Length >= 2 && words[0].AsSpan().ContainsOnlyTokenCharacters() && TestOf(words[1], words.Length == 3 ? words[2] : "") is { } holds
            ? new HeaderAssertion(text, words[0], holds)
            : null;
        return assertion is not null;
    }

    /// <summary>Why it does not hold; null when it does.</summary>
    public string? Judge(HttpHeaders headers)
    {
        var value = headers.Get(_name);
        if (_holds(value))
            return null;
        return $"header {_text}: {(value is null ? "there is none" : $"it is \"{value}\"")}";
    }

    private static Func<string?, bool>? TestOf(string word, string operand) => (word, operand.Length > 0) switch
    {
        ("exists", false) => value => value is not null,
        ("absent", false) => value => value is null,
        ("=", true) => value => value == operand,
        ("!=", true) => value => value != operand,
        ("contains", true) => value => value?.Contains(operand, StringComparison.Ordinal) == true,
        ("matches", true) when TextPattern.TryParse(operand, out var regex) => value => value is not null && IsMatch(regex, value),
        _ => null,
    };

    private static bool IsMatch(Regex regex, string value)
    {
        try
        {
            return regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
