using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Datagrams;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>A question and its answer over TCP: each message has its length in two bytes before it (RFC 1035 section 4.2.2).</summary>
internal static class DnsStream
{
    /// <summary>Asks until the reader takes a message for the answer; others are counted in the attribute <c>ignored</c>.</summary>
    internal static async Task<T> AskAsync<T>(
        ProbeRun run, IPEndPoint server, byte[] query, DatagramExchange.Reader<T> reader, CancellationToken cancellationToken)
        where T : class
    {
        run.Waiting = $"connecting to {server} over TCP";
        var ignored = 0;
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var started = run.Environment.Time.GetTimestamp();
        await socket.ConnectAsync(server, cancellationToken);
        run.Measure("connect", run.Environment.Time.GetElapsedTime(started));

        run.Waiting = $"waiting for the answer of {server} over TCP";
        var framed = new byte[2 + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        for (var sent = 0; sent < framed.Length;)
            sent += await socket.SendAsync(framed.AsMemory(sent), SocketFlags.None, cancellationToken);

        try
        {
            var length = new byte[2];
            while (true)
            {
                await ReceiveAsync(socket, length, server, cancellationToken);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await ReceiveAsync(socket, message, server, cancellationToken);
                if (reader(message) is { } answer)
                    return answer;
                ignored++;
            }
        }
        finally
        {
            if (ignored > 0)
                run.Note("ignored", ignored.ToString());
        }
    }

    private static async Task ReceiveAsync(Socket socket, Memory<byte> whole, IPEndPoint server, CancellationToken cancellationToken)
    {
        for (var received = 0; received < whole.Length;)
        {
            var count = await socket.ReceiveAsync(whole[received..], SocketFlags.None, cancellationToken);
            if (count == 0)
                throw new TargetException(Outcome.Down, Cause.ConnectionClosed, $"{server} closed the connection before its answer was complete");
            received += count;
        }
    }
}
