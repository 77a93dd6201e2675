using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.TcpConnect;

public class TcpConnectProbeTests
{
    [Fact]
    public async Task A_port_that_takes_the_connection_is_Up()
    {
        await using var server = ScriptedTcpServer.Stalling();

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause, result.ResolvedAddress).ShouldBe((Outcome.Up, Cause.None, "127.0.0.1"));
        result.Measured("connect")!.Value.ShouldBe(result.Elapsed.TotalMilliseconds, tolerance: 5);
    }

    [IPv6Fact]
    public async Task A_port_over_IPv6_is_Up()
    {
        await using var server = ScriptedTcpServer.Start((_, _) => Task.CompletedTask, IPAddress.IPv6Loopback);

        var result = await ProbeAsync(Request("[::1]", server.Port));

        (result.Outcome, result.ResolvedAddress).ShouldBe((Outcome.Up, "::1"));
    }

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(Request("127.0.0.1", port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Refused));
        result.Message.ShouldContain($"127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_port_that_swallows_the_handshake_times_out_while_connecting()
    {
        using var deaf = await DeafPort.OpenAsync(IPAddress.Loopback);

        var result = await ProbeAsync(Request("127.0.0.1", deaf.Port, timeout: TimeSpan.FromMilliseconds(200)));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout));
        result.Message.ShouldContain("while connecting to 127.0.0.1");
    }

    [Fact]
    public async Task An_address_that_refuses_gives_way_to_the_next()
    {
        await using var server = ScriptedTcpServer.Stalling();

        var result = await ProbeAsync(Request("two", server.Port), ("two", ["127.0.0.2", "127.0.0.1"]));

        (result.Outcome, result.ResolvedAddress).ShouldBe((Outcome.Up, "127.0.0.1"));
        result.Attribute("connect.failed").ShouldBe($"127.0.0.2:{server.Port}: refused");
    }

    [IPv6Fact]
    public async Task An_address_that_swallows_packets_leaves_time_for_the_next()
    {
        using var deaf = await DeafPort.OpenAsync(IPAddress.IPv6Loopback);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, deaf.Port));
        listener.Listen();

        var result = await ProbeAsync(Request("two", deaf.Port, timeout: TimeSpan.FromSeconds(2)), ("two", ["::1", "127.0.0.1"]));

        (result.Outcome, result.ResolvedAddress).ShouldBe((Outcome.Up, "127.0.0.1"));
        result.Attribute("connect.overtaken")!.ShouldMatch($"^\\[::1\\]:{deaf.Port}: no answer within [0-9]+ ms$");
    }

    [Fact]
    public async Task When_every_address_fails_all_are_recorded()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(Request("two", port), ("two", ["127.0.0.2", "127.0.0.1"]));

        (result.Outcome, result.Cause, result.ResolvedAddress).ShouldBe((Outcome.Down, Cause.Refused, "127.0.0.2"));
        result.Attributes.Count(attribute => attribute.Name == "connect.failed").ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_addresses_only_some_are_tried()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(Request("many", port), ("many", [.. Enumerable.Range(2, 100).Select(i => $"127.0.0.{i}")]));

        result.Attributes.Count(attribute => attribute.Name == "connect.failed").ShouldBe(8);
    }

    [Fact]
    public async Task A_banner_in_pieces_is_found()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            foreach (var c in "220 mail.example ESMTP\r\n")
                await peer.SendAsync(c.ToString(), stop);
            await peer.ReadUntilAsync("never", stop);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("banner.contains", "mail.example"))));

        result.Outcome.ShouldBe(Outcome.Up);
        result.Measured("banner").ShouldNotBeNull();
        result.Attribute("tcp.banner")!.ShouldStartWith("220 mail.example");
    }

    [Fact]
    public async Task A_text_is_sent_after_the_banner_and_its_answer_judged()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.SendAsync("220 ready\r\n", stop);
            var said = await peer.ReadUntilAsync("\r\n", stop);
            await peer.SendAsync(said == "EHLO me\r\n" ? "250 hello\r\n" : "500 what\r\n", stop);
        });

        var result = await ProbeAsync(Request(
            "127.0.0.1", server.Port, Map(("send", "EHLO me\r\n")), Map(("banner.contains", "220"), ("answer.contains", "250 "))));

        result.Outcome.ShouldBe(Outcome.Up);
        result.Attribute("tcp.answer").ShouldBe("250 hello  ");
    }

    [Fact]
    public async Task Another_banner_than_expected_is_Down()
    {
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.SendAsync("554 go away\r\n", stop));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("banner.contains", "220"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
        result.Attribute("tcp.banner").ShouldBe("554 go away  ");
    }

    [Fact]
    public async Task A_peer_that_closes_without_a_word_has_closed_the_connection()
    {
        await using var server = ScriptedTcpServer.Start((_, _) => Task.CompletedTask);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("banner.contains", "220"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ConnectionClosed));
    }

    [Fact]
    public async Task A_peer_that_resets_has_reset_the_connection()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadUntilAsync("x", stop);
            peer.Reset();
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("send", "x")), Map(("answer.contains", "y"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ConnectionReset));
    }

    [Fact]
    public async Task A_banner_that_never_comes_times_out_and_says_so()
    {
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadUntilAsync("hello", stop);
            time.Advance(LongTimeout);
            await peer.ReadUntilAsync("never", stop);
        });

        var result = await new TcpConnectProbe(Environment(time)).ProbeAsync(
            Request("127.0.0.1", server.Port, Map(("send", "hello")), Map(("answer.contains", "welcome"))), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout));
        result.Message.ShouldBe("timed out after 30s while waiting for \"welcome\" in the answer");
    }

    [Fact]
    public async Task A_flood_without_the_text_is_read_up_to_its_bound()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            while (true)
                await peer.SendAsync(new string('z', 4096), stop);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("banner.contains", "220"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.Oversize));
    }

    [Fact]
    public async Task A_denied_target_is_not_connected_to()
    {
        await using var server = ScriptedTcpServer.Stalling();
        var policy = new Probes.Targets.TargetPolicy([], [IPNetwork.Parse("127.0.0.0/8")]);

        var result = await new TcpConnectProbe(Environment(null, policy)).ProbeAsync(Request("127.0.0.1", server.Port), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.TargetDenied));
        server.Accepted.ShouldBe(0);
    }

    private static Task<ProbeResult> ProbeAsync(ProbeRequest request, params (string Host, string[] Addresses)[] names)
        => new TcpConnectProbe(Environment(null, null, names)).ProbeAsync(request, CancellationToken.None);
}
