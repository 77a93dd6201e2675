using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// ICMP echo by the system's own ping service, for platforms whose sockets we do not speak to. The system matches the
/// replies; the token in the payload is checked here as well where it is handed back.
/// </summary>
internal sealed class ManagedEchoChannel : IEchoChannel
{
    private readonly IPAddress _target;
    private readonly TimeSpan _timeout;
    private readonly bool _dontFragment;
    private readonly TimeProvider _time;
    private readonly EchoPayload _payload;
    private readonly Channel<EchoAnswer> _answers = Channel.CreateUnbounded<EchoAnswer>();
    private readonly CancellationTokenSource _closed = new();
    private volatile Exception? _failure;

    /// <summary>Makes a channel; it opens nothing before the first request.</summary>
    /// <param name="target">The address to ask.</param>
    /// <param name="payloadBytes">The size of the payload.</param>
    /// <param name="dontFragment">Whether requests must not be fragmented.</param>
    /// <param name="timeout">How long the system waits for a reply.</param>
    /// <param name="time">The clock.</param>
    public ManagedEchoChannel(IPAddress target, int payloadBytes, bool dontFragment, TimeSpan timeout, TimeProvider time)
        => (_target, _timeout, _dontFragment, _time, _payload) = (target, timeout, dontFragment, time, new EchoPayload(payloadBytes));

    /// <inheritdoc/>
    public long Send(ushort sequence, int? ttl)
    {
        var sentAt = _time.GetTimestamp();
        _ = AskAsync(sequence, ttl ?? 128, _payload.For(sequence).ToArray());
        return sentAt;
    }

    /// <inheritdoc/>
    /// <exception cref="SocketException">The system could not send.</exception>
    /// <exception cref="TargetException">The system's ping service failed.</exception>
    public bool TryReceive(out EchoAnswer answer)
    {
        if (_failure is { } failure)
            throw failure.GetBaseException() as SocketException ?? (Exception)new TargetException(Outcome.Unknown, Cause.ProbeFailed, failure.GetBaseException().Message);
        return _answers.Reader.TryRead(out answer);
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_answers.Reader.WaitToReadAsync(stop.Token).AsTask(), Task.Delay(atMost, _time, stop.Token));
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    private async Task AskAsync(ushort sequence, int ttl, byte[] payload)
    {
        using var ping = new Ping();
        try
        {
            var reply = await ping.SendPingAsync(_target, _timeout, payload, new PingOptions(ttl, _dontFragment), _closed.Token);
            if (Judge(sequence, payload, reply) is { } answer)
                _answers.Writer.TryWrite(answer);
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // The check is over; nobody waits for this answer.
        }
        catch (Exception e) when (e is PingException or SocketException or PlatformNotSupportedException)
        {
            // Our own side failed, which is no silence of the target: the next read reports it.
            _failure = e;
            _answers.Writer.TryComplete();
        }
    }

    private EchoAnswer? Judge(ushort sequence, byte[] payload, PingReply reply)
    {
        var now = _time.GetTimestamp();
        if (reply.Status == IPStatus.Success)
        {
            var isOurs = reply.Buffer.Length == 0 || reply.Buffer.AsSpan().SequenceEqual(payload);
            return isOurs
                ? new EchoAnswer(EchoAnswerKind.Reply, sequence, reply.Address, IcmpPacket.EchoReply(_target.AddressFamily), 0, reply.Options?.Ttl, now)
                : EchoAnswer.Stray(reply.Address, now);
        }

        return ErrorOf(reply.Status) is var (type, code) ? new EchoAnswer(EchoAnswerKind.Error, sequence, reply.Address, type, code, null, now) : null;
    }

    private (byte Type, byte Code)? ErrorOf(IPStatus status)
    {
        var isV4 = _target.AddressFamily == AddressFamily.InterNetwork;
        return status switch
        {
            IPStatus.TtlExpired or IPStatus.TimeExceeded => isV4 ? ((byte)11, (byte)0) : ((byte)3, (byte)0),
            IPStatus.TtlReassemblyTimeExceeded => isV4 ? ((byte)11, (byte)1) : ((byte)3, (byte)1),
            IPStatus.DestinationNetworkUnreachable => isV4 ? ((byte)3, (byte)0) : ((byte)1, (byte)0),
            IPStatus.DestinationHostUnreachable or IPStatus.DestinationUnreachable => isV4 ? ((byte)3, (byte)1) : ((byte)1, (byte)3),
            IPStatus.DestinationPortUnreachable => isV4 ? ((byte)3, (byte)3) : ((byte)1, (byte)4),
            IPStatus.DestinationProhibited => isV4 ? ((byte)3, (byte)13) : ((byte)1, (byte)1),
            IPStatus.PacketTooBig => isV4 ? ((byte)3, (byte)4) : ((byte)2, (byte)0),
            IPStatus.ParameterProblem or IPStatus.BadHeader or IPStatus.UnrecognizedNextHeader => isV4 ? ((byte)12, (byte)0) : ((byte)4, (byte)0),
            _ => null,
        };
    }
}
