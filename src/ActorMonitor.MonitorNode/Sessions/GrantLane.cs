using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>One job's grant with what has been accepted of it, in Unix milliseconds of the manager's clock.</summary>
internal sealed class GrantLane
{
    /// <summary>No slot, and no place in the queue.</summary>
    public const long None = -1;

    private readonly long _intervalMilliseconds;
    private readonly long _graceMilliseconds;
    private readonly long _patienceMilliseconds;

    public GrantLane(GrantTerms terms, long word)
    {
        (Terms, Word) = (terms, word);
        _intervalMilliseconds = Math.Max(1, (long)terms.Check.Interval.TotalMilliseconds);
        _graceMilliseconds = (long)SlotTiming.Grace(terms.Check.Interval).TotalMilliseconds;
        _patienceMilliseconds = (long)SlotTiming.Patience(terms.Check.Interval).TotalMilliseconds;
    }

    public GrantTerms Terms { get; }

    /// <summary>When it was granted, in the order of grants and renewals.</summary>
    public long Word { get; }

    /// <summary>The newest slot accepted.</summary>
    public long Accepted { get; set; } = None;

    /// <summary>The first instant whose slot the monitor may start by itself, besides what the grant says.</summary>
    public long From { get; set; }

    /// <summary>The start under which the queue holds it.</summary>
    public long QueuedFor { get; set; } = None;

    /// <summary>The next slot.</summary>
    public long Next
    {
        get
        {
            var least = Math.Max(Math.Max(Terms.NotBefore.DueUnixMilliseconds, Accepted + 1), From) - Terms.PhaseMilliseconds;
            var passed = Math.DivRem(least, _intervalMilliseconds, out var remainder);
            return Terms.PhaseMilliseconds + ((remainder > 0 ? passed + 1 : passed) * _intervalMilliseconds);
        }
    }

    /// <summary>When the monitor starts the next slot by itself.</summary>
    public long Start => Next + _graceMilliseconds;

    public bool IsSameScheduleAs(GrantLane other)
        => Terms.Revision == other.Terms.Revision
        && _intervalMilliseconds == other._intervalMilliseconds
        && Terms.PhaseMilliseconds == other.Terms.PhaseMilliseconds;

    /// <summary>Leaves out the slots that should have been started before.</summary>
    public void StartAfter(DateTimeOffset now) => From = Math.Max(From, Floor(now) - _graceMilliseconds + 1);

    /// <summary>Leaves out the slots that had expired at an instant.</summary>
    public void PassOverExpiredAt(DateTimeOffset instant) => From = Math.Max(From, Ceiling(instant) - _patienceMilliseconds);

    public static long Floor(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    private static long Ceiling(DateTimeOffset instant) => instant.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();
}
