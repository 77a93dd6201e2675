using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.IcmpEcho;

/// <summary>What a check says of echoes whose fate is given.</summary>
public class EchoVerdictTests
{
    [Fact]
    public async Task Loss_that_no_expectation_forbids_is_up_and_told()
    {
        var result = await CheckAsync("count=20 gap=1ms", "", log => AnswerAll(log, except: [3, 4]));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None), result.Message);
        result.Message.ShouldBe("10.000 ms, 18 of 20 answered");
        result.Number("loss").ShouldBe(10);
    }

    [Theory]
    [InlineData("lossPercent=9", "10% lost, expected at most 9%")]
    [InlineData("rttMs=9", "expected at most 9 ms")]
    [InlineData("rttMaxMs=19", "the longest took 20.000 ms, expected at most 19 ms")]
    [InlineData("rttP95Ms=19", "95% took 20.000 ms, expected at most 19 ms")]
    [InlineData("jitterMs=0.5", "jitter 1.250 ms, expected at most 0.5 ms")]
    [InlineData("reordered=0", "1 reordered, expected at most 0")]
    [InlineData("duplicates=0", "1 came twice, expected at most 0")]
    [InlineData("replyTtl=60", "a reply has the hop limit 61, expected 60")]
    [InlineData("replyTtlMin=62", "a reply has the hop limit 61, expected at least 62")]
    public async Task An_expectation_that_is_missed_degrades_and_says_which(string expectation, string message)
    {
        var result = await CheckAsync("count=10 gap=1ms", expectation, Disturbed);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed), result.Message);
        result.Message.ShouldBe($"11.111 ms, 9 of 10 answered: {message}");
    }

    [Fact]
    public async Task Expectations_that_are_just_met_are_up()
    {
        var result = await CheckAsync(
            "count=10 gap=1ms", "lossPercent=10 rttMs=11.12 rttMaxMs=20 rttP95Ms=20 jitterMs=1.3 reordered=1 duplicates=1 replyTtl=61 replyTtlMin=61", Disturbed);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "rtt.min rtt.mean rtt.max rtt.stddev jitter")]
    [InlineData(3, "rtt.min rtt.mean rtt.max rtt.p50 rtt.stddev jitter")]
    [InlineData(10, "rtt.min rtt.mean rtt.max rtt.p50 rtt.p90 rtt.stddev jitter")]
    [InlineData(20, "rtt.min rtt.mean rtt.max rtt.p50 rtt.p90 rtt.p95 rtt.stddev jitter")]
    [InlineData(100, "rtt.min rtt.mean rtt.max rtt.p50 rtt.p90 rtt.p95 rtt.p99 rtt.stddev jitter")]
    public async Task Only_figures_that_so_many_echoes_can_have_are_measured(int count, string figures)
    {
        var result = await CheckAsync($"count={count} gap=1ms", "", log => AnswerAll(log));

        result.Measurements.Count(m => m.Name == "rtt").ShouldBe(count);
        result.Measurements.Select(m => m.Name).Where(name => name.StartsWith("rtt.", StringComparison.Ordinal) || name == "jitter").ShouldBe(figures.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        result.Measurements.Any(m => m.Name == "duplicates").ShouldBe(count > 1);
    }

    [Fact]
    public async Task The_latest_departure_and_the_clock_of_the_arrivals_are_told()
    {
        var kernel = await CheckAsync("", "", log =>
        {
            log.Sent(0, 1, TimeSpan.FromMilliseconds(7));
            log.Replied(0, TimeSpan.FromMilliseconds(3), 64);
        });
        var process = await CheckAsync("", "", log =>
        {
            log.HasKernelTime = false;
            AnswerAll(log);
        });

        kernel.Number("send.slip").ShouldBe(7);
        (kernel.Text("timestamps"), process.Text("timestamps")).ShouldBe(("kernel", "process"));
    }

    [Fact]
    public async Task Late_replies_are_lost_and_counted()
    {
        var result = await CheckAsync("count=2 gap=1ms wait=50ms", "lossPercent=0", log =>
        {
            AnswerAll(log, except: [1]);
            log.Expired(1);
            log.Replied(1, TimeSpan.FromMilliseconds(60), 64);
        });

        result.Outcome.ShouldBe(Outcome.Degraded, result.Message);
        (result.Number("late"), result.Number("loss")).ShouldBe((1, 50));
    }

    [Fact]
    public async Task What_this_monitor_dropped_itself_proves_no_loss()
    {
        var silent = await CheckAsync("", "", log => log.Overrun = 3);
        var lossy = await CheckAsync("count=4 gap=1ms", "lossPercent=0", log =>
        {
            AnswerAll(log, except: [2]);
            log.Overrun = 3;
        });
        var tolerated = await CheckAsync("count=4 gap=1ms", "lossPercent=30", log =>
        {
            AnswerAll(log, except: [2]);
            log.Overrun = 3;
        });

        (silent.Outcome, silent.Cause).ShouldBe((Outcome.Unknown, Cause.LocalResource), silent.Message);
        (lossy.Outcome, lossy.Cause).ShouldBe((Outcome.Unknown, Cause.LocalResource), lossy.Message);
        tolerated.Outcome.ShouldBe(Outcome.Up, tolerated.Message);
        tolerated.Text("overrun").ShouldBe("3");
    }

    [Theory]
    [InlineData("192.0.2.1", 3, 0, Cause.IcmpUnreachable, "network unreachable, says 192.0.2.254")]
    [InlineData("192.0.2.1", 3, 7, Cause.IcmpUnreachable, "host unknown, says 192.0.2.254")]
    [InlineData("192.0.2.1", 3, 10, Cause.IcmpUnreachable, "host administratively prohibited, says 192.0.2.254")]
    [InlineData("192.0.2.1", 3, 4, Cause.PacketTooBig, "fragmentation needed and forbidden (MTU 1300), says 192.0.2.254")]
    [InlineData("192.0.2.1", 11, 0, Cause.TtlExceeded, "hop limit exceeded, says 192.0.2.254")]
    [InlineData("192.0.2.1", 3, 99, Cause.IcmpUnreachable, "unreachable (code 99), says 192.0.2.254")]
    [InlineData("2001:db8::1", 1, 5, Cause.IcmpUnreachable, "source address refused by policy, says 192.0.2.254")]
    [InlineData("2001:db8::1", 2, 0, Cause.PacketTooBig, "packet too big (MTU 1300), says 192.0.2.254")]
    [InlineData("2001:db8::1", 3, 0, Cause.TtlExceeded, "hop limit exceeded, says 192.0.2.254")]
    public async Task An_error_is_told_in_words_with_its_evidence(string host, byte type, byte code, Cause cause, string message)
    {
        var mtu = cause == Cause.PacketTooBig ? 1300u : 0;
        var result = await CheckAsync(
            "", "", log =>
            {
                log.Sent(0, 1, TimeSpan.Zero);
                _ = log.Refused(0, new EchoError(type, code, IPAddress.Parse("192.0.2.254"), mtu));
            },
            host);

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, cause, message));
        (result.Text("icmp.type"), result.Text("icmp.code"), result.Text("icmp.from")).ShouldBe((type.ToString(), code.ToString(), "192.0.2.254"));
        result.Text("icmp.mtu").ShouldBe(mtu == 0 ? null : "1300");
    }

    [Fact]
    public async Task What_our_host_would_not_send_is_told_even_when_others_were_answered()
    {
        var result = await CheckAsync("count=2 gap=1ms", "", log =>
        {
            AnswerAll(log, except: [1]);
            log.NotSent(1, new SocketException((int)SocketError.NoBufferSpaceAvailable));
        });

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Text("send.failed").ShouldNotBeNull();
    }

    private static async Task<ProbeResult> CheckAsync(string settings, string expect, Action<EchoLog> fate, string host = "192.0.2.1")
    {
        using var engine = new FatedEngine(fate);
        return await IcmpChecks.PingAsync(engine, host, settings, expect);
    }

    private static void AnswerAll(EchoLog log, params int[] except)
    {
        for (var i = 0; i < log.Echoes.Length; i++)
        {
            log.Sent(i, 1, TimeSpan.Zero);
            if (!except.Contains(i))
                log.Replied(i, TimeSpan.FromMilliseconds(10), 61);
        }
    }

    // One of ten is lost, one is slow, one is late in the order, and one is repeated.
    private static void Disturbed(EchoLog log)
    {
        AnswerAll(log, except: [6, 7, 9]);
        log.Replied(9, TimeSpan.FromMilliseconds(20), 61);
        log.Replied(7, TimeSpan.FromMilliseconds(10), 61);
        log.Replied(0, TimeSpan.FromMilliseconds(30), 61);
    }

    private sealed class FatedEngine(Action<EchoLog> fate) : IEchoEngine
    {
        public Task RunAsync(EchoPlan plan, EchoLog log, CancellationToken cancellationToken)
        {
            fate(log);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
