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
    /// <param name="server">Whom to ask.</param>
    /// <param name="question">What to ask.</param>
    /// <param name="stream">Whether to ask over TCP.</param>
    /// <param name="exactCase">Whether the answer has to repeat the name's letters in the case that they are given at random.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="DnsFormatException">It answered with something else than an answer.</exception>
    Task<DnsMessage> AskAsync(IPEndPoint server, DnsQuestion question, bool stream, bool exactCase, CancellationToken cancellationToken);
}

/// <summary>Asks from sockets as DNS checks have, so that an answer is hard to forge: id, port and the name's case are random.</summary>
internal sealed class NameServerChannel(TimeProvider time) : INameServerChannel
{
    private readonly DnsSockets _sockets = new(time);

    public async Task<DnsMessage> AskAsync(IPEndPoint server, DnsQuestion question, bool stream, bool exactCase, CancellationToken cancellationToken)
    {
        // Without EDNS a server sends no more than 512 bytes over UDP (RFC 1035 section 4.2.1); what does not fit is asked again over TCP.
        var query = question.Encode(0, recursion: true, payloadBytes: null, dnssec: false);
        if (stream)
            return await AskStreamAsync(server, question, query, cancellationToken);
        if (exactCase)
            MixCase(query.AsSpan(DnsMessage.HeaderLength, question.Name.Wire.Length));
        var answer = await _sockets.AskAsync(new DnsAsk(server, query) { ExactCase = exactCase }, cancellationToken);
        return answer.IsOversize
            ? throw new DnsFormatException("it is longer than a datagram may be")
            : Checked(DnsMessage.Read(answer.Bytes));
    }

    public void Dispose() => _sockets.Dispose();

    // draft-vixie-dnsext-dns0x20: a bit more for each letter that a forger has to guess.
    private static void MixCase(Span<byte> name)
    {
        Span<byte> random = stackalloc byte[name.Length];
        RandomNumberGenerator.Fill(random);
        for (var i = 0; i < name.Length; i++)
        {
            // The lengths of labels, up to 63, are no letters.
            if (char.IsAsciiLetter((char)name[i]) && (random[i] & 1) != 0)
                name[i] ^= 0x20;
        }
    }

    private static DnsMessage Checked(DnsMessage message)
        => message.Flags.HasFlag(DnsFlags.Response) && message.Opcode == 0 ? message : throw new DnsFormatException("it is no answer to a query");

    private static async Task<DnsMessage> AskStreamAsync(IPEndPoint server, DnsQuestion question, byte[] query, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
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
        return isHeaderOnly || message.Question == question ? Checked(message) : null;
    }
}
