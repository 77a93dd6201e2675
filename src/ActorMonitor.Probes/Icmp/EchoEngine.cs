using System.Net.Sockets;
using System.Security.Cryptography;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// All echoes of a node over one socket a family (and one more where fragments are forbidden): a thread of its own sends
/// what is due and reads what has come, many packets a call, and sleeps in between. It starts with the first exchange.
/// </summary>
internal sealed partial class EchoEngine : IEchoEngine
{
    // Each lane has 65,536 numbers; together they are more than a machine sends echoes in a timeout.
    private const int MaxLanes = 8;

    // Only the sources of unprivileged IPv6 sockets can be many; one that nobody uses makes room for another.
    private const int MaxSockets = 64;

    private readonly IcmpSocketSource _sockets;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // Under the gate: what callers leave for the thread.
    private List<EchoFlight> _inbox = [];
    private Thread? _thread;
    private bool _isDisposed;
    private bool _isAsleep;
    private int _waker = -1;

    // The thread's own.
    private readonly FlightQueue _queue = new();
    private readonly List<EchoLane> _lanes = [];
    private readonly byte[] _random = new byte[256 * EchoHeader.TokenBytes];
    private List<EchoFlight> _taken = [];
    private LinuxNative.PollDescriptor[] _polled = [];
    private int _randomUsed = int.MaxValue;

    public EchoEngine(IcmpSocketSource sockets, TimeProvider time) => (_sockets, _time) = (sockets, time);

    /// <summary>Packets that answered no echo under way. Read it when nothing is.</summary>
    public long Strangers { get; private set; }

    /// <summary>Sequence numbers in use. Read it when nothing is under way.</summary>
    public int NumbersInUse => _lanes.Sum(lane => lane.Used + lane.Reserved);

    /// <summary>Sockets that were opened and are shared.</summary>
    public int Lanes => _lanes.Count;

    /// <inheritdoc/>
    public async Task RunAsync(EchoPlan plan, EchoLog log, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var flight = new EchoFlight(plan, log, _time.GetTimestamp(), _time.TimestampFrequency, cancellationToken);
        Post(flight);
        await using var registration = cancellationToken.UnsafeRegister(
            static state =>
            {
                var (engine, cancelled) = ((EchoEngine, EchoFlight))state!;
                cancelled.Cancel();
                engine.Post(cancelled);
            },
            (this, flight));
        await flight.Ended;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            thread = _thread;
            if (_waker >= 0)
                LinuxNative.Wake(_waker);
        }

