// Owns what has arrived and is not acknowledged yet. Supervised by ManagerSupervisor.
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>Hands each result to its job's record and acknowledges in batches to the link that it came by.</summary>
internal sealed class ResultWriter : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<(IActorRef Link, OutboxId Outbox), List<long>> _arrived = [];

    public ResultWriter(IActorRef jobs)
    {
        Receive<ResultArrived>(arrived =>
        {
            jobs.Tell(new SlotResult(arrived.Monitor, arrived.Result), Self);
            var key = (Sender, arrived.Outbox);
            if (!_arrived.TryGetValue(key, out var seqs))
                _arrived[key] = seqs = [];
            seqs.Add(arrived.Seq);
            if (!Timers.IsTimerActive(Flush.Instance))
                Timers.StartSingleTimer(Flush.Instance, Flush.Instance, FlushAfter);
        });
        Receive<Flush>(_ => OnFlush());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef jobs) => Akka.Actor.Props.Create(() => new ResultWriter(jobs));

    private void OnFlush()
    {
        foreach (var ((link, outbox), seqs) in _arrived)
        {
            foreach (var ranges in SeqRanges.Of(seqs).Chunk(Acknowledge.MaxRanges))
                link.Tell(new Kept(outbox, [.. ranges]), Self);
        }

        _arrived.Clear();
    }

    private sealed record Flush
    {
        public static readonly Flush Instance = new();
    }
}
