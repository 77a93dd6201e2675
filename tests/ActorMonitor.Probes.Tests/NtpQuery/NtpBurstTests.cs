using ActorMonitor.Messages;
using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.NtpQuery;

/// <summary>Several samples, kisses, and this monitor's own clock.</summary>
public class NtpBurstTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task The_sample_with_the_least_delay_counts_and_the_others_make_the_jitter()
    {
        // The server's clock is ours; the way there takes 1 ms, the way back this long.
        int[] milliseconds = [30, 2, 10];
        var asked = 0;
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            var received = _time.GetUtcNow().AddMilliseconds(1);
            _time.Advance(TimeSpan.FromMilliseconds(1 + milliseconds[asked++]));
            return self.SendAsync(new NtpBytes { Receive = NtpBytes.Timestamp(received), Transmit = NtpBytes.Timestamp(received) }.To(query), client);
        });

        var result = await ProbeAsync(server.Port, Map(("samples", "3"), ("gap", "0")));

        (result.Outcome, result.Attribute("sent"), result.Measured("ntp.samples")).ShouldBe((Outcome.Up, "3", 3), result.Message);
        result.Measured("ntp.delay")!.Value.ShouldBe(3, 0.001);
        result.Measured("ntp.offset")!.Value.ShouldBe(-0.5, 0.001);
        result.Measured("ntp.jitter")!.Value.ShouldBe(Math.Sqrt(((14 * 14) + (4 * 4)) / 2.0), 0.001);
        result.Message.ShouldBe("3.000 ms, offset -0.500 ms, stratum 2, leap none, jitter 10.296 ms");
    }

    [Fact]
    public async Task Lost_samples_leave_the_others_to_be_judged()
    {
        var asked = 0;
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            if (++asked == 2)
                return self.SendAsync(new NtpBytes().To(query), client);
            _time.Advance(LongTimeout);
            return Task.CompletedTask;
        });

        var result = await ProbeAsync(server.Port, Map(("samples", "2"), ("gap", "0")), timeout: LongTimeout * 2);

        (result.Outcome, result.Measured("ntp.samples"), result.Attribute("sent")).ShouldBe((Outcome.Up, 1, "2"), result.Message);
    }

    [Fact]
    public async Task What_came_before_the_time_was_over_is_judged()
    {
        var asked = 0;
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            if (++asked == 1)
                return self.SendAsync(new NtpBytes().To(query), client);
            _time.Advance(LongTimeout);
            return Task.CompletedTask;
        });

        var result = await ProbeAsync(server.Port, Map(("samples", "2"), ("gap", "0")), Map(("jitterMs", "5")));

        (result.Outcome, result.Cause, result.Measured("ntp.samples")).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed, 1), result.Message);
        result.Message.ShouldEndWith("one sample alone came, which has no jitter");
    }

    [Fact]
    public async Task A_jitter_cannot_be_expected_of_one_sample()
    {
        var result = await ProbeAsync(1, expect: Map(("jitterMs", "1")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Theory]
    [InlineData("DENY", "44454E59")]
    [InlineData("RSTR", "52535452")]
    [InlineData("RATE", "52415445")]
    public async Task A_server_that_wants_to_be_left_alone_is_not_asked_again_for_a_while(string code, string hex)
    {
        var asked = 0;
        var kisses = true;
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            asked++;
            return self.SendAsync((kisses ? new NtpBytes { Leap = 3, Stratum = 0, ReferenceHex = hex, Receive = 0, Transmit = 0 } : new NtpBytes()).To(query), client);
        });
        var probe = new NtpProbe(Environment(_time));
        var request = Request("127.0.0.1", server.Port, Map(("samples", "4"), ("gap", "0")));
        var hold = code == "RATE" ? NtpKisses.RateHold : NtpKisses.DeniedHold;

        var first = await probe.ProbeAsync(request, CancellationToken.None);
        var second = await probe.ProbeAsync(request, CancellationToken.None);
        _time.Advance(hold - TimeSpan.FromSeconds(1));
        var third = await probe.ProbeAsync(request, CancellationToken.None);
        asked.ShouldBe(1);
        kisses = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        var fourth = await probe.ProbeAsync(request, CancellationToken.None);

        foreach (var result in new[] { first, second, third })
            (result.Outcome, result.Cause, result.Attribute("ntp.kiss")).ShouldBe((Outcome.Down, Cause.NtpKissOfDeath, code));
        third.Message.ShouldEndWith("and is left alone for 1s more");
        third.Measured("ntp.kiss_left").ShouldBe(1);
        (fourth.Outcome, asked).ShouldBe((Outcome.Up, 5), fourth.Message);
    }

    [Fact]
    public async Task Who_asks_again_and_again_to_be_asked_less_often_is_left_alone_for_longer()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(new NtpBytes { Stratum = 0, ReferenceHex = "52415445" }.To(query), client));
        var probe = new NtpProbe(Environment(_time));
        var request = Request("127.0.0.1", server.Port);

        await probe.ProbeAsync(request, CancellationToken.None);
        _time.Advance(NtpKisses.RateHold);
        await probe.ProbeAsync(request, CancellationToken.None);
        _time.Advance(NtpKisses.RateHold);

        (await probe.ProbeAsync(request, CancellationToken.None)).Measured("ntp.kiss_left").ShouldBe(NtpKisses.RateHold.TotalSeconds);
    }

    [Fact]
    public async Task A_kiss_after_good_samples_ends_the_asking_and_warns()
    {
        var asked = 0;
        await using var server = ScriptedUdpServer.Start((self, query, client)
            => self.SendAsync((++asked < 3 ? new NtpBytes() : new NtpBytes { Stratum = 0, ReferenceHex = "52415445" }).To(query), client));

        var result = await ProbeAsync(server.Port, Map(("samples", "8"), ("gap", "0")));

        (result.Outcome, result.Cause, asked).ShouldBe((Outcome.Degraded, Cause.NtpKissOfDeath, 3));
        result.Message.ShouldEndWith("after 2 samples");
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(-5000)]
    public async Task A_clock_of_our_own_that_is_set_meanwhile_proves_nothing_of_the_server(int milliseconds)
    {
        var time = new SettableTime();
        await using var server = ScriptedUdpServer.Start((self, query, client) =>
        {
            time.Set(TimeSpan.FromMilliseconds(milliseconds));
            return self.SendAsync(new NtpBytes().To(query), client);
        });

        var result = await new NtpProbe(Environment(time)).ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("offsetMs", "1"))), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.LocalClock), result.Message);
        Math.Sign(result.Measured("clock.step")!.Value).ShouldBe(Math.Sign(milliseconds));
    }

    [Fact]
    public async Task The_kernel_says_when_an_answer_came()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(new NtpBytes().To(query), client));

        var result = await new NtpProbe(Environment()).ProbeAsync(Request("127.0.0.1", server.Port), CancellationToken.None);

        result.Attribute(QualityNames.Timestamps).ShouldBe(OperatingSystem.IsLinux() ? "kernel" : "process");
    }

    [Fact]
    public async Task An_older_answer_that_comes_again_is_no_second_sample()
    {
        byte[]? older = null;
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            if (older is null)
            {
                older = new NtpBytes { Stratum = 3 }.To(query);
                await self.SendAsync(older, client);
                return;
            }

            await self.SendAsync(older, client);
            await self.SendAsync(new NtpBytes { Stratum = 4 }.To(query), client);
        });

        var result = await ProbeAsync(server.Port, Map(("samples", "2"), ("gap", "0")));

        (result.Outcome, result.Measured("ntp.samples"), result.Attribute("ignored")).ShouldBe((Outcome.Up, 2, "1"));
    }

    private Task<ProbeResult> ProbeAsync(int port, SettingMap? settings = null, SettingMap? expect = null, TimeSpan? timeout = null)
        => new NtpProbe(Environment(_time)).ProbeAsync(Request("127.0.0.1", port, settings, expect, timeout), CancellationToken.None);

    /// <summary>The system's clocks, the wall clock of which somebody sets.</summary>
    private sealed class SettableTime : TimeProvider
    {
        private long _ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _ahead));

        public void Set(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
    }
}
