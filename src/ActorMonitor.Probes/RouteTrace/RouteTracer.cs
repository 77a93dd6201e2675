using System.Net;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>
/// Finds the hops of one flow to a target: probes of all hop limits in flight together, until the target or an unreachable
/// error bounds the path and every try up to there is answered or given up.
/// </summary>
internal sealed class RouteTracer
{
    // A try that is sent again gets another number, so that the late answer to the first is not taken for the second's.
    private const int RepeatOffset = 4096;
    private const int MostRepeats = (ushort.MaxValue / RepeatOffset) - 1;

    // In a flood the deadline is looked at, and the thread given to others, after so many.
    private const int MaxAnswersPerTurn = 256;

    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(100);

    private readonly IEchoChannel _channel;
    private readonly TimeProvider _time;
    private readonly IPAddress _target;
    private readonly TracePlan _plan;
    private readonly HopTry[] _tries;
    private readonly Queue<int> _again = new();
    private int _position;
    private long _dueAt;
    private int _inFlight;
    private bool _oneAtATime;
    private bool _hadSlowPass;
    private TimeSpan _slowest;

    public RouteTracer(IEchoChannel channel, TimeProvider time, IPAddress target, TracePlan plan)
    {
        (_channel, _time, _target, _plan) = (channel, time, target, plan);
        _tries = new HopTry[plan.MaxHops * plan.Tries];
        LastHop = plan.MaxHops;
    }

    /// <summary>Where the flow leads.</summary>
    public IPAddress Target => _target;

    /// <summary>The last hop of the path as far as it is known: the target's, or the one that says unreachable, or the farthest asked.</summary>
    public int LastHop { get; private set; }

    /// <summary>Packets that answered none of our open probes.</summary>
    public int Ignored { get; private set; }

    /// <summary>The tries of a hop, counted from 1.</summary>
    public ReadOnlySpan<HopTry> Hop(int hop) => _tries.AsSpan((hop - 1) * _plan.Tries, _plan.Tries);

    /// <summary>Whether an answer comes from the destination: its reply, or its own word that the port is not there.</summary>
    public bool IsArrival(in EchoAnswer answer)
        => answer.Kind == EchoAnswerKind.Reply
            || (answer.Kind == EchoAnswerKind.Error && !IsTimeExceeded(answer) && answer.From is { } from && from.GetAddressBytes().AsSpan().SequenceEqual(_target.GetAddressBytes()));

    /// <summary>Whether an answer is a router's word that it has no hop limit left to forward with, that is: a hop on the way.</summary>
    public bool IsTimeExceeded(in EchoAnswer answer) => answer.Kind == EchoAnswerKind.Error && IcmpPacket.IsTimeExceeded(_target.AddressFamily, answer.Type);

    /// <summary>Traces until the path is known or <paramref name="atMost"/> has passed.</summary>
    public async Task RunAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var started = _dueAt = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var taken = 0;
            for (; taken < MaxAnswersPerTurn && _channel.TryReceive(out var answer); taken++)
                Take(answer);
            GiveUpOld();
            var wait = Shorter(SendDue(), NextExpiry());
            var remaining = atMost - _time.GetElapsedTime(started);
            if (remaining <= TimeSpan.Zero)
                return;
            if (IsComplete())
            {
                if (!AskAgainBeforeDestination() && !StartSlowPass())
                    return;
                continue;
            }

            if (taken == MaxAnswersPerTurn)
            {
                await Task.Yield();
                continue;
            }

