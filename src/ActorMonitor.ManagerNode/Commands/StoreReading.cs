using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>Reads the manager's store for a command: what keeps it from being read is an answer, not an exception.</summary>
internal static class StoreReading
{
    /// <summary>For how long a command waits for the store; less than the shell waits for the command.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What a read came to: a value, or a line for people; and why the store takes nothing at present, if so.</summary>
    public static async Task<(T? Value, string? Problem, string? Outage)> ReadAsync<T>(
        IActorRef manager, TimeProvider time, Func<IStore, DateTimeOffset, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        var current = await manager.Ask<CurrentStore>(GetStore.Instance, AskTimeout, cancellationToken);
        if (current.Store is not { } store)
            return (null, $"The store is not there: {current.Failure ?? "it is being opened; try again"}. Try: health", null);
        using var bound = new CancellationTokenSource(Bound, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            // A store that does not heed its token is left behind, not waited for.
            return (await read(store, current.Now, ends.Token).WaitAsync(ends.Token), null, current.Failure);
        }
        catch (StoreException e)
        {
            return (null, $"The store cannot be read: {e.Message} Try: health", null);
        }
        catch (LaneException e)
        {
            return (null, e.Message, null);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"The store did not answer within {(ShellValue)Bound}. Try a shorter range, or: health", null);
        }
    }

    /// <summary>A job's lanes in the order of their monitors, those that have ended included.</summary>
    /// <exception cref="LaneException">There is no such job, or it is not on that monitor.</exception>
    public static async Task<ImmutableArray<LaneKey>> LanesOfAsync(IStore store, JobId job, string? monitor, CancellationToken cancellationToken)
    {
        var all = await store.LanesAsync(cancellationToken);
        var lanes = all.Select(lane => lane.Key).Where(key => key.Job == job).OrderBy(key => key.Monitor, StringComparer.Ordinal).ToImmutableArray();
        if (lanes.IsEmpty)
            throw UnknownJob(job, all.Select(lane => lane.Key));
        if (monitor is null)
            return lanes;
        var ofMonitor = lanes.Where(key => key.Monitor == monitor).ToImmutableArray();
        if (ofMonitor.IsEmpty)
            throw new LaneException($"{job} does not run on \"{monitor}\"; it runs on {string.Join(", ", lanes.Select(key => key.Monitor))}.");
        return ofMonitor;
    }

    /// <summary>There is no such job among the lanes; the message names those that are close.</summary>
    public static LaneException UnknownJob(JobId job, IEnumerable<LaneKey> lanes)
        => new($"There is no job \"{job}\".{ClosestNames.Question(job.Name, lanes.Select(key => key.Job.Name))} Try: jobs list");
}

/// <summary>There is no such lane; the message says so to people.</summary>
internal sealed class LaneException : Exception
{
    public LaneException(string message)
        : base(message)
    {
    }
}
