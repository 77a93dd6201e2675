using Akka.Event;

namespace Akka.TestKit.Internal;

// One kind of log event that a test expects or mutes.
internal sealed class LogFilter(Predicate<LogEvent> isMatch, string description)
{
    private readonly Lock _gate = new();
    private Action? _matched;

    // Called by the listener for each event; true keeps the event out of the log.
    internal bool Apply(LogEvent logEvent)
    {
        if (!isMatch(logEvent))
        {
            return false;
        }

        lock (_gate)
        {
            _matched?.Invoke();
        }

        return true;
    }

    internal void WhenMatched(Action? matched)
    {
        lock (_gate)
        {
            _matched = matched;
        }
    }

    public override string ToString() => description;

    internal static Func<string, bool> Text(string? message, string? start, string? contains)
        => text => (message is null || text == message)
            && (start is null || text.StartsWith(start, StringComparison.Ordinal))
            && (contains is null || text.Contains(contains, StringComparison.Ordinal));

    // A source is given whole, without its address, or without the uid at its end.
    internal static bool IsFrom(string? source, string logSource)
    {
        if (source is null)
        {
            return true;
        }

        var actual = logSource.TrimStart('[').TrimEnd(']').Split('#')[0];
        return logSource == source || actual == source || (source.StartsWith('/') && actual.EndsWith(source, StringComparison.Ordinal));
    }
}

// To the listener of a system: these events are looked for, and kept out of the log. The same filter twice is one.
internal sealed record MuteFilter(LogFilter Filter, Action Applied);

// To the listener of a system: these no more.
internal sealed record UnmuteFilter(LogFilter Filter);
