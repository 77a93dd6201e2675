using System.Buffers;
using System.Net.Sockets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// One question over a UDP socket of its own. It is connected, so that the system drops datagrams of other senders and
/// reports an ICMP port-unreachable as a refusal.
/// </summary>
internal static class DnsOwnSocket
{
    internal static async Task<DnsDatagram> AskAsync(DnsAsk ask, TimeProvider time, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ask.Largest + 1);
        using var socket = new Socket(ask.Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var again = new CancellationTokenSource(ask.SendAgainAfter ?? Timeout.InfiniteTimeSpan, time);
        using var untilAgain = CancellationTokenSource.CreateLinkedTokenSource(again.Token, cancellationToken);
        try
        {
            ask.Prepare?.Invoke(socket);
            await socket.ConnectAsync(ask.Server, cancellationToken);
            await SendAsync();
            while (true)
            {
                int length;
                try
                {
                    length = await socket.ReceiveAsync(buffer.AsMemory(0, ask.Largest + 1), SocketFlags.None, ask.Sent == 1 ? untilAgain.Token : cancellationToken);
                }
                catch (OperationCanceledException) when (ask.Sent == 1 && again.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    await SendAsync();
                    continue;
                }

                var arrivedAt = time.GetTimestamp();
                var message = buffer.AsSpan(0, length);
                if (length >= DnsMessage.HeaderLength && DnsText.UInt16(message, 0) == ask.Id && ask.IsAnsweredBy(message))
                    return new DnsDatagram(message[..Math.Min(length, ask.Largest)].ToArray(), length > ask.Largest, arrivedAt, IsKernelTime: false);
                ask.NoteIgnored();
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize && ask.Sent > 0)
        {
            // Windows drops what it had to cut.
            return new DnsDatagram([], IsOversize: true, time.GetTimestamp(), IsKernelTime: false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Windows reports the port-unreachable of a datagram sent before as a reset.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        async ValueTask SendAsync()
        {
            ask.NoteSent(time.GetTimestamp());
            await socket.SendAsync(ask.Query, SocketFlags.None, cancellationToken);
        }
    }
}