        // The thread never waits for anybody but the kernel.
        thread?.Join();
    }

    private static TargetException TooMany() => new(Outcome.Unknown, Cause.LocalResource, "too many echoes are under way at a time");

    private static TargetException Stopped() => new(Outcome.Unknown, Cause.Cancelled, "the monitor stops");

    private void Post(EchoFlight flight)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                flight.Fail(Stopped());
                return;
            }

            if (_thread is null)
            {
                // Nobody is there to cancel it for.
                if (flight.IsCancelled)
                    return;
                _waker = LinuxNative.OpenWaker();
                _thread = new Thread(Run) { IsBackground = true, Name = "icmp echo" };
                _thread.UnsafeStart();
            }

            _inbox.Add(flight);
            if (!_isAsleep)
                return;
            _isAsleep = false;
            LinuxNative.Wake(_waker);
        }
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            LinuxNative.WakeOnTime();
            while (TakeInbox())
            {
                SendDue();
                Sleep();
                Receive();
            }
        }
        catch (Exception e)
        {
            // Ours to repair: the checks under way report it, and the next one begins with a new thread and new sockets.
            failure = e;
        }

        End(failure);
    }

    private void End(Exception? failure)
    {
        var ended = new List<EchoFlight>(_taken);
        _taken.Clear();
        _resend.Clear();
        for (; _queue.First is { } flight; _queue.Remove(flight))
            ended.Add(flight);
        lock (_gate)
        {
            ended.AddRange(_inbox);
            _inbox.Clear();
            foreach (var lane in _lanes)
                lane.Dispose();
            _lanes.Clear();
            LinuxNative.CloseWaker(_waker);
            _waker = -1;
            _isAsleep = false;
            // From here on another thread may begin.
            _thread = null;
        }

        foreach (var flight in ended)
            flight.Fail(failure is null ? Stopped() : new InvalidOperationException("the echo engine failed", failure));
    }

    // False when it is to end.
    private bool TakeInbox()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return false;
            (_inbox, _taken) = (_taken, _inbox);
        }

        foreach (var flight in _taken)
        {
            if (flight.IsCancelled)
            {
                Finish(flight);
            }
            else if (!flight.IsStarted)
            {
                flight.IsStarted = true;
                flight.DueAt = flight.StartedAt;
                _queue.Place(flight);
            }
        }

        _taken.Clear();
        return true;
    }

    private void Sleep()
    {
        var wait = Timeout.InfiniteTimeSpan;
        if (_resend.Count > 0)
            wait = TimeSpan.Zero;
        else if (_queue.First is { } first)
            wait = _time.GetElapsedTime(_time.GetTimestamp(), first.DueAt);
        if (wait < TimeSpan.Zero && _queue.Count > 0)
            wait = TimeSpan.Zero;
        if (wait != TimeSpan.Zero)
        {
            lock (_gate)
            {
                if (_inbox.Count > 0 || _isDisposed)
                    wait = TimeSpan.Zero;
                else
                    _isAsleep = true;
            }
        }

        if (_polled.Length != _lanes.Count + 1 || _polled[0].Descriptor != _waker)
        {
            _polled = new LinuxNative.PollDescriptor[_lanes.Count + 1];
            _polled[0] = new LinuxNative.PollDescriptor { Descriptor = _waker, Wanted = LinuxNative.PollIn };
            for (var i = 0; i < _lanes.Count; i++)
                _polled[i + 1] = new LinuxNative.PollDescriptor { Descriptor = _lanes[i].Descriptor, Wanted = LinuxNative.PollIn };
        }

        LinuxNative.Wait(_polled, wait);
        if (wait != TimeSpan.Zero)
        {
            lock (_gate)
                _isAsleep = false;
        }

        if (_polled[0].Happened != 0)
            LinuxNative.Silence(_waker);
    }

    private void Finish(EchoFlight flight)
    {
        if (flight.IsOver)
            return;
        flight.IsOver = true;
        _queue.Remove(flight);
        if (flight.Lane is { } lane)
        {
            flight.Log.Overrun = unchecked(lane.Dropped - flight.DroppedBefore);
            lane.Release(flight);
        }

        flight.Complete();
    }

    private void Fail(EchoFlight flight, Exception failure)
    {
        flight.IsOver = true;
        _queue.Remove(flight);
        flight.Lane?.Release(flight);
        flight.Fail(failure);
    }

    private EchoLane Assign(EchoFlight flight)
    {
        var plan = flight.Plan;
        var lane = FindLane(flight) ?? OpenLane(flight);
        flight.Lane = lane;
        flight.DroppedBefore = lane.Dropped;
        if (flight.Family == AddressFamily.InterNetworkV6 && !lane.IsRaw && plan.HasPacketOptions && !OperatingSystem.IsOSPlatformVersionAtLeast("Linux", 5, 18))
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "ttl, dscp and source need Linux 5.18 for IPv6, or the capability cap_net_raw");
        if (_randomUsed > _random.Length - EchoHeader.TokenBytes)
        {
            RandomNumberGenerator.Fill(_random);
            _randomUsed = 0;
        }

        _random.AsSpan(_randomUsed, EchoHeader.TokenBytes).CopyTo(flight.Token);
        _randomUsed += EchoHeader.TokenBytes;
        flight.Checksum = EchoHeader.ChecksumOf(lane.Id, flight.Token, plan.Size);
        return lane;
    }

    private EchoLane? FindLane(EchoFlight flight)
    {
        var ofKind = 0;
        foreach (var lane in _lanes)
        {
            if (!lane.Suits(flight.Plan))
                continue;
            if (lane.TryReserve(flight.Plan.Count))
                return lane;
            ofKind++;
        }

        return ofKind < MaxLanes ? null : throw TooMany();
    }

    private EchoLane OpenLane(EchoFlight flight)
    {
        if (_lanes.Count == MaxSockets)
        {
            var idle = _lanes.Find(each => each is { Reserved: 0, Source: not null }) ?? throw TooMany();
            _ = _lanes.Remove(idle);
            idle.Dispose();
        }

        var lane = EchoLane.Over(_sockets.OpenIcmp(flight.Family), flight.Plan, _time);
        _lanes.Add(lane);
        _polled = [];
        _ = lane.TryReserve(flight.Plan.Count);
        return lane;
    }
}
