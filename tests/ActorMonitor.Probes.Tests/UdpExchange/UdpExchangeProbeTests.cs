using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.UdpExchange;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.UdpExchange;

public class UdpExchangeProbeTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task An_answer_is_Up()
    {
        await using var server = ScriptedUdpServer.Answering([0xca, 0xfe]);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause, result.ResolvedAddress).ShouldBe((Outcome.Up, Cause.None, "127.0.0.1"));
        result.Measured("rtt").ShouldNotBeNull();
        result.Measured("answer.size").ShouldBe(2);
        result.Attribute("udp.answer").ShouldBe("cafe");
    }

    [IPv6Fact]
    public async Task An_answer_over_IPv6_is_Up()
    {
        await using var server = ScriptedUdpServer.Answering([1], IPAddress.IPv6Loopback);

        (await ProbeAsync(Request("[::1]", server.Port))).Outcome.ShouldBe(Outcome.Up);
    }

    [Theory]
    [InlineData(null, null, "00")]
    [InlineData("payload", "PING", "50494e47")]
    [InlineData("payload", "", "")]
    [InlineData("payloadHex", "de ad", "dead")]
    public async Task The_payload_is_what_the_job_says(string? setting, string? value, string sent)
    {
        await using var server = ScriptedUdpServer.Start((echo, datagram, client) => echo.SendAsync([.. datagram, 0xee], client));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, setting is null ? null : Map((setting, value!))));

        result.Attribute("udp.answer").ShouldBe(sent + "ee");
    }

    [Fact]
    public async Task A_closed_port_is_Down_by_its_ICMP_message()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(Request("127.0.0.1", port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.IcmpUnreachable));
        (result.Attribute("icmp.type"), result.Attribute("icmp.code")).ShouldBe(("3", "3"));
    }

    [IPv6Fact]
    public async Task A_closed_port_over_IPv6_is_Down_by_its_ICMP_message()
    {
        using var closed = ClosedPort(out var port, IPAddress.IPv6Loopback);

        var result = await ProbeAsync(Request("::1", port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.IcmpUnreachable));
        (result.Attribute("icmp.type"), result.Attribute("icmp.code")).ShouldBe(("1", "4"));
    }

    [Fact]
    public async Task A_closed_port_is_Down_even_where_silence_is_expected()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(Request("127.0.0.1", port, expect: Map(("silence", "true"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.IcmpUnreachable));
    }

    [Fact]
    public async Task Silence_proves_nothing()
    {
        await using var server = SilentUntilTimeout();

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.NoAnswer));
    }

    [Fact]
    public async Task Silence_that_is_expected_is_Up()
    {
        await using var server = SilentUntilTimeout();

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("silence", "true"))));

        (result.Outcome, result.Cause, result.Elapsed).ShouldBe((Outcome.Up, Cause.None, LongTimeout));
    }

    [Fact]
    public async Task An_answer_where_silence_is_expected_is_Down()
    {
        await using var server = ScriptedUdpServer.Answering([1]);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("silence", "true"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_not_taken_for_silence()
    {
        var result = await ProbeAsync(Request("nobody", 9, expect: Map(("silence", "true"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Nxdomain));
    }

    [Theory]
    [InlineData("answer.contains", "PONG", Outcome.Up)]
    [InlineData("answer.contains", "pong", Outcome.Down)]
    [InlineData("answer.hex", "4f4e", Outcome.Up)]
    [InlineData("answer.hex", "00", Outcome.Down)]
    public async Task The_answer_is_held_against_what_is_expected(string expectation, string value, Outcome outcome)
    {
        await using var server = ScriptedUdpServer.Answering(Encoding.ASCII.GetBytes("+PONG\r\n"));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map((expectation, value))));

        result.Outcome.ShouldBe(outcome);
        result.Cause.ShouldBe(outcome == Outcome.Up ? Cause.None : Cause.ExpectationFailed);
    }

    [Fact]
    public async Task The_greatest_datagram_is_read_whole()
    {
        await using var server = ScriptedUdpServer.Answering([.. new byte[65_506], 0x7e]);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("answer.hex", "7e"))));

        (result.Outcome, result.Measured("answer.size")).ShouldBe((Outcome.Up, 65_507));
    }

    [Fact]
    public async Task An_answer_from_another_address_is_not_ours()
    {
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await using var server = ScriptedUdpServer.Start(async (_, _, client) =>
        {
            await stranger.SendToAsync(new byte[] { 1 }, SocketFlags.None, client);
            _time.Advance(LongTimeout);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.NoAnswer));
    }

    [Fact]
    public async Task A_late_answer_to_one_check_is_no_answer_to_the_next()
    {
        EndPoint? first = null;
        await using var server = ScriptedUdpServer.Start(async (self, _, client) =>
        {
            if (first is not null)
                await self.SendAsync([0xbb], first);
            first ??= client;
            _time.Advance(LongTimeout);
        });
        await ProbeAsync(Request("127.0.0.1", server.Port));

        var second = await ProbeAsync(Request("127.0.0.1", server.Port));

        (second.Outcome, second.Cause).ShouldBe((Outcome.Unknown, Cause.NoAnswer));
    }

    [Theory]
    [InlineData("payload", "payloadHex")]
    public async Task Two_payloads_are_a_bad_setting(string one, string other)
    {
        var result = await ProbeAsync(Request("127.0.0.1", 9, Map((one, "00"), (other, "00"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Fact]
    public async Task Silence_and_an_answer_cannot_both_be_expected()
    {
        var result = await ProbeAsync(Request("127.0.0.1", 9, expect: Map(("silence", "true"), ("answer.hex", "00"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    private ScriptedUdpServer SilentUntilTimeout() => ScriptedUdpServer.Start((_, _, _) =>
    {
        _time.Advance(LongTimeout);
        return Task.CompletedTask;
    });

    private Task<ProbeResult> ProbeAsync(ProbeRequest request) => new UdpExchangeProbe(Environment(_time)).ProbeAsync(request, CancellationToken.None);
}
