using System.Net;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.RouteTrace;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class ReverseLookUpTests
{
    private static readonly byte[] Core = [4, .. "core"u8, 7, .. "example"u8, 0];

    [Fact]
    public async Task The_name_of_an_address_is_its_PTR_record()
    {
        await using var server = Server(query => [Answer(query, Core)]);

        (await LookUp(server, "192.0.2.7")).ShouldBe("core.example");
        (await LookUp(server, "2001:db8::7")).ShouldBe("core.example");
    }

    [Fact]
    public async Task Answers_to_somebody_else_are_passed_over()
    {
        await using var server = Server(query => [[1, 2, 3], WithOtherId(Answer(query, [3, .. "bad"u8, 0])), Answer(query, Core)]);

        (await LookUp(server, "192.0.2.7")).ShouldBe("core.example");
    }

    [Fact]
    public async Task An_address_without_a_name_has_none()
    {
        await using var server = Server(query => [NoSuchName(query)]);

        (await LookUp(server, "192.0.2.7")).ShouldBeNull();
    }

    [Fact]
    public async Task A_broken_answer_names_nobody()
    {
        await using var server = Server(query => [Answer(query, [63, 1, 2])]);

        (await LookUp(server, "192.0.2.7")).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_is_away_or_silent_or_unknown_leaves_the_address_without_a_name()
    {
        using var ended = new CancellationTokenSource();
        await using var silent = Server(_ =>
        {
            ended.Cancel();
            return [];
        });
        using var closed = ProbeSetup.ClosedPort(out var port);
        using var sockets = new DnsSockets(TimeProvider.System);

        (await new ReverseLookUp(sockets, () => new IPEndPoint(IPAddress.Loopback, silent.Port)).NameOfAsync(IPAddress.Parse("192.0.2.7"), ended.Token)).ShouldBeNull();
        (await new ReverseLookUp(sockets, () => new IPEndPoint(IPAddress.Loopback, port)).NameOfAsync(IPAddress.Parse("192.0.2.7"), CancellationToken.None)).ShouldBeNull();
        (await new ReverseLookUp(sockets, () => null).NameOfAsync(IPAddress.Parse("192.0.2.7"), CancellationToken.None)).ShouldBeNull();
    }

    private static ScriptedUdpServer Server(Func<byte[], byte[][]> script) => ScriptedUdpServer.Start(async (server, query, client) =>
    {
        foreach (var answer in script(query))
            await server.SendAsync(answer, client);
    });

    private static async Task<string?> LookUp(ScriptedUdpServer server, string address)
    {
        using var sockets = new DnsSockets(TimeProvider.System);
        return await new ReverseLookUp(sockets, () => new IPEndPoint(IPAddress.Loopback, server.Port)).NameOfAsync(IPAddress.Parse(address), CancellationToken.None);
    }

    // The header with one answer, the question, and a record that points at its name.
    private static byte[] Answer(byte[] query, byte[] name)
    {
        var question = Question(query);
        return [query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. question, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, (byte)name.Length, .. name];
    }

    private static byte[] NoSuchName(byte[] query) => [query[0], query[1], 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0, .. Question(query)];

    private static byte[] Question(byte[] query)
    {
        var end = 12;
        DnsName.Read(query, ref end);
        return query[12..(end + 4)];
    }

    private static byte[] WithOtherId(byte[] answer)
    {
        answer[1] ^= 1;
        return answer;
    }
}
