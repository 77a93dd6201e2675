using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Sends one check's echoes over a channel of its own and collects the answers until all are settled or time is over.</summary>
internal sealed class EchoExchange
{
    // In a flood the deadline is looked at, and the thread given to others, after so many.
    private const int MaxAnswersPerTurn = 256;

    private readonly IEchoChannel _channel;
    private readonly TimeProvider _time;
    private readonly EchoPlan _plan;
    private readonly EchoLog _log;
    private int _sent;

    public EchoExchange(IEchoChannel channel, TimeProvider time, EchoPlan plan, EchoLog log)
        => (_channel, _time, _plan, _log) = (channel, time, plan, log);

    /// <summary>Runs until all echoes are settled or the plan's time is over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var elapsed = _time.GetElapsedTime(started);
            for (; _sent < _plan.Count && elapsed >= _plan.Gap * _sent; _sent++)
                Send(_sent, elapsed - (_plan.Gap * _sent));
            var taken = 0;
            for (; taken < MaxAnswersPerTurn && _channel.TryReceive(out var answer); taken++)
                Take(answer);
            var nextExpiry = GiveUpOld();
            elapsed = _time.GetElapsedTime(started);
            if (_log.IsSettled || elapsed >= _plan.AtMost)
                return;
            if (taken == MaxAnswersPerTurn)
            {
                await Task.Yield();
                continue;
            }

            var next = _sent < _plan.Count ? _plan.Gap * _sent : _plan.AtMost;
            var wait = (next < _plan.AtMost ? next : _plan.AtMost) - elapsed;
            if (nextExpiry < wait)
                wait = nextExpiry;
            // A timer counts whole milliseconds.
            await _channel.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), cancellationToken);
        }
    }

    private void Send(int index, TimeSpan late)
    {
        try
        {
            _log.Sent(index, _channel.Send((ushort)index, _plan.Ttl), late);
        }
        catch (SocketException e)
        {
            _log.NotSent(index, e);
        }
    }

    // Returns the time until the next echo is to be given up.
    private TimeSpan GiveUpOld()
    {
        if (_plan.Wait is not { } patience)
            return TimeSpan.MaxValue;
        for (var i = 0; i < _sent; i++)
        {
            if (_log.Echoes[i].Status != EchoStatus.InFlight)
                continue;
            var left = patience - _time.GetElapsedTime(_log.Echoes[i].SentAt);
            if (left > TimeSpan.Zero)
                return left;
            _log.Expired(i);
        }

        return TimeSpan.MaxValue;
    }

    private void Take(EchoAnswer answer)
    {
        if (answer.Kind == EchoAnswerKind.Ignored || answer.Sequence < 0 || answer.Sequence >= _sent)
        {
            _log.Ignore();
            return;
        }

        if (answer.Kind == EchoAnswerKind.Error)
        {
            _ = _log.Refused(answer.Sequence, new EchoError(answer.Type, answer.Code, answer.From, Mtu: 0));
            return;
        }

        _log.Replied(answer.Sequence, _time.GetElapsedTime(_log.Echoes[answer.Sequence].SentAt, answer.Timestamp), answer.Ttl);
    }
}
