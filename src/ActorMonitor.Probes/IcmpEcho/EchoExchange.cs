using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary>What an exchange sends.</summary>
internal sealed record EchoOptions(int Count, TimeSpan Interval, int? Ttl, bool DontFragment);

/// <summary>What became of one echo.</summary>
internal struct EchoState
{
    public long SentAt;
    public bool WasTooBig;
    public TimeSpan? RoundTrip;
    public int? Ttl;
    public EchoAnswer? Error;
    public SocketException? SendFailure;

    public readonly bool IsSettled => RoundTrip is not null || Error is not null || SendFailure is not null;
}

/// <summary>Sends a check's echoes at their interval and collects the answers until all are settled or time is over.</summary>
internal sealed class EchoExchange
{
    // In a flood the deadline is looked at, and the thread given to others, after so many.
    private const int MaxAnswersPerTurn = 256;

    private readonly IEchoChannel _channel;
    private readonly TimeProvider _time;
    private readonly EchoOptions _options;
    private readonly EchoState[] _echoes;
    private int _sent;

    public EchoExchange(IEchoChannel channel, TimeProvider time, EchoOptions options)
        => (_channel, _time, _options, _echoes) = (channel, time, options, new EchoState[options.Count]);

    /// <summary>The echoes in the order of sending.</summary>
    public ReadOnlySpan<EchoState> Echoes => _echoes;

    /// <summary>Packets from the target that were no answer to an open echo of ours: malformed, foreign, late or repeated.</summary>
    public int Ignored { get; private set; }

    /// <summary>Runs until all echoes are settled or <paramref name="atMost"/> has passed.</summary>
    public async Task RunAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var elapsed = _time.GetElapsedTime(started);
            while (_sent < _echoes.Length && elapsed >= _options.Interval * _sent)
                SendNext();
            var taken = 0;
            for (; taken < MaxAnswersPerTurn && _channel.TryReceive(out var answer); taken++)
                Take(answer);
            if (Array.TrueForAll(_echoes, echo => echo.IsSettled))
                return;
            elapsed = _time.GetElapsedTime(started);
            if (elapsed >= atMost)
                return;
            if (taken == MaxAnswersPerTurn)
            {
                await Task.Yield();
                continue;
            }

            var next = _sent < _echoes.Length ? _options.Interval * _sent : atMost;
            var wait = (next < atMost ? next : atMost) - elapsed;
            // A timer counts whole milliseconds.
            await _channel.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), cancellationToken);
        }
    }

    private void SendNext() => Send(_sent++);

    private void Send(int index)
    {
        try
        {
            _echoes[index].SentAt = _channel.Send((ushort)index, _options.Ttl);
        }
        catch (SocketException e)
        {
            _echoes[index].SendFailure = e;
        }
    }

    private void Take(EchoAnswer answer)
    {
        if (answer.Kind == EchoAnswerKind.Ignored || answer.Sequence < 0 || answer.Sequence >= _sent || _echoes[answer.Sequence].IsSettled)
        {
            Ignored++;
            return;
        }

        ref var echo = ref _echoes[answer.Sequence];
        if (answer.Kind == EchoAnswerKind.Error)
        {
            // The first packet that is too big for an IPv6 path teaches our host its MTU; the next goes in fragments.
            if (answer.IsPacketTooBig && !_options.DontFragment && !echo.WasTooBig)
            {
                echo.WasTooBig = true;
                Send(answer.Sequence);
                return;
            }

            echo.Error = answer;
            return;
        }

        // The arrival is the kernel's, the sending is ours: a clock that moves between them cannot make time run backwards.
        var roundTrip = _time.GetElapsedTime(echo.SentAt, answer.Timestamp);
        echo.RoundTrip = roundTrip > TimeSpan.Zero ? roundTrip : _time.GetElapsedTime(echo.SentAt);
        echo.Ttl = answer.Ttl;
    }
}
