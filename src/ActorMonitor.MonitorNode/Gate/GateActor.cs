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
        Receive<GetOccupancy>(_ => Sender.Tell(Now()));
        Receive<Scale>(OnScale);
        Receive<SetPoolBounds>(OnSetBounds);
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
        if (_memory.PoolSize == 0)
            return;

        // How long the pool has been busy is measured on the monotonic clock; the wall clock may step.
        var now = DateTimeOffset.UnixEpoch + _time.GetElapsedTime(_memory.StartedTimestamp);
        Adjust(_memory.FixedSize is { } size ? size - _memory.PoolSize : _memory.Sizer.Decide(now, _memory.Gate.InUse, _memory.PoolSize, _checksPerProbe));
    }

    private void OnScale(Scale scale)
    {
        if (scale.Size is { } wanted && (wanted < _memory.Min || wanted > _memory.Max))
        {
            Sender.Tell(new Scaled(false, _memory.PoolSize, Now()), Self);
            return;
        }

        var before = _memory.PoolSize;
        _memory.FixedSize = scale.Size;
        _memory.ResetSizer();
        if (scale.Size is { } size && before > 0)
            Adjust(size - before);
        Sender.Tell(new Scaled(true, before, Now()), Self);
    }

    private void OnSetBounds(SetPoolBounds set)
    {
        var before = _memory.PoolSize;
        (_memory.Min, _memory.Max) = (set.Min, set.Max);
        _memory.ResetSizer();
        if (_memory.FixedSize is { } held)
            _memory.FixedSize = Math.Clamp(held, set.Min, set.Max);
        var size = Math.Clamp(_memory.FixedSize ?? set.Size ?? before, set.Min, set.Max);
        if (before > 0)
            Adjust(size - before);
        Sender.Tell(new PoolBoundsSet(before, _memory.PoolSize, _memory.FixedSize is not null), Self);
    }

    // What was taken away works off what it has: shrinking loses no check.
    private void Adjust(int change)
    {
        if (change == 0)
            return;
        _probes.Tell(new AdjustPoolSize(change), Self);
        Resize(_memory.PoolSize + change);
    }

    private Occupancy Now() => new(_memory.PoolSize, _memory.Gate.Capacity, _memory.Gate.InUse, _memory.Gate.Waiting)
    {
        Min = _memory.Min,
        Max = _memory.Max,
        IsFixed = _memory.FixedSize is not null,
    };

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
    internal sealed record Occupancy(int Probes, int Capacity, int InUse, int Waiting)
    {
        /// <summary>The least probe actors.</summary>
        public int Min { get; init; }

        /// <summary>The most probe actors.</summary>
        public int Max { get; init; }

        /// <summary>Whether an operator has set their number, so that it does not follow the load.</summary>
        public bool IsFixed { get; init; }
    }

    /// <summary>From an operator: so many probe actors, until told otherwise; null for as many as the load asks for.</summary>
    internal sealed record Scale(int? Size);

    /// <summary>To the operator: what there was, and what is now. Not accepted is a number outside the bounds.</summary>
    internal sealed record Scaled(bool IsAccepted, int Before, Occupancy Now);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the gate remembers over a restart of its actor.</summary>
internal sealed class GateMemory
{
    public GateMemory(int minProbes, int maxProbes, TimeProvider time)
        => (Min, Max, Sizer, StartedTimestamp) = (minProbes, maxProbes, new PoolSizer(minProbes, maxProbes), time.GetTimestamp());

    /// <summary>What the sizer's instants are counted from.</summary>
    public long StartedTimestamp { get; }

    public FairGate<IActorRef> Gate { get; } = new(0);

    public int Min { get; set; }

    public int Max { get; set; }

    public PoolSizer Sizer { get; private set; }

    public int PoolSize { get; set; }

    /// <summary>The number of probe actors that an operator has set; null when it follows the load.</summary>
    public int? FixedSize { get; set; }

    /// <summary>What was busy or idle before does not count any more.</summary>
    public void ResetSizer() => Sizer = new PoolSizer(Min, Max);
}

/// <summary>To a monitor's supervisor: other bounds of the pool of probe actors, live. Answered by <see cref="PoolBoundsSet"/>.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The most.</param>
/// <param name="Size">How many there shall be now; null to leave that as it is. A number that an operator has set by hand stays, within the bounds.</param>
public sealed record SetPoolBounds(int Min, int Max, int? Size);

/// <summary>What became of the pool.</summary>
/// <param name="Before">The probe actors that there were.</param>
/// <param name="Now">Those that there are now.</param>
/// <param name="IsFixed">Whether an operator has set their number by hand, and so kept it.</param>
public sealed record PoolBoundsSet(int Before, int Now, bool IsFixed);
