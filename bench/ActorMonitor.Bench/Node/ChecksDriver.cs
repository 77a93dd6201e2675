using System.Collections.Immutable;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.Bench.Node;

/// <summary>
/// A manager's end of a link without a manager behind it: grants the jobs, has them run at a rate or so many at a time, and
/// acknowledges what comes back.
/// </summary>
internal sealed class ChecksDriver : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TurnEvery = TimeSpan.FromMilliseconds(5);
    private static readonly Epoch Epoch = new(1);

    private readonly ChecksLoad _load;
    private readonly long[] _lastSlots;
    private readonly List<SeqRange> _done = [];
    private readonly Dictionary<JobId, int> _indexes = [];
    private IActorRef _session = ActorRefs.Nobody;
    private SessionKey _key;
    private OutboxId _outbox;
    private int _granted;
    private int _next;
    private long _inFlight;
    private long _heartbeats;
    private (long Sent, long At) _heard;
    private long _begun;
    private long _sent;

    public ChecksDriver(ChecksLoad load)
    {
        _load = load;
        _lastSlots = new long[load.Jobs.Length];
        for (var i = 0; i < load.Jobs.Length; i++)
            _indexes[load.Jobs[i].Job] = i;

        Receive<Connected>(OnConnected);
        Receive<Refused>(refused => load.Ready.TrySetException(new InvalidOperationException(refused.Message)));
        Receive<Granted>(_ =>
        {
            if (++_granted == load.Jobs.Length)
                load.Ready.TrySetResult();
        });
        Receive<Heartbeat>(heartbeat => _heard = (heartbeat.SentMicroseconds, Now));
        Receive<Completed>(OnCompleted);
        Receive<Begin>(_ =>
        {
            _begun = TimeProvider.System.GetTimestamp();
            Timers.StartPeriodicTimer(Turn.Instance, Turn.Instance, TurnEvery);
        });
        Receive<Turn>(_ => OnTurn());
        Receive<Beat>(_ => OnBeat());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static long Now => (TimeProvider.System.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    protected override void PreStart()
        => Context.ActorSelection($"akka.tcp://monitor@{_load.Address}/user/monitor").Tell(
            new Connect(Connect.CurrentProtocol, new NodeId(Guid.NewGuid()), "bench", Epoch, "", TimeProvider.System.GetUtcNow()), Self);

    private void OnConnected(Connected connected)
    {
        (_session, _key, _outbox) = (Sender, connected.Key, connected.Outbox);
        _session.Tell(new Credit(_key, 16 << 20), Self);
        OnBeat();
        Timers.StartPeriodicTimer(Beat.Instance, Beat.Instance, TimeSpan.FromSeconds(1));

        // Their first slot is far off: the monitor runs only what it is told to, but need not be told what to run.
        var later = new Slot(TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds());
        foreach (var job in _load.Jobs)
            _session.Tell(new Grant(_key, Epoch, new GrantTerms(1, job, 0, TimeProvider.System.GetUtcNow().AddDays(2), later)), Self);
    }

    private void OnCompleted(Completed completed)
    {
        if (_done.Count > 0 && _done[^1].Last + 1 == completed.Seq)
            _done[^1] = new SeqRange(_done[^1].First, completed.Seq);
        else
            _done.Add(new SeqRange(completed.Seq, completed.Seq));
        _inFlight--;
        _load.Count(completed.Result);
        if (_done.Count == Acknowledge.MaxRanges)
            SendAcknowledge();
        if (_load.Rate == 0)
            Fill();
    }

    private void OnTurn()
    {
        SendAcknowledge();
        Fill();
    }

    private void Fill()
    {
        if (_load.Rate == 0)
        {
            while (_inFlight < _load.Parallel)
                Send();
            return;
        }

        var due = TimeProvider.System.GetElapsedTime(_begun).TotalSeconds * _load.Rate;
        while (_sent < due)
            Send();
    }

    private void Send()
    {
        var at = _next++ % _load.Jobs.Length;
        var slot = Math.Max(Now / 1000, _lastSlots[at] + 1);
        _lastSlots[at] = slot;
        _sent++;
        _inFlight++;
        _session.Tell(new Execute(_key, Epoch, _load.Jobs[at].Job, new Slot(slot), 1, null), Self);
    }

    private void SendAcknowledge()
    {
        if (_done.Count == 0)
            return;
        _session.Tell(new Acknowledge(_key, _outbox, [.. _done]), Self);
        _done.Clear();
    }

    private void OnBeat()
    {
        var (sent, at) = _heard;
        _session.Tell(new Heartbeat(_key, ++_heartbeats, Now, sent, sent == 0 ? 0 : Now - at), Self);
    }

    internal sealed record Begin
    {
        public static readonly Begin Instance = new();
    }

    private sealed record Turn
    {
        public static readonly Turn Instance = new();
    }

    private sealed record Beat
    {
        public static readonly Beat Instance = new();
    }
}

/// <summary>What the driver has run, and what it has seen of it.</summary>
internal sealed class ChecksLoad(string address, ImmutableArray<CheckDefinition> jobs, int rate, int parallel)
{
    private readonly Lock _lock = new();
    private readonly List<double> _lateness = [];
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private long _done;

    public string Address => address;

    public ImmutableArray<CheckDefinition> Jobs => jobs;

    /// <summary>Checks a second; 0 for as many as go, <see cref="Parallel"/> at a time.</summary>
    public int Rate => rate;

    public int Parallel => parallel;

    /// <summary>All jobs are granted.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Done => Interlocked.Read(ref _done);

    public void Count(CheckResult result)
    {
        Interlocked.Increment(ref _done);
        lock (_lock)
        {
            var name = result.Cause == Cause.None ? $"{result.Outcome}" : $"{result.Outcome}({result.Cause.Name()})";
            _outcomes[name] = _outcomes.GetValueOrDefault(name) + 1;
            if (result.Attempts.Length > 0)
                _lateness.Add((result.Started - result.Slot.Due).TotalMilliseconds);
        }
    }

    /// <summary>What was seen since the last call.</summary>
    public (double[] Lateness, string Outcomes) Take()
    {
        lock (_lock)
        {
            double[] sorted = [.. _lateness.Order()];
            var outcomes = string.Join(", ", _outcomes.Select(pair => $"{pair.Key} {pair.Value}"));
            _lateness.Clear();
            _outcomes.Clear();
            return (sorted, outcomes);
        }
    }
}
