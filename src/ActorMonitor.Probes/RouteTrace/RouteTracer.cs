using System.Net;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>One try at one hop.</summary>
internal struct HopTry
{
    public TryState State;
    public ushort Sequence;
    public long SentAt;
    public bool WasAlone;
    public bool IsRepeat;
    public TimeSpan RoundTrip;
    public EchoAnswer Answer;
}

/// <summary>Where a try stands.</summary>
internal enum TryState
{
    Unsent,
    InFlight,
    Answered,
    Silent,
}

/// <summary>
/// Finds the hops to a target: probes of growing hop limit, many at a time, until the target or an unreachable error bounds
/// the path and every try up to there is answered or given up.
/// </summary>
internal sealed class RouteTracer
{
    // A try that is sent again gets another number, so that the late answer to the first is not taken for the second's.
    private const int RepeatOffset = 4096;

    // In a flood the deadline is looked at, and the thread given to others, after so many.
    private const int MaxAnswersPerTurn = 256;

    private readonly IEchoChannel _channel;
    private readonly TimeProvider _time;
    private readonly IPAddress _target;
    private readonly TracePlan _plan;
    private readonly HopTry[] _tries;
    private int _inFlight;
    private bool _oneAtATime;

    public RouteTracer(IEchoChannel channel, TimeProvider time, IPAddress target, TracePlan plan)
    {
        (_channel, _time, _target, _plan) = (channel, time, target, plan);
        _tries = new HopTry[plan.MaxHops * plan.Tries];
        LastHop = plan.MaxHops;
    }

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
        var started = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var taken = 0;
            for (; taken < MaxAnswersPerTurn && _channel.TryReceive(out var answer); taken++)
                Take(answer);
            var nextExpiry = GiveUpOld();
            SendMore();
            if (IsComplete() && !AskAgainBeforeDestination())
                return;
            var remaining = atMost - _time.GetElapsedTime(started);
            if (remaining <= TimeSpan.Zero)
                return;
            if (taken == MaxAnswersPerTurn)
            {
                await Task.Yield();
                continue;
            }

            var wait = nextExpiry < remaining ? nextExpiry : remaining;
            // A timer counts whole milliseconds.
            await _channel.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), cancellationToken);
        }
    }

    private void SendMore()
    {
        var allowed = _oneAtATime ? 1 : _plan.InFlight;
        for (var i = 0; i < LastHop * _plan.Tries && _inFlight < allowed; i++)
        {
            ref var next = ref _tries[i];
            if (next.State != TryState.Unsent)
                continue;
            next.Sequence = (ushort)(next.IsRepeat ? i + RepeatOffset : i);
            next.SentAt = _channel.Send(next.Sequence, (i / _plan.Tries) + 1);
            next.State = TryState.InFlight;
            next.WasAlone = _oneAtATime;
            _inFlight++;
        }
    }

    // Returns the time until the next try is to be given up.
    private TimeSpan GiveUpOld()
    {
        var next = _plan.HopTimeout;
        for (var i = 0; i < _tries.Length; i++)
        {
            ref var old = ref _tries[i];
            if (old.State != TryState.InFlight)
                continue;
            var left = _plan.HopTimeout - _time.GetElapsedTime(old.SentAt);
            if (left > TimeSpan.Zero)
            {
                next = left < next ? left : next;
                continue;
            }

            _inFlight--;
            // It may have been answered by a router that quotes too little to tell: ask once more, alone.
            var again = _oneAtATime && !old.WasAlone && !old.IsRepeat;
            old.State = again ? TryState.Unsent : TryState.Silent;
            old.IsRepeat |= again;
        }

        return next;
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
        if (start < 0 || !wasReached || !Array.TrueForAll(_tries[start..(start + _plan.Tries)], one => one.State == TryState.Silent && !one.IsRepeat))
            return false;
        for (var i = start; i < start + _plan.Tries; i++)
            (_tries[i].State, _tries[i].IsRepeat) = (TryState.Unsent, true);
        SendMore();
        return true;
    }

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
        _inFlight--;
        if (!IsTimeExceeded(answer))
            LastHop = Math.Min(LastHop, (index / _plan.Tries) + 1);
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

        var index = answer.Sequence >= RepeatOffset ? answer.Sequence - RepeatOffset : answer.Sequence;
        return index < _tries.Length && _tries[index].State == TryState.InFlight && _tries[index].Sequence == answer.Sequence ? index : -1;
    }
}
