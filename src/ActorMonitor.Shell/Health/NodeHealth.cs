using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>
/// What the parts of a node say of themselves, by name; <c>pbm health</c> shows it. A part reports whenever it likes; only a
/// change of its status is a <see cref="Changed"/>, which the program prints on the console, so that a part need not. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class NodeHealth(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>
    /// A check got another status; not the first report of one that is Ok. Called under the board's lock, one at a time and
    /// in order: handlers hand it on and return.
    /// </summary>
    public event Action<HealthCheck>? Changed;

    /// <summary>All checks, by name.</summary>
    public ImmutableArray<HealthCheck> Checks
    {
        get
        {
            lock (_lock)
                return [.. _entries.Select(pair => pair.Value.Shown(pair.Key))];
        }
    }

    /// <summary>Says how a part is now. A sticky report that is not Ok stays beside later ones until <see cref="Clear"/>.</summary>
    /// <param name="check">The part.</param>
    /// <param name="status">How it is.</param>
    /// <param name="message">One line for people.</param>
    /// <param name="isSticky">Whether an operator has to have seen it.</param>
    public void Report(string check, HealthStatus status, string message, bool isSticky = false)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var isNew = !_entries.TryGetValue(check, out var entry);
            entry ??= new Entry { Current = new State(HealthStatus.Ok, "nothing to report", now) };
            var before = isNew ? HealthStatus.Ok : entry.Shown(check).Status;
            if (isSticky && status != HealthStatus.Ok)
                entry.Sticky = State.Next(entry.Sticky, status, message, now);
            else
                entry.Current = State.Next(entry.Current, status, message, now);
            _entries[check] = entry;
            RaiseIfChanged(entry.Shown(check), before);
        }
    }

    /// <summary>Takes back what sticky reports have said of a part; what it says of itself now stays.</summary>
    /// <returns>Whether there was a sticky report.</returns>
    public bool Clear(string check)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(check, out var entry) || entry.Sticky is null)
                return false;
            var before = entry.Shown(check).Status;
            entry.Sticky = null;
            RaiseIfChanged(entry.Shown(check), before);
            return true;
        }
    }

    /// <summary>Forgets a part that is no more, with all that it has said.</summary>
    public void Forget(string check)
    {
        lock (_lock)
            _ = _entries.Remove(check);
    }

    private void RaiseIfChanged(HealthCheck shown, HealthStatus before)
    {
        if (shown.Status != before)
            Changed?.Invoke(shown);
    }

    private sealed class Entry
    {
        public required State Current { get; set; }

        public State? Sticky { get; set; }

        public HealthCheck Shown(string name)
        {
            if (Sticky is not { } sticky)
                return new HealthCheck(name, Current.Status, Current.Message, Current.Since, IsSticky: false);
            if (Current.Status == HealthStatus.Ok)
                return new HealthCheck(name, sticky.Status, sticky.Message, sticky.Since, IsSticky: true);
            var worse = Current.Status >= sticky.Status ? Current : sticky;
            return new HealthCheck(name, worse.Status, $"{Current.Message}; {sticky.Message}", worse.Since, IsSticky: true);
        }
    }

    private sealed record State(HealthStatus Status, string Message, DateTimeOffset Since)
    {
        // The instant is that of the status; the message may change under it.
        public static State Next(State? before, HealthStatus status, string message, DateTimeOffset now)
            => new(status, message, before?.Status == status ? before.Since : now);
    }
}
