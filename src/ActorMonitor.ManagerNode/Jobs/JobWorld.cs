using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Slots;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>What all jobs of a manager share.</summary>
/// <param name="Clock">The slot clock.</param>
/// <param name="Writer">Takes the jobs' decisions.</param>
/// <param name="Autonomy">For how long a monitor goes on without this manager.</param>
internal sealed record JobWorld(SlotClock Clock, IActorRef Writer, TimeSpan Autonomy)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    // A timer cannot wait for ever; one that wakes for nothing is armed again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Where jobs wake together.</summary>
    public WakeGrid Grid { get; init; } = new();

    /// <summary>Counts the slots that come due.</summary>
    public SlotMeter Due { get; init; } = new();

    /// <summary>How long to sleep from now to an instant, on the grid.</summary>
    public TimeSpan Wait(DateTimeOffset now, DateTimeOffset instant)
    {
        if (instant - now > LongestWait)
            return LongestWait;
        var grid = Grid.Value;
        if (grid > TimeSpan.Zero && instant.UtcTicks % grid.Ticks is > 0 and var past)
            instant = instant.AddTicks(grid.Ticks - past);

        // Never 0: the clock may be slewed, and a timer may come a little early by it.
        var wait = instant - now;
        return wait > ShortestWait ? wait : ShortestWait;
    }
}

/// <summary>
/// Jobs wake at multiples of this, so that what is due within it is asked for, sent and received together; zero wakes each at its own
/// instant. A slot is late by this at most. When the jobs change it may change under jobs that are not touched otherwise. Thread-safe.
/// </summary>
internal sealed class WakeGrid(TimeSpan value = default)
{
    // From here on some slots share an instant.
    private const double BusySlotsASecond = 200;

    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(10);
    private long _ticks = value.Ticks;

    public TimeSpan Value => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    /// <summary>The grid for so many jobs.</summary>
    public static WakeGrid For(IEnumerable<JobDefinition> jobs) => new(Of(jobs));

    /// <summary>There are other jobs.</summary>
    public void Change(IEnumerable<JobDefinition> jobs) => Volatile.Write(ref _ticks, Of(jobs).Ticks);

    // From one wake-up to the next a thread, a socket and the peer's thread sleep and are woken again: with 1,000 slots a second on
    // instants of their own that was a third of what both nodes spent.
    private static TimeSpan Of(IEnumerable<JobDefinition> jobs)
        => jobs.Sum(job => job.Monitors.Length / job.Check.Interval.TotalSeconds) >= BusySlotsASecond ? Busy : TimeSpan.Zero;
}
