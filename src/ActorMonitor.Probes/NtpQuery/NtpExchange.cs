using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ActorMonitor.Probes.Datagrams;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>A server's answer, and when its query left and how long it took.</summary>
internal sealed record NtpAnswer(NtpPacket Packet, DateTimeOffset Sent, TimeSpan RoundTrip, bool IsKernelTime);

/// <summary>The queries that one check sends to a server, each with its own nonce and instant, and the answers to them.</summary>
internal sealed class NtpExchange(ProbeRun run, IPEndPoint server, NtpSocket socket, int version)
{
    // A server's extensions and authenticator are far less.
    private const int LargestAnswer = 1024;

    private readonly List<(NtpTimestamp Nonce, LocalClock At)> _open = new(1);
    private readonly byte[] _buffer = new byte[LargestAnswer + 1];

    /// <summary>How many queries were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many datagrams repeated no nonce that is still open.</summary>
    public int Ignored { get; private set; }

    /// <summary>The clocks at the first query.</summary>
    public LocalClock Began { get; private set; }

    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        // Never zero, which stands for no timestamp.
        var nonce = new NtpTimestamp(NewNonce() | 1);
        var query = NtpPacket.Query(version, nonce);
        run.Waiting = $"waiting for the answer of {server} over UDP{(Ignored > 0 ? $" ({Ignored} of other origin ignored)" : "")}";
        var at = LocalClock.Read(run.Environment.Time);
        if (Sent++ == 0)
            Began = at;
        _open.Add((nonce, at));
        await socket.SendAsync(query, cancellationToken);
    }

    /// <summary>Waits for the answer to a query that is still open, whichever.</summary>
    /// <exception cref="NtpFormatException">It is none of a server.</exception>
    public async ValueTask<NtpAnswer> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var arrival = await ReceiveDatagramAsync(cancellationToken);
            var datagram = _buffer.AsSpan(0, arrival.Length);
            var origin = NtpPacket.OriginOf(datagram);
            var index = _open.FindIndex(query => query.Nonce == origin);
            if (index < 0)
            {
                run.Waiting = $"waiting for the answer of {server} over UDP ({++Ignored} of other origin ignored)";
                continue;
            }

            if (datagram.Length > LargestAnswer)
                throw DatagramExchange.Oversize(server, LargestAnswer);
            var at = _open[index].At;

            // Answered once: a copy, or a replay, is no second sample.
            _open.RemoveAt(index);
            var roundTrip = run.Environment.Time.GetElapsedTime(at.Stamp, Math.Max(at.Stamp, arrival.Stamp));
            return new NtpAnswer(NtpPacket.Read(datagram), at.Wall, roundTrip, arrival.IsKernelTime);
        }
    }

    private async ValueTask<NtpArrival> ReceiveDatagramAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(_buffer, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            // Windows drops what it had to cut.
            throw DatagramExchange.Oversize(server, LargestAnswer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Windows reports the port-unreachable of a datagram sent before as a reset.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
    }

    private static ulong NewNonce()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        return BinaryPrimitives.ReadUInt64BigEndian(random);
    }
}
