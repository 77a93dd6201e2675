using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

/// <summary>Whatever bytes a server sends, the check ends with a result; the seeds are fixed.</summary>
public class HttpFetchGarbageTests
{
    private const int Rounds = 300;

    private const string Answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nLocation: http://127.0.0.1/\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    [Fact]
    public async Task An_answer_with_some_bytes_changed_is_a_result()
    {
        var random = new Random(20261122);
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Mutated(random, Encoding.ASCII.GetBytes(Answer)), stop);
        });

        await ProbeAsync(HttpFetchSettings.Http, Request("127.0.0.1", server.Port, Map(("redirects", "0")), Map(("body.contains", "x"))));
    }

    [Fact]
    public async Task Garbage_in_TLS_records_is_a_result()
    {
        var random = new Random(20261122);
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadUntilAsync("\u0001", stop);
            var garbage = new byte[random.Next(1, 2000)];
            random.NextBytes(garbage);

            // RFC 8446 section 5.1: type, version, length. The kind of handshake message is a likely one.
            garbage[0] = (byte)random.Next(0, 21);
            await peer.SendAsync([(byte)random.Next(20, 25), 3, 3, (byte)(garbage.Length >> 8), (byte)garbage.Length, .. garbage], stop);
        });

        await ProbeAsync(HttpFetchSettings.Https, Request("127.0.0.1", server.Port));
    }

    private static async Task ProbeAsync(ServiceDefinition service, ProbeRequest request)
    {
        var probe = new HttpFetchProbe(Environment(), service);
        for (var round = 0; round < Rounds; round++)
        {
            var result = await probe.ProbeAsync(request, CancellationToken.None);

            result.Outcome.ShouldBeOneOf(Outcome.Down, Outcome.Unknown, Outcome.Up);
            result.Cause.ShouldNotBe(Cause.ProbeFailed, result.Message);
            result.Cause.ShouldNotBe(Cause.Timeout, result.Message);
        }
    }

    private static byte[] Mutated(Random random, byte[] bytes)
    {
        for (var change = random.Next(1, 6); change > 0; change--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes[..random.Next(bytes.Length / 2, bytes.Length + 1)];
    }
}
