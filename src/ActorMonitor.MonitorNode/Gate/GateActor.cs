// Owns the node's bound on running checks and the size of the probe pool. Supervised by MonitorSupervisor.
using Akka.Actor;
using Akka.Routing;

namespace ActorMonitor.MonitorNode.Gate;

/// <summary>
/// One a node: admits at most pool size x checks-per-probe checks at a time, fairly over the sessions, and grows and
/// shrinks the pool by its occupancy.
/// </summary>
internal sealed class GateActor : ReceiveActor, IWithTimers
{
    private readonly GateMemory _memory;
    private readonly IActorRef _probes;
    private readonly int _checksPerProbe;
    private readonly TimeProvider _time;

    public GateActor(GateMemory memory, IActorRef probes, int checksPerProbe, TimeProvider time)
    {
        (_memory, _probes, _checksPerProbe, _time) = (memory, probes, checksPerProbe, time);

        Receive<Routees>(routees => Resize(routees.Members.Count()));
        Receive<Want>(want =>
        {
            _ = Context.Watch(Sender);
            _memory.Gate.Want(Sender, want.Count);
            Admit();
        });
        Receive<Withdraw>(withdraw => _memory.Gate.Withdraw(Sender, withdraw.Count));
        Receive<Release>(release =>
        {
            _memory.Gate.Release(Sender, release.Count);
            Admit();
        });
        Receive<Terminated>(ended =>
        {
            _memory.Gate.Forget(ended.ActorRef);
            Admit();
        });
        Receive<Tick>(_ => OnTick());
        Receive<GetOccupancy>(_ => Sender.Tell(new Occupancy(_memory.PoolSize, _memory.Gate.Capacity, _memory.Gate.InUse, _memory.Gate.Waiting)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(GateMemory memory, IActorRef probes, int checksPerProbe, TimeProvider time)
        => Akka.Actor.Props.Create(() => new GateActor(memory, probes, checksPerProbe, time));

    protected override void PreStart()
    {
        // The pool knows its size; until it answers nothing is admitted.
        _probes.Tell(GetRoutees.Instance, Self);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.FromSeconds(1));
    }

    private void OnTick()
    {
        // How long the pool has been busy is measured on the monotonic clock; the wall clock may step.
        var now = DateTimeOffset.UnixEpoch + _time.GetElapsedTime(_memory.StartedTimestamp);
        var change = _memory.PoolSize == 0 ? 0 : _memory.Sizer.Decide(now, _memory.Gate.InUse, _memory.PoolSize, _checksPerProbe);
        if (change == 0)
            return;
        _probes.Tell(new AdjustPoolSize(change), Self);
        Resize(_memory.PoolSize + change);
    }

    private void Resize(int poolSize)
    {
        _memory.PoolSize = poolSize;
        _memory.Gate.Capacity = poolSize * _checksPerProbe;
        Admit();
    }

    private void Admit()
    {
        foreach (var (session, count) in _memory.Gate.Admit())
            session.Tell(new Admitted(count), Self);
    }

    /// <summary>From a session: so many more checks wait.</summary>
    internal sealed record Want(int Count);

    /// <summary>From a session: so many checks wait no more.</summary>
    internal sealed record Withdraw(int Count);

    /// <summary>From a session: so many admitted checks ended.</summary>
    internal sealed record Release(int Count);

    /// <summary>To a session: start so many.</summary>
    internal sealed record Admitted(int Count);

    /// <summary>Asks for the <see cref="Occupancy"/>.</summary>
    internal sealed record GetOccupancy
    {
        public static readonly GetOccupancy Instance = new();
    }

    /// <summary>How full the node is.</summary>
    internal sealed record Occupancy(int Probes, int Capacity, int InUse, int Waiting);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the gate remembers over a restart of its actor.</summary>
internal sealed class GateMemory
{
    public GateMemory(int minProbes, int maxProbes, TimeProvider time)
        => (Sizer, StartedTimestamp) = (new PoolSizer(minProbes, maxProbes), time.GetTimestamp());

    /// <summary>What the sizer's instants are counted from.</summary>
    public long StartedTimestamp { get; }

    public FairGate<IActorRef> Gate { get; } = new(0);

    public PoolSizer Sizer { get; }

    public int PoolSize { get; set; }
}
