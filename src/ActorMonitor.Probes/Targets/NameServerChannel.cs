using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorMonitor.Probes.DnsQuery;

namespace ActorMonitor.Probes.Targets;

/// <summary>Puts a question to a name server, once.</summary>
internal interface INameServerChannel : IDisposable
{
    /// <summary>Asks over UDP, or over TCP. Waits for as long as the token lets it.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="DnsFormatException">It answered with something else than an answer.</exception>
    Task<DnsMessage> AskAsync(IPEndPoint server, DnsQuestion question, bool stream, CancellationToken cancellationToken);
}

/// <summary>Each question with a socket of its own, whose port the system draws.</summary>
internal sealed class NameServerChannel : INameServerChannel
{
    // Without EDNS a server sends no more over UDP (RFC 1035 section 4.2.1); what does not fit is asked again over TCP.
    private const int LargestDatagram = 4096;

    public async Task<DnsMessage> AskAsync(IPEndPoint server, DnsQuestion question, bool stream, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var query = question.Encode(id, recursion: true, payloadBytes: null, dnssec: false);
        return stream
            ? await AskStreamAsync(server, question, id, query, cancellationToken)
            : await AskDatagramAsync(server, question, id, query, cancellationToken);
    }

    public void Dispose()
    {
        // Nothing is held between questions.
    }

    private static async Task<DnsMessage> AskDatagramAsync(IPEndPoint server, DnsQuestion question, ushort id, byte[] query, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LargestDatagram);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            await socket.SendAsync(query, SocketFlags.None, cancellationToken);
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellationToken);
                if (AnswerIn(buffer.AsSpan(0, length), question, id) is { } answer)
                    return answer;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<DnsMessage> AskStreamAsync(IPEndPoint server, DnsQuestion question, ushort id, byte[] query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken);
        await using var connection = new NetworkStream(socket);
        var framed = new byte[2 + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await connection.WriteAsync(framed, cancellationToken);
        try
        {
            while (true)
            {
                await connection.ReadExactlyAsync(framed.AsMemory(0, 2), cancellationToken);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
                await connection.ReadExactlyAsync(message, cancellationToken);
                if (AnswerIn(message, question, id) is { } answer)
                    return answer;
            }
        }
        catch (EndOfStreamException)
        {
            throw new DnsFormatException("the connection was closed before the answer was complete");
        }
        catch (IOException e) when (e.InnerException is SocketException socketError)
        {
            throw new SocketException((int)socketError.SocketErrorCode);
        }
    }

    // RFC 5452 section 9.1: what carries another id or another question is not for us.
    private static DnsMessage? AnswerIn(ReadOnlySpan<byte> bytes, DnsQuestion question, ushort id)
    {
        if (bytes.Length < DnsMessage.HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(bytes) != id)
            return null;
        var message = DnsMessage.Read(bytes);
        var isHeaderOnly = message.Question is null && message.Rcode is not (DnsCodes.NoError or DnsCodes.NameError);
        return message.Flags.HasFlag(DnsFlags.Response) && message.Opcode == 0 && (isHeaderOnly || message.Question == question) ? message : null;
    }
}
