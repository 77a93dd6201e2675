using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Datagrams;

/// <summary>
/// A question and its answer over UDP. The socket is connected, so that the system drops datagrams from any other source
/// and reports an ICMP port-unreachable as a refusal. A datagram that the reader does not take for an answer is counted
/// and the wait goes on; a question that is not answered within half the time left is sent once more, from the same port.
/// </summary>
internal static class DatagramExchange
{
    /// <summary>Makes the datagram of the n-th sending, from 0. Called just before it is sent.</summary>
    internal delegate ReadOnlyMemory<byte> Question(int sending);

    /// <summary>
    /// Reads a datagram just received; null when it is not an answer to the question. One longer than allowed comes cut to
    /// one byte more than that.
    /// </summary>
    internal delegate T? Reader<out T>(ReadOnlySpan<byte> datagram)
        where T : class;

    /// <summary>Asks until the reader takes a datagram for the answer.</summary>
    /// <param name="run">The check; it gets the attributes <c>ignored</c> (datagrams) and <c>sent</c> (when more than once).</param>
    /// <param name="server">Whom to ask.</param>
    /// <param name="question">What to send.</param>
    /// <param name="reader">What takes the answer.</param>
    /// <param name="largest">The longest answer allowed, in bytes.</param>
    /// <param name="retransmit">Whether to send again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<T> AskAsync<T>(
        ProbeRun run, IPEndPoint server, Question question, Reader<T> reader, int largest, bool retransmit, CancellationToken cancellationToken)
        where T : class
    {
        run.Waiting = $"waiting for the answer of {server} over UDP";
        var ignored = 0;
        var sent = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(largest + 1);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var half = new CancellationTokenSource(retransmit ? run.Remaining / 2 : Timeout.InfiniteTimeSpan, run.Environment.Time);
        using var untilHalf = CancellationTokenSource.CreateLinkedTokenSource(half.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            await socket.SendAsync(question(sent++), SocketFlags.None, cancellationToken);
            while (true)
            {
                int length;
                try
                {
                    length = await socket.ReceiveAsync(buffer.AsMemory(0, largest + 1), SocketFlags.None, sent == 1 ? untilHalf.Token : cancellationToken);
                }
                catch (OperationCanceledException) when (sent == 1 && half.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    await socket.SendAsync(question(sent++), SocketFlags.None, cancellationToken);
                    continue;
                }

                if (reader(buffer.AsSpan(0, length)) is { } answer)
                    return answer;
                run.Waiting = $"waiting for the answer of {server} over UDP ({++ignored} of other origin ignored)";
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            // Windows drops what it had to cut.
            throw Oversize(server, largest);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Windows reports the port-unreachable of a datagram sent before as a reset.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (ignored > 0)
                run.Note("ignored", ignored.ToString());
            if (sent > 1)
                run.Note("sent", sent.ToString());
        }
    }

    /// <summary>What a reader throws when the answer is longer than allowed.</summary>
    internal static TargetException Oversize(IPEndPoint server, int largest)
        => new(Outcome.Down, Cause.Oversize, $"{server} answered with more than the {largest} bytes allowed over UDP");
}
