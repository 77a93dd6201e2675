using ActorMonitor.Messages;
using ActorMonitor.Probes.Quality;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Quality;

public class StarvedRunTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly ManualTime _time = new();
    private readonly ScriptedPulse _pulse = new() { Starved = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task A_run_of_a_process_that_was_not_starved_is_judged_and_not_flagged()
    {
        var judged = false;

        var result = await RunAsync((run, _) =>
        {
            judged = run.JudgesLatency;
            return Task.FromResult(run.Up(run.Elapsed));
        });

        judged.ShouldBeTrue();
        result.Attribute("starved").ShouldBeNull();
        result.Measured("starved").ShouldBeNull();
    }

    [Fact]
    public async Task A_run_of_a_starved_process_is_flagged_with_the_time_and_not_judged()
    {
        var judged = true;

        var result = await RunAsync((run, _) =>
        {
            Starve(TimeSpan.FromMilliseconds(37.5));
            judged = run.JudgesLatency;
            return Task.FromResult(run.Up(run.Elapsed));
        });

        judged.ShouldBeFalse();
        result.Outcome.ShouldBe(Outcome.Up);
        result.Measured("starved").ShouldBe(37.5);
        result.Attribute("starved").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_run_that_took_its_times_from_the_kernel_is_flagged_and_judged()
    {
        var judged = false;

        var result = await RunAsync((run, _) =>
        {
            run.TimestampSource = "kernel";
            Starve(TimeSpan.FromMilliseconds(37.5));
            judged = run.JudgesLatency;
            return Task.FromResult(run.Up(run.Elapsed));
        });

        judged.ShouldBeTrue();
        result.Attribute("timestamps").ShouldBe("kernel");
        result.Measured("starved").ShouldBe(37.5);
    }

    [Theory]
    [InlineData(5, 20, true)]
    [InlineData(6, 20, false)]
    [InlineData(6, 5, true)]
    [InlineData(15, 1500, true)]
    [InlineData(16, 1500, false)]
    public async Task Five_milliseconds_or_a_hundredth_of_the_run_are_borne(int starvedMs, int elapsedMs, bool expected)
    {
        var judged = !expected;

        _ = await RunAsync((run, _) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(elapsedMs));
            _pulse.Starved += TimeSpan.FromMilliseconds(starvedMs);
            judged = run.JudgesLatency;
            return Task.FromResult(run.Up(run.Elapsed));
        });

        judged.ShouldBe(expected);
    }

    [Theory]
    [InlineData(999, Outcome.Down, Cause.Timeout)]
    [InlineData(1000, Outcome.Unknown, Cause.Starved)]
    [InlineData(60_000, Outcome.Unknown, Cause.Starved)]
    public async Task A_timeout_of_which_half_was_starved_proves_nothing(int starvedMs, Outcome outcome, Cause cause)
    {
        var pending = RunAsync(async (run, token) =>
        {
            run.Waiting = "waiting for the moon";
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, _time, token);
            return run.Up(run.Elapsed);
        });

        _pulse.Starved += TimeSpan.FromMilliseconds(starvedMs);
        _time.Advance(Timeout);
        var result = await pending;

        (result.Outcome, result.Cause).ShouldBe((outcome, cause));
        result.Message.ShouldEndWith("timed out after 2s while waiting for the moon");
        result.Measured("starved").ShouldBe(starvedMs);
    }

    [Fact]
    public async Task A_silence_that_the_probe_found_itself_proves_nothing_either()
    {
        var result = await RunAsync((run, _) =>
        {
            Starve(Timeout);
            return Task.FromResult(run.Ended(Outcome.Down, Cause.Timeout, "no reply"));
        });

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.Starved));
        result.Message.ShouldBe("this process was kept from running for 2s of the check: no reply");
    }

    [Fact]
    public async Task What_a_target_says_counts_however_starved_the_process_was()
    {
        var result = await RunAsync((_, _) =>
        {
            Starve(Timeout);
            throw new TargetException(Outcome.Down, Cause.Refused, "refused");
        });

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Refused));
        result.Measured("starved").ShouldBe(2000);
    }

    [Fact]
    public async Task The_latest_packet_is_the_slip_of_the_run()
    {
        var result = await RunAsync((run, _) =>
        {
            run.Slip(TimeSpan.FromMilliseconds(0.5));
            run.Slip(TimeSpan.FromMilliseconds(2.5));
            run.Slip(TimeSpan.FromMilliseconds(1));
            return Task.FromResult(run.Up(run.Elapsed));
        });

        result.Measured("send.slip").ShouldBe(2.5);
        result.Attribute("timestamps").ShouldBe("process");
    }

    [Fact]
    public async Task A_token_serves_the_next_check_and_no_cancellation_goes_with_it()
    {
        using var environment = Environment();
        using var first = new CancellationTokenSource();
        var tokens = new List<CancellationToken>();

        for (var i = 0; i < 2; i++)
        {
            _ = await ProbeRun.RunAsync(
                environment,
                Request("target", 1),
                (run, token) =>
                {
                    tokens.Add(token);
                    token.IsCancellationRequested.ShouldBeFalse();
                    return Task.FromResult(run.Up(run.Elapsed));
                },
                i == 0 ? first.Token : CancellationToken.None);
            await first.CancelAsync();
        }

        tokens[1].ShouldBe(tokens[0]);
        tokens[0].IsCancellationRequested.ShouldBeFalse();
    }

    private void Starve(TimeSpan time)
    {
        _pulse.Starved += time;
        _time.Advance(time);
    }

    private Task<ProbeResult> RunAsync(Func<ProbeRun, CancellationToken, Task<ProbeResult>> check)
        => ProbeRun.RunAsync(Environment(_pulse, _time), Request("target", 1, timeout: Timeout), check, CancellationToken.None);

    private sealed class ScriptedPulse : IPulse
    {
        public TimeSpan Starved { get; set; }

        public TimeSpan StarvedNow() => Starved;
    }
}