            wait = Shorter(wait, remaining);
            // A timer counts whole milliseconds.
            await _channel.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), cancellationToken);
        }
    }

    /// <summary>Asks the first try of a hop once more, after a trace that did not find the destination.</summary>
    public Task AskAgainAsync(int hop, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var index = (hop - 1) * _plan.Tries;
        if (hop > LastHop || _tries[index].State != TryState.Silent || _tries[index].Repeats == MostRepeats)
            return Task.CompletedTask;
        Repeat(index);
        return RunAsync(atMost, cancellationToken);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // Returns the time until the next probe is due. First all hops are asked once, then all again, so that the tries of one
    // hop are apart: routers limit the rate of their errors.
    private TimeSpan SendDue()
    {
        while (_inFlight < (_oneAtATime ? 1 : _plan.InFlight))
        {
            var next = NextUnsent();
            if (next < 0)
                break;
            var now = _time.GetTimestamp();
            if (!_oneAtATime && _dueAt > now)
                return _time.GetElapsedTime(now, _dueAt);
            Send(next);
            _dueAt += (long)(_plan.Spacing.TotalSeconds * _time.TimestampFrequency);
        }

        return _plan.HopTimeout;
    }

    private int NextUnsent()
    {
        while (_position < _tries.Length)
        {
            var hop = (_position % _plan.MaxHops) + 1;
            if (hop <= LastHop)
                return ((hop - 1) * _plan.Tries) + (_position / _plan.MaxHops);
            _position++;
        }

        while (_again.TryPeek(out var index))
        {
            if (HopOf(index) <= LastHop)
                return index;
            _again.Dequeue();
        }

        return -1;
    }

    private void Send(int index)
    {
        ref var next = ref _tries[index];
        next.Sequence = (ushort)(index + (next.Repeats * RepeatOffset));
        next.SentAt = _channel.Send(next.Sequence, HopOf(index));
        next.State = TryState.InFlight;
        next.WasAlone = _oneAtATime;
        _inFlight++;
        if (_position < _tries.Length)
            _position++;
        else
            _again.Dequeue();

        // What lies before a hop that has answered will not take much longer than that one.
        var isBeforeKnown = next.Repeats > 0 && _slowest > TimeSpan.Zero && HopOf(index) < LastAnswering();
        next.Patience = isBeforeKnown ? Shorter(_plan.HopTimeout, LeastPatience > 3 * _slowest ? LeastPatience : 3 * _slowest) : _plan.HopTimeout;
    }

    private void GiveUpOld()
    {
        for (var i = 0; i < _tries.Length; i++)
        {
            ref var old = ref _tries[i];
            if (old.State != TryState.InFlight || Left(old) > TimeSpan.Zero)
                continue;
            _inFlight--;
            old.State = TryState.Silent;
            // It may have been answered by a router that quotes too little to tell: ask once more, alone.
            if (_oneAtATime && !old.WasAlone && old.Repeats == 0)
                Repeat(i);
        }
    }

    // Returns the time until the next try is to be given up.
    private TimeSpan NextExpiry()
    {
        var next = _plan.HopTimeout;
        foreach (ref readonly var one in _tries.AsSpan())
        {
            if (one.State == TryState.InFlight)
                next = Shorter(next, Left(one));
        }

        return next;
    }

    private TimeSpan Left(HopTry one) => one.Patience - _time.GetElapsedTime(one.SentAt);

    private void Repeat(int index)
    {
        _tries[index].State = TryState.Unsent;
        _tries[index].Repeats++;
        _again.Enqueue(index);
    }

    private bool IsComplete()
    {
        for (var i = 0; i < LastHop * _plan.Tries; i++)
        {
            if (_tries[i].State is TryState.Unsent or TryState.InFlight)
                return false;
        }

        return true;
    }

    // Silence right before the destination leaves its distance in doubt: answers to the first probes are often lost or late
    // while neighbours are being resolved. Those are asked once more.
    private bool AskAgainBeforeDestination()
    {
        var start = (LastHop - 2) * _plan.Tries;
        var wasReached = Array.Exists(_tries[((LastHop - 1) * _plan.Tries)..(LastHop * _plan.Tries)], one => one.State == TryState.Answered && IsArrival(one.Answer));
        if (start < 0 || !wasReached || !Array.TrueForAll(_tries[start..(start + _plan.Tries)], one => one.State == TryState.Silent && one.Repeats == 0))
            return false;
        for (var i = start; i < start + _plan.Tries; i++)
            Repeat(i);
        return true;
    }

    // Hops that stayed silent before one that answered may have been over their limit of ICMP errors.
    private bool StartSlowPass()
    {
        if (!_plan.HasSlowPass || _hadSlowPass)
            return false;
        (_hadSlowPass, _oneAtATime) = (true, true);
        for (var hop = 1; hop < LastAnswering(); hop++)
        {
            if (IsSilent(hop))
                Enumerable.Range((hop - 1) * _plan.Tries, _plan.Tries).ToList().ForEach(Repeat);
        }

        return _again.Count > 0;
    }

    private bool IsSilent(int hop)
    {
        foreach (var one in Hop(hop))
        {
            if (one.State != TryState.Silent)
                return false;
        }

        return true;
    }

    private int LastAnswering() => HopOf(Array.FindLastIndex(_tries, (LastHop * _plan.Tries) - 1, one => one.State == TryState.Answered));

    private int HopOf(int index) => index < 0 ? 0 : (index / _plan.Tries) + 1;

    private void Take(EchoAnswer answer)
    {
        var index = answer.Kind == EchoAnswerKind.Ignored ? -1 : IndexOf(answer);
        if (index < 0)
        {
            Ignored++;
            return;
        }

        ref var answered = ref _tries[index];
        answered.State = TryState.Answered;
        var roundTrip = _time.GetElapsedTime(answered.SentAt, answer.Timestamp);
        answered.RoundTrip = roundTrip > TimeSpan.Zero ? roundTrip : _time.GetElapsedTime(answered.SentAt);
        answered.Answer = answer;
        _slowest = answered.RoundTrip > _slowest ? answered.RoundTrip : _slowest;
        _inFlight--;
        if (!IsTimeExceeded(answer))
            LastHop = Math.Min(LastHop, HopOf(index));
    }

    private int IndexOf(EchoAnswer answer)
    {
        if (answer.Sequence == EchoAnswer.UnknownSequence)
        {
            // The only probe under way is the one that is answered. Otherwise go on one at a time, so that it will be.
            if (_inFlight == 1)
                return Array.FindIndex(_tries, candidate => candidate.State == TryState.InFlight);
            _oneAtATime = true;
            return -1;
        }

        var index = answer.Sequence % RepeatOffset;
        return index < _tries.Length && _tries[index].State == TryState.InFlight && _tries[index].Sequence == answer.Sequence ? index : -1;
    }
}
