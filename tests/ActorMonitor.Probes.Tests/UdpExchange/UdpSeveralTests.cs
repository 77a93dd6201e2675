using System.Collections.Concurrent;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.UdpExchange;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.UdpExchange;

/// <summary>Several datagrams a check. A gap of a millisecond is the only time that passes.</summary>
public class UdpSeveralTests
{
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(400);

    [Fact]
    public async Task All_answered_is_Up_with_round_trips_and_jitter()
    {
        await using var server = ScriptedUdpServer.Answering([0xca, 0xfe]);

        var result = await ProbeAsync(server.Port, Map(("count", "5"), ("gap", "1ms")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None), result.Message);
        result.Message.ShouldEndWith("5 of 5 answered");
        (result.Measured("loss"), result.Measured("sent"), result.Measured("answered")).ShouldBe((0, 5, 5));
        result.Measurements.Where(measurement => measurement.Name == "rtt").Select(measurement => measurement.Ordinal).ShouldBe([1, 2, 3, 4, 5]);
        result.Measured("rtt.min")!.Value.ShouldBeLessThanOrEqualTo(result.Measured("rtt.mean")!.Value);
        result.Measured("rtt.mean")!.Value.ShouldBeLessThanOrEqualTo(result.Measured("rtt.max")!.Value);
        result.Measured("jitter").ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null, Outcome.Up)]
    [InlineData("50", Outcome.Up)]
    [InlineData("49", Outcome.Degraded)]
    public async Task Loss_is_counted_and_held_against_its_bound(string? bound, Outcome outcome)
    {
        // Every other one is lost: the second and the fourth.
        var asked = 0;
        await using var server = ScriptedUdpServer.Start((self, _, client) => Interlocked.Increment(ref asked) % 2 == 1 ? self.SendAsync([1], client) : Task.CompletedTask);

        var result = await ProbeAsync(
            server.Port, Map(("count", "4"), ("gap", "1ms"), ("wait", "200ms")), bound is null ? null : Map(("lossPercent", bound)));

        (result.Outcome, result.Measured("loss")).ShouldBe((outcome, 50), result.Message);
        result.Message.ShouldContain("2 of 4 answered");
    }

    [Fact]
    public async Task Answers_in_another_order_still_belong_to_their_datagrams()
    {
        // The first is answered last: each comes to the port that it was asked from.
        var clients = new ConcurrentQueue<EndPoint>();
        await using var server = ScriptedUdpServer.Start(async (self, _, client) =>
        {
            clients.Enqueue(client);
            if (clients.Count < 3)
                return;
            foreach (var each in clients.Reverse())
                await self.SendAsync([1], each);
        });

        var result = await ProbeAsync(server.Port, Map(("count", "3"), ("gap", "20ms")));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        clients.Select(client => ((IPEndPoint)client).Port).ShouldBeUnique();
        result.Measured("rtt", 1)!.Value.ShouldBeGreaterThan(result.Measured("rtt", 3)!.Value);
    }

    [Fact]
    public async Task One_answer_that_is_not_as_expected_is_Down()
    {
        var asked = 0;
        await using var server = ScriptedUdpServer.Start((self, _, client) => self.SendAsync([(byte)(Interlocked.Increment(ref asked) == 2 ? 0xee : 0x01)], client));

        var result = await ProbeAsync(server.Port, Map(("count", "3"), ("gap", "1ms")), Map(("answer.hex", "01")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
        result.Message.ShouldBe("3 of 3 answered, 1 of them not as expected: an answer of 1 bytes does not contain 01");
    }

    [Fact]
    public async Task A_closed_port_is_Down_by_its_ICMP_messages()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(port, Map(("count", "3"), ("gap", "1ms")));

        (result.Outcome, result.Cause, result.Measured("loss")).ShouldBe((Outcome.Down, Cause.IcmpUnreachable, 100));
    }

    [Fact]
    public async Task Silence_to_all_proves_nothing()
    {
        await using var server = ScriptedUdpServer.Start((_, _, _) => Task.CompletedTask);

        var result = await ProbeAsync(server.Port, Map(("count", "2"), ("gap", "1ms")), timeout: ShortTimeout);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.NoAnswer));
    }

    [Fact]
    public async Task A_long_round_trip_is_Degraded()
    {
        await using var server = ScriptedUdpServer.Start(async (self, _, client) => await self.SendAsync([1], client));

        var result = await ProbeAsync(server.Port, Map(("count", "2"), ("gap", "1ms")), Map(("rttMs", "0.001")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed), result.Message);
    }

    [Fact]
    public async Task A_cancelled_check_ends_at_once()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedUdpServer.Start((_, _, _) => cancel.CancelAsync());

        await Should.ThrowAsync<OperationCanceledException>(
            new UdpExchangeProbe(Environment()).ProbeAsync(Request("127.0.0.1", server.Port, Map(("count", "2"))), cancel.Token));
    }

    [Fact]
    public async Task Datagrams_that_do_not_fit_into_the_timeout_are_a_bad_setting()
    {
        var result = await ProbeAsync(9, Map(("count", "5"), ("gap", "100ms")), timeout: ShortTimeout);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Theory]
    [InlineData("^\\xff(?<name>[^\\x00]*)\\x00$", Outcome.Up, "Arena")]
    [InlineData("^x", Outcome.Down, null)]
    public async Task An_answer_is_matched_byte_by_byte(string pattern, Outcome outcome, string? name)
    {
        await using var server = ScriptedUdpServer.Answering([0xff, .. "Arena"u8, 0]);

        var result = await ProbeAsync(server.Port, SettingMap.Empty, Map(("answer.matches", pattern)));

        (result.Outcome, result.Attribute("capture.name")).ShouldBe((outcome, name), result.Message);
    }

    [Fact]
    public async Task The_source_is_the_one_that_the_job_names()
    {
        EndPoint? seen = null;
        await using var server = ScriptedUdpServer.Start((self, _, client) => self.SendAsync([1], seen = client));

        var result = await ProbeAsync(server.Port, Map(("source", "127.0.0.9"), ("dscp", "46"), ("ttl", "3")));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        ((IPEndPoint)seen!).Address.ToString().ShouldBe("127.0.0.9");
    }

    private static Task<ProbeResult> ProbeAsync(int port, SettingMap settings, SettingMap? expect = null, TimeSpan? timeout = null)
        => new UdpExchangeProbe(Environment()).ProbeAsync(Request("127.0.0.1", port, settings, expect, timeout), CancellationToken.None);
}
