using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Start;

/// <summary>Opens the store and tells it that the manager begins, off the actors' threads. Never throws: what is wrong is a message.</summary>
internal static class StoreStart
{
    /// <summary>Ends as <see cref="Started"/>, <see cref="Refused"/> or <see cref="NotYet"/>.</summary>
    /// <param name="opened">The store, when an earlier try has opened it; it alone knows what it found.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="holds">Where it is kept what is paused and drained; null when it is not.</param>
    /// <param name="jobs">The jobs that are configured.</param>
    /// <param name="time">The clock.</param>
    public static Task<object> RunAsync(
        IStore? opened, Func<CancellationToken, Task<IStore>> open, HoldsFile? holds, ImmutableArray<JobDefinition> jobs, TimeProvider time) => Task.Run(async () =>
    {
        try
        {
            opened ??= await open(CancellationToken.None);
            var opening = opened.Opening;
            if (StartPlan.Refusal(opening, time.GetUtcNow()) is { } refusal)
            {
                _ = await StoreTasks.CloseAsync(opened);
                return (object)new Refused(refusal);
            }

            var clock = new SlotClock(time, StartPlan.NotBefore(opening));
            var plan = StartPlan.Of(opening, await opened.LanesAsync(CancellationToken.None), jobs, clock.Now);
            var effects = await opened.WriteAsync(plan.Writes, CancellationToken.None);
            return new Started(opened, clock, plan, holds?.Read() ?? (HoldState.Empty, null), Counted(plan, effects, Outcome.NotRunning), Counted(plan, effects, Outcome.Lost));
        }
        catch (Exception e)
        {
            var failed = StoreTasks.Failed.Of(e);
            if (failed.Fault != StoreFault.Damaged)
                return new NotYet(opened, failed);
            _ = await StoreTasks.CloseAsync(opened);
            return new NotYet(null, failed);
        }
    });

    private static long Counted(StartPlan plan, ImmutableArray<WriteEffect> effects, Outcome outcome)
        => plan.Writes.Zip(effects).Where(write => write.First is KeepRange range && range.Outcome == outcome).Sum(write => write.Second.Count);

    /// <summary>The manager may begin.</summary>
    internal sealed record Started(IStore Store, SlotClock Clock, StartPlan Plan, (HoldState State, string? Problem) Holds, long NotRunning, long Lost);

    /// <summary>It must not.</summary>
    internal sealed record Refused(string Reason);

    /// <summary>The store does not let it; it is tried again.</summary>
    internal sealed record NotYet(IStore? Opened, StoreTasks.Failed Failure);
}
