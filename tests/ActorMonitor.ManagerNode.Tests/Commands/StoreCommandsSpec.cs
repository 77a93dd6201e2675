using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Commands;

/// <summary>What an operator reads of the store, as text and exit code.</summary>
public class StoreCommandsSpec : TestKit
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly LaneKey Eu = new(new JobId("web"), "eu");
    private static readonly LaneKey Us = new(new JobId("web"), "us");

    private readonly KnownStore _store = new();
    private readonly NodeHealth _health = new(TimeProvider.System);

    public StoreCommandsSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        _store.Lanes.AddRange([Us, Eu, new LaneKey(new JobId("mail"), "eu")]);
        _store.Records[Eu] = [Record(1), Record(3, Outcome.Down, Cause.Refused, "connection refused"), Record(5, isLate: true)];
        _store.Records[Us] = [Record(2, Outcome.Lost, Cause.NoResult, "the monitor did not answer", isDecided: true), Record(3), Record(4)];
    }

    [Fact]
    public async Task A_ledger_in_order_is_a_command_that_succeeds()
    {
        _store.Ledger.AddRange(
        [
            new LedgerRow(Us, Noon.AddHours(-1), 10, 1, 9, 0, 0, 0, 0, 0, 0),
            new LedgerRow(Eu, Noon.AddHours(-2), 28, 0, 1, 2, 3, 4, 5, 6, 7),
        ]);

        var (exit, text) = await RunAsync("ledger");

        text.ShouldBe("""
            JOB  MONITOR  DUE  OPEN  UP  DEGRADED  DOWN  UNKNOWN  SKIPPED  LOST  NOT RUNNING  DIFFERENCE  SINCE
            web  eu        28     0   1         2     3        4        5     6            7           0  2026-11-22 10:00:00Z
            web  us        10     1   9         0     0        0        0     0            0           0  2026-11-22 11:00:00Z

            2 lanes: 38 due = 1 open + 10 up + 2 degraded + 3 down + 4 unknown + 5 skipped + 6 lost + 7 not running; difference 0

            """, StringCompareShould.IgnoreLineEndings);
        exit.ShouldBe(0);
        _store.Range.To.ShouldBe(Noon);
    }

    [Fact]
    public async Task Slots_that_are_not_accounted_for_fail_the_command_even_if_their_sum_is_nought()
    {
        _store.Ledger.AddRange(
        [
            new LedgerRow(Eu, Noon, 10, 0, 8, 0, 0, 0, 0, 0, 0),
            new LedgerRow(Us, Noon, 10, 0, 12, 0, 0, 0, 0, 0, 0),
        ]);

        var (exit, text) = await RunAsync("ledger", "web");

        exit.ShouldBe(1);
        text.ShouldContain("difference 0");
        text.ShouldContain("web on eu: 2 of 10 slots have no record.");
        text.ShouldContain("web on us: 2 records more than slots.");
    }

    [Fact]
    public async Task A_ledger_of_one_lane_needs_no_totals()
    {
        _store.Ledger.Add(new LedgerRow(Eu, Noon, 1, 0, 1, 0, 0, 0, 0, 0, 0));

        (await RunAsync("ledger", "web")).Text.ShouldNotContain("lanes:");
    }

    [Fact]
    public async Task A_job_without_slots_yet_has_an_empty_ledger_and_an_unknown_one_a_hint()
    {
        (await RunAsync("ledger", "web")).ShouldSatisfyAllConditions(run => run.Exit.ShouldBe(0), run => run.Text.ShouldContain("(none)"));
        (await RunAsync("ledger", "wbe")).ShouldBe((1, "pbm: There is no job \"wbe\". Did you mean web? Try: jobs list\n"));
    }

    [Fact]
    public async Task History_is_newest_first_over_all_monitors()
    {
        var (exit, text) = await RunAsync("history", "web");

        exit.ShouldBe(0);
        text.ShouldBe("""
            SLOT                  MONITOR  OUTCOME  CAUSE      ELAPSED  ADDRESS    MESSAGE                     LATE
            2026-11-22 11:05:00Z  eu       Up       -             7 ms  127.0.0.1  7 ms                        yes
            2026-11-22 11:04:00Z  us       Up       -             7 ms  127.0.0.1  7 ms                        no
            2026-11-22 11:03:00Z  eu       Down     refused       7 ms  127.0.0.1  connection refused          no
            2026-11-22 11:03:00Z  us       Up       -             7 ms  127.0.0.1  7 ms                        no
            2026-11-22 11:02:00Z  us       Lost     no-result        -  -          the monitor did not answer  no
            2026-11-22 11:01:00Z  eu       Up       -             7 ms  127.0.0.1  7 ms                        no

            """, StringCompareShould.IgnoreLineEndings);
        _store.Range.ShouldBe((Noon.AddHours(-24), Noon.AddMilliseconds(1)));
    }

    [Theory]
    [InlineData("11:05 11:04 11:03", "--limit", "3")]
    [InlineData("11:03 11:02", "--failed")]
    [InlineData("11:03", "--failed", "--limit", "1")]
    [InlineData("11:04 11:03 11:02", "--monitor", "us")]
    [InlineData("11:05 11:04", "--since", "56m")]
    [InlineData("11:05 11:04", "--since", "2026-11-22T11:04")]
    [InlineData("11:02 11:01", "--until", "2026-11-22T12:03+01:00")]
    [InlineData("11:03 11:03 11:02", "--since", "2026-11-22 11:02", "--until", "2026-11-22 11:04")]
    [InlineData("", "--since", "2026-11-20", "--until", "2026-11-21")]
    public async Task History_is_bounded_as_asked(string slots, params string[] options)
    {
        var (exit, text) = await RunAsync(["history", "web", .. options]);

        exit.ShouldBe(0);
        var shown = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("2026", StringComparison.Ordinal)).Select(line => line[11..16]);
        string.Join(' ', shown).ShouldBe(slots);
    }

    [Fact]
    public async Task A_long_history_is_read_a_page_at_a_time()
    {
        _store.Records[Eu] = [.. Enumerable.Range(0, 2_500).Select(i => Record(i / 100.0, i == 7 ? Outcome.Down : Outcome.Up))];

        var (exit, text) = await RunAsync("history", "web", "--monitor", "eu", "--failed");

        exit.ShouldBe(0);
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        _store.Pages.ShouldBe([1_000, 1_000, 1_000]);
    }

    [Fact]
    public async Task Changes_are_shown_newest_first_with_how_long_they_lasted()
    {
        _store.Transitions[Eu] =
        [
            new StateTransition(SlotAt(1), null, Outcome.Up, Cause.None, "7 ms"),
            new StateTransition(SlotAt(31), Outcome.Up, Outcome.Down, Cause.Timeout, "no answer"),
        ];
        _store.Transitions[Us] = [new StateTransition(SlotAt(5), null, Outcome.Up, Cause.None, "9 ms")];

        var (exit, text) = await RunAsync("history", "web", "--changes");

        exit.ShouldBe(0);
        text.ShouldBe("""
            SLOT                  MONITOR  FROM  TO     LASTED  CAUSE    MESSAGE
            2026-11-22 11:31:00Z  eu       Up    Down  29m 00s  timeout  no answer
            2026-11-22 11:05:00Z  us       -     Up    55m 00s  -        9 ms
            2026-11-22 11:01:00Z  eu       -     Up    30m 00s  -        7 ms

            """, StringCompareShould.IgnoreLineEndings);
        (await RunAsync("history", "web", "--changes", "--failed")).Exit.ShouldBe(1);
    }

    [Fact]
    public async Task Uptime_is_of_what_is_known_and_coverage_says_how_much_that_is()
    {
        _store.Summaries[Eu] = new RangeSummary(
            Noon.AddHours(-24), Noon, 99_998, 1, 1, 20_000, 3_000, 1_000, 1_000,
            new LatencySummary(
                99_999, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(30),
                TimeSpan.FromMilliseconds(40)));
        _store.Summaries[Us] = new RangeSummary(Noon.AddHours(-24), Noon, 0, 0, 0, 0, 5, 0, 0, null);

        var (exit, text) = await RunAsync("uptime", "web");

        exit.ShouldBe(0);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldMatch("^MONITOR  FROM +TO +UPTIME PERCENT  COVERAGE PERCENT +UP  DEGRADED  DOWN  UNKNOWN  SKIPPED  LOST  NOT RUNNING +MIN +P50 +P90 +P95 +P99  MAX$");
        lines[1].ShouldMatch("^eu       2026-11-21 12:00:00Z  2026-11-22 12:00:00Z +99.999 +80  99998 +1 +1 +20000 +3000 +1000 +1000  1 ms  10 ms  20 ms  30 ms  40 ms  2 s$");
        lines[2].ShouldMatch("^us       2026-11-21 12:00:00Z  2026-11-22 12:00:00Z +- +0 +0 +0 +0 +0 +5 +0 +0 +- +- +- +- +- +-$");
    }

    [Fact]
    public async Task Nearly_always_is_not_always()
    {
        _store.Summaries[Eu] = new RangeSummary(Noon, Noon, 9_999_999, 0, 1, 0, 0, 0, 0, null);

        (await RunAsync("uptime", "web", "--monitor", "eu")).Text.ShouldContain(" 99.999 ");
    }

    [Theory]
    [InlineData("There is no job \"mial\". Did you mean mail? Try: jobs list", "history", "mial")]
    [InlineData("There is no job \"zzz\". Try: jobs list", "uptime", "zzz")]
    [InlineData("web does not run on \"eo\"; it runs on eu, us.", "uptime", "web", "--monitor", "eo")]
    [InlineData("The range is empty: it would begin at 2026-11-22 11:00:00Z and end at 2026-11-22 10:00:00Z.", "history", "web", "--since", "1h", "--until", "2h")]
    public async Task What_is_not_there_is_said(string message, params string[] line) => (await RunAsync(line)).ShouldBe((1, $"pbm: {message}\n"));

    [Theory]
    [InlineData("history")]
    [InlineData("history", "web", "--limit", "0")]
    [InlineData("history", "web", "--limit", "10001")]
    [InlineData("uptime", "web", "--since", "yesterday")]
    [InlineData("uptime", "web", "--since", "24")]
    [InlineData("uptime", "web", "--until", "2026-13-01")]
    public async Task A_line_that_cannot_be_meant_is_not_run(params string[] line) => (await RunAsync(line)).Exit.ShouldBe(2);

    [Theory]
    [InlineData("ledger")]
    [InlineData("history", "web")]
    [InlineData("history", "web", "--changes")]
    [InlineData("uptime", "web")]
    public async Task A_store_that_cannot_be_read_is_one_clear_line(params string[] line)
    {
        _store.Failure = new StoreException(StoreFault.Damaged, "the database disk image is malformed.");

        (await RunAsync(line)).ShouldBe((1, "pbm: The store cannot be read: the database disk image is malformed. Try: health\n"));
    }

    [Theory]
    [InlineData(null, "it is being opened; try again")]
    [InlineData("the disk is full", "the disk is full")]
    public async Task A_store_that_is_not_there_is_one_clear_line(string? failure, string says)
        => (await RunAsync(null, failure, TimeProvider.System, "ledger")).ShouldBe((1, $"pbm: The store is not there: {says}. Try: health\n"));

    [Fact]
    public async Task While_the_store_takes_nothing_the_ledger_says_that_it_is_behind()
    {
        _store.Ledger.Add(new LedgerRow(Eu, Noon, 10, 0, 8, 0, 0, 0, 0, 0, 0));

        var (exit, text) = await RunAsync(_store, "the disk is full", TimeProvider.System, "ledger");

        exit.ShouldBe(1);
        text.ShouldContain("The store takes nothing at present (the disk is full): what waits for it is not in these books.");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_left_behind()
    {
        _store.Ready = new TaskCompletionSource().Task;

        var run = RunAsync(_store, null, TestSchedulerTime.Of(Sys), "ledger");
        while (!run.IsCompleted)
        {
            ((TestScheduler)Sys.Scheduler).Advance(StoreReading.Bound);
            await Task.Yield();
        }

        (await run).ShouldBe((1, "pbm: The store did not answer within 25 s. Try a shorter range, or: health\n"));
    }

    [Fact]
    public async Task Health_is_the_nodes_board()
    {
        _health.Report("store", HealthStatus.Failed, "the disk is full");

        var (exit, text) = await RunAsync("health");

        exit.ShouldBe(1);
        text.ShouldContain("the disk is full");
    }

    private static Slot SlotAt(double minutes) => new(Noon.AddHours(-1).AddMinutes(minutes).ToUnixTimeMilliseconds());

    private static StoredRecord Record(
        double minutes, Outcome outcome = Outcome.Up, Cause cause = Cause.None, string message = "7 ms", bool isLate = false, bool isDecided = false)
    {
        var slot = SlotAt(minutes);
        return new StoredRecord(slot, outcome, cause, isDecided, isLate, message, isDecided ? null : Sample.Result("web", slot, outcome, cause));
    }

    private Task<(int Exit, string Text)> RunAsync(params string[] line) => RunAsync(_store, null, TimeProvider.System, line);

    private async Task<(int Exit, string Text)> RunAsync(IStore? store, string? failure, TimeProvider time, params string[] line)
    {
        var keeper = Sys.ActorOf(Props.Create(() => new StoreKeeper(store, failure, Noon)));
        using var text = new StringWriter { NewLine = "\n" };
        var exit = await new ShellCommandSet("manager", ManagerCommands.Of(keeper, _health, Sample.Services, time)).RunAsync(line, text, CancellationToken.None);
        return (exit, text.ToString());
    }
}
