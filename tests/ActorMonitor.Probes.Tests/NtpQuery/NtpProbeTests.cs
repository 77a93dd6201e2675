using System.Net;
using System.Net.Sockets;
using ActorMonitor.LoopbackTargets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.NtpQuery;

public class NtpProbeTests
{
    [Fact]
    public async Task A_sample_is_reported_with_what_the_server_says_of_itself()
    {
        var time = new ManualTime();
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            // 2 ms there, 1 ms at the server, 4 ms back; the server is 100 ms ahead.
            var now = time.GetUtcNow();
            time.Advance(TimeSpan.FromMilliseconds(7));
            return self.SendAsync(
                new NtpBytes
                {
                    Leap = 1,
                    Reference = NtpBytes.Timestamp(now.AddSeconds(-10)),
                    Receive = NtpBytes.Timestamp(now.AddMilliseconds(102)),
                    Transmit = NtpBytes.Timestamp(now.AddMilliseconds(103)),
                }.To(query),
                client);
        });

        var result = await ProbeAsync(server.Port, time: time);

        result.ShouldSatisfyAllConditions(
            () => (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None)),
            () => result.Message.ShouldBe("6.000 ms, offset +99.000 ms, stratum 2, leap insert"),
            () => result.Elapsed.ShouldBe(TimeSpan.FromMilliseconds(6), TimeSpan.FromMicroseconds(1)),
            () => result.ResolvedAddress.ShouldBe("127.0.0.1"),
            () => result.Measured("ntp.offset")!.Value.ShouldBe(99, 0.001),
            () => result.Measured("ntp.delay")!.Value.ShouldBe(6, 0.001),
            () => result.Measured("ntp.stratum").ShouldBe(2),
            () => result.Measured("ntp.root_delay").ShouldBe(500),
            () => result.Measured("ntp.root_dispersion").ShouldBe(250),
            () => result.Measured("ntp.root_distance").ShouldBe(500),
            () => result.Attribute("ntp.leap").ShouldBe("insert"),
            () => result.Attribute("ntp.version").ShouldBe("4"),
            () => result.Attribute("ntp.reference").ShouldBe("192.0.2.1"),
            () => result.Attribute("ntp.reference_time").ShouldStartWith("2030-06-15T11:59:50.00"));
    }

    [Fact]
    public async Task The_query_tells_nothing_of_our_clock_and_no_two_are_alike()
    {
        var queries = new List<byte[]>();
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            queries.Add(query);
            return self.SendAsync(new NtpBytes().To(query), client);
        });

        await ProbeAsync(server.Port);
        await ProbeAsync(server.Port, ProbeSetup.Map(("version", "3")));

        queries.Select(query => query[0]).ShouldBe([0x23, 0x1B]);
        queries.ShouldAllBe(query => query.Length == 48 && query.Skip(1).Take(39).All(b => b == 0));
        queries[0].AsSpan(40).SequenceEqual(queries[1].AsSpan(40)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_kiss_of_death_is_Down()
    {
        await using var server = Answering(new NtpBytes { Leap = 3, Stratum = 0, ReferenceHex = "52415445", Receive = 0, Transmit = 0 });

        var result = await ProbeAsync(server.Port);

        (result.Outcome, result.Cause, result.Attribute("ntp.reference")).ShouldBe((Outcome.Down, Cause.NtpKissOfDeath, "RATE"));
    }

    [Fact]
    public async Task An_unsynchronised_server_is_Down()
    {
        await using var server = Answering(new NtpBytes { Leap = 3 });

        var result = await ProbeAsync(server.Port);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.NtpUnsynchronised));
    }

    [Fact]
    public async Task A_clock_too_far_off_is_degraded()
    {
        await using var server = Answering(new NtpBytes());

        var result = await ProbeAsync(server.Port, expect: ProbeSetup.Map(("offsetMs", "1000")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed));
    }

    [Theory]
    [InlineData(3, 4, 2)]
    [InlineData(4, 7, 2)]
    [InlineData(4, 4, 99)]
    public async Task What_a_server_does_not_send_is_a_protocol_error(int mode, int version, int stratum)
    {
        await using var server = Answering(new NtpBytes { Mode = mode, Version = version, Stratum = stratum });

        (await ProbeAsync(server.Port)).Cause.ShouldBe(Cause.ProtocolError);
    }

    [Fact]
    public async Task An_answer_without_a_transmit_timestamp_is_a_protocol_error()
    {
        await using var server = Answering(new NtpBytes { Transmit = 0 });

        (await ProbeAsync(server.Port)).Cause.ShouldBe(Cause.ProtocolError);
    }

    public static TheoryData<string, Func<byte[], byte[]>> Strangers() => new()
    {
        { "another origin", _ => new NtpBytes().To(new byte[48]) },
        { "an echo", query => query },
        { "cut", query => new NtpBytes().To(query)[..47] },
        { "nothing", _ => [] },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task What_does_not_repeat_the_nonce_is_ignored_and_counted(string what, Func<byte[], byte[]> stranger)
    {
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            await self.SendAsync(stranger(query), client);
            await self.SendAsync(new NtpBytes { Stratum = 3 }.To(query), client);
        });

        var result = await ProbeAsync(server.Port);

        (result.Outcome, result.Attribute("ignored"), result.Measured("ntp.stratum")).ShouldBe((Outcome.Up, "1", 3), what);
    }

    [Theory]
    [InlineData(48 + 20, Cause.None)]
    [InlineData(1024, Cause.None)]
    [InlineData(1025, Cause.Oversize)]
    [InlineData(60_000, Cause.Oversize)]
    public async Task Extensions_may_follow_up_to_a_bound(int length, Cause cause)
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync([.. new NtpBytes().To(query), .. new byte[length - 48]], client));

        (await ProbeAsync(server.Port)).Cause.ShouldBe(cause);
    }

    [Fact]
    public async Task A_late_answer_to_the_first_sending_is_measured_from_that_sending()
    {
        var time = new ManualTime();
        var sent = time.GetUtcNow();
        byte[]? first = null;
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            if (first is null)
            {
                first = query;
                time.Advance(ProbeSetup.LongTimeout / 2);
                return;
            }

            query.AsSpan(40).SequenceEqual(first.AsSpan(40)).ShouldBeFalse();
            var middle = NtpBytes.Timestamp(sent + (ProbeSetup.LongTimeout / 4));
            await self.SendAsync(new NtpBytes { Receive = middle, Transmit = middle }.To(first), client);
        });

        var result = await ProbeAsync(server.Port, time: time);

        (result.Outcome, result.Attribute("sent")).ShouldBe((Outcome.Up, "2"));
        result.Elapsed.ShouldBe(ProbeSetup.LongTimeout / 2, TimeSpan.FromMicroseconds(1));
        result.Measured("ntp.offset")!.Value.ShouldBe(0, 0.001);
    }

    [Fact]
    public async Task An_answer_from_another_source_is_not_seen()
    {
        var time = new ManualTime();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await using var server = ScriptedUdpServer.Start(async (_, query, client) =>
        {
            await stranger.SendToAsync(new NtpBytes().To(query), client);
            time.Advance(ProbeSetup.LongTimeout);
        });

        (await ProbeAsync(server.Port, time: time)).Cause.ShouldBe(Cause.Timeout);
    }

    [Fact]
    public async Task Silence_is_a_timeout()
    {
        var time = new ManualTime();
        await using var server = ScriptedUdpServer.Start((_, _, _) =>
        {
            time.Advance(ProbeSetup.LongTimeout);
            return Task.CompletedTask;
        });

        (await ProbeAsync(server.Port, time: time)).Cause.ShouldBe(Cause.Timeout);
    }

    [Fact]
    public async Task A_closed_port_is_a_refusal()
    {
        // Held over TCP, and nobody's over UDP.
        using var closed = ProbeSetup.ClosedPort(out var port);

        var result = await ProbeAsync(port);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Refused));
    }

    [Fact]
    public async Task The_caller_s_cancellation_leaves_as_an_exception()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedUdpServer.Start((_, _, _) => cancel.CancelAsync());

        await Should.ThrowAsync<OperationCanceledException>(() => ProbeAsync(server.Port, cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task The_loopback_server_has_our_own_time()
    {
        await using var servers = await LoopbackServers.StartAsync(null, default);

        var result = await ProbeAsync(servers.Ntp.Port, expect: ProbeSetup.Map(("offsetMs", "1000"), ("stratum", "1")));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("ntp.reference").ShouldBe("LOCL");
    }

    [IPv6Fact]
    public async Task A_server_is_asked_over_IPv6()
    {
        await using var servers = await LoopbackServers.StartAsync(new LoopbackServerOptions { Address = IPAddress.IPv6Loopback }, default);

        (await ProbeAsync(servers.Ntp.Port, host: "::1")).Outcome.ShouldBe(Outcome.Up);
    }

    internal static Task<ProbeResult> ProbeAsync(
        int port,
        SettingMap? settings = null,
        SettingMap? expect = null,
        string host = "127.0.0.1",
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
        => new NtpProbe(ProbeSetup.Environment(time)).ProbeAsync(ProbeSetup.Request(host, port, settings, expect), cancellationToken);

    private static ScriptedUdpServer Answering(NtpBytes answer) => ScriptedUdpServer.Start((self, query, client) => self.SendAsync(answer.To(query), client));
}
