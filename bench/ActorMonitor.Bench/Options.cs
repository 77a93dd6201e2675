using System.Globalization;

namespace ActorMonitor.Bench;

/// <summary>What was asked for in another way than the usage says.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The <c>--name value</c> pairs of a command. A name that the command never asks for is an error too.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public Options(ReadOnlySpan<string> arguments)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Length)
                throw new UsageException($"'{arguments[i]}' is no --option with a value.");

            _values[arguments[i][2..]] = arguments[i + 1];
        }
    }

    public string Text(string name, string otherwise) => _values.Remove(name, out var value) ? value : otherwise;

    public int Number(string name, int otherwise, int min = 1, int max = 1_000_000_000)
    {
        if (!_values.Remove(name, out var text))
            return otherwise;

        return int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new UsageException($"--{name} takes a number from {min} to {max}.");
    }

    public bool Flag(string name) => OneOf(name, "no", "yes") == "yes";

    /// <summary>One of a few words; the first is the default.</summary>
    public string OneOf(string name, params ReadOnlySpan<string> words)
    {
        var value = Text(name, words[0]);
        return words.Contains(value) ? value : throw new UsageException($"--{name} takes one of: {string.Join(", ", words.ToArray())}.");
    }

    /// <summary>Says that all options have been asked for.</summary>
    public void End()
    {
        if (_values.Count > 0)
            throw new UsageException($"There is no option --{_values.Keys.First()} here.");
    }
}
