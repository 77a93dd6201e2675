using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// A question and its answer over TCP (RFC 7766) or TLS (RFC 7858): each message has its length in two bytes before it
/// (RFC 1035 section 4.2.2).
/// </summary>
internal static class DnsStream
{
    private static readonly SslApplicationProtocol DnsOverTls = new("dot");

    /// <summary>Asks until a message answers; others are counted in the attribute <c>ignored</c>.</summary>
    /// <exception cref="DnsFormatException">The answer breaks the protocol.</exception>
    internal static async Task<DnsReply> AskAsync(ProbeRun run, IPEndPoint server, DnsSettings settings, TlsPlan? tls, int ordinal, CancellationToken cancellationToken)
    {
        var started = run.Environment.Time.GetTimestamp();
        var ask = new DnsAsk(server, settings.Encode()) { Id = run.Environment.Dns.NewId() };
        try
        {
            return await AskAsync(run, server, ask, tls, ordinal, cancellationToken) with { StartedAt = started };
        }
        catch (IOException e) when (e.InnerException is SocketException inner)
        {
            // What a stream wraps is what the socket said.
            throw new SocketException((int)inner.SocketErrorCode);
        }
    }

    private static async Task<DnsReply> AskAsync(ProbeRun run, IPEndPoint server, DnsAsk ask, TlsPlan? tls, int ordinal, CancellationToken cancellationToken)
    {
        var time = run.Environment.Time;
        var over = tls is null ? "TCP" : "TLS";
        var ignored = 0;
        run.Waiting = $"connecting to {server} over {over}";
        var socket = await TargetDialler.ConnectAsync(run, [server.Address], server.Port, ordinal, cancellationToken);
        Stream stream = new TargetStream(socket);
        using var session = tls is null
            ? null
            : await TlsHandshake.ConnectAsync(run, stream, tls, tls.ServerName ?? run.Request.Host.Trim('[', ']'), [DnsOverTls], ordinal, cancellationToken);
        await using var plain = session is null ? stream : null;
        stream = session?.Stream ?? stream;

        run.Waiting = $"waiting for the answer of {server} over {over}";
        var framed = new byte[2 + ask.Query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)ask.Query.Length);
        ask.Query.CopyTo(framed, 2);
        try
        {
            var sentAt = time.GetTimestamp();
            await stream.WriteAsync(framed, cancellationToken);
            var length = new byte[2];
            while (true)
            {
                await ReceiveAsync(stream, length, server, cancellationToken);
                var firstByteAt = time.GetTimestamp();
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await ReceiveAsync(stream, message, server, cancellationToken);
                var arrivedAt = time.GetTimestamp();
                if (message.Length >= DnsMessage.HeaderLength && DnsText.UInt16(message, 0) == ask.Id && ask.IsAnsweredBy(message))
                {
                    run.Measure("wait", time.GetElapsedTime(sentAt, firstByteAt), ordinal);
                    run.Measure("transfer", time.GetElapsedTime(firstByteAt, arrivedAt), ordinal);
                    return new DnsReply(DnsReply.Checked(DnsMessage.Read(message)), message.Length, sentAt, arrivedAt, IsKernelTime: false)
                    {
                        Findings = session is null ? [] : [.. session.Judge(run)],
                    };
                }

                ignored++;
            }
        }
        finally
        {
            if (ignored > 0)
                run.Note("ignored", ignored.ToString());
        }
    }

    private static async Task ReceiveAsync(Stream stream, Memory<byte> whole, IPEndPoint server, CancellationToken cancellationToken)
    {
        for (var received = 0; received < whole.Length;)
        {
            var count = await stream.ReadAsync(whole[received..], cancellationToken);
            if (count == 0)
                throw new TargetException(Outcome.Down, Cause.ConnectionClosed, $"{server} closed the connection before its answer was complete");
            received += count;
        }
    }
}
