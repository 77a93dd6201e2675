using System.Collections.Immutable;

namespace ActorMonitor.Configuration;

/// <summary>The mistakes of one source in the order of their lines, bounded: a file that is wrong throughout does not fill the memory.</summary>
internal sealed class ErrorList
{
    /// <summary>The most mistakes listed; one more says how many there are beyond.</summary>
    internal const int MaxErrors = 1_000;

    private readonly List<ConfigurationError> _errors = [];
    private int _beyond;

    internal bool IsEmpty => _errors.Count == 0;

    /// <summary>Whether further mistakes are only counted, so that nobody need word them well.</summary>
    internal bool IsFull => _errors.Count >= MaxErrors;

    internal void Add(ConfigurationError error)
    {
        if (!IsFull)
            _errors.Add(error);
        else
            _beyond++;
    }

    internal ImmutableArray<ConfigurationError> InOrder()
    {
        // OrderBy keeps the order of discovery among equals.
        IEnumerable<ConfigurationError> ordered = _errors.OrderBy(error => error.Line ?? int.MaxValue).ThenBy(error => error.Column ?? 0);
        if (_beyond > 0)
            ordered = ordered.Append(new ConfigurationError(_errors[0].File, null, "", $"{_beyond} more mistakes are not listed"));
        return [.. ordered];
    }
}
