using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Feed;

public class MinuteTallyTests
{
    private readonly MinuteTally _tally = new();

    [Fact]
    public void Records_are_counted_for_a_minute_and_then_no_more()
    {
        Add(0.5, Outcome.Up);
        Add(30, Outcome.Down);
        Add(59.9, Outcome.Up);

        Counts(59.9).ShouldBe((3, 2, 1));
        Counts(61).ShouldBe((2, 1, 1));
        Counts(95).ShouldBe((1, 1, 0));
        Counts(500).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_place_in_the_ring_that_comes_round_again_begins_at_nought()
    {
        Add(1, Outcome.Up, lateMilliseconds: 500);
        Add(61, Outcome.Up, lateMilliseconds: 1);

        Counts(61).ShouldBe((1, 1, 0));
        _tally.Summary(At(61)).Lateness!.Max.ShouldBe(TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_range_counts_as_the_slots_in_it()
    {
        _tally.Add(Record(Outcome.NotRunning) with { Count = 40, Result = null }, At(1));

        _tally.Summary(At(2)).ShouldSatisfyAllConditions(
            summary => summary.Outcomes[Outcome.NotRunning].ShouldBe(40),
            summary => summary.Records.ShouldBe(1),
            summary => summary.Rate.ShouldBe(0));
    }

    [Fact]
    public void Rates_are_those_of_the_ten_whole_seconds_before()
    {
        for (var second = 0; second < 40; second++)
        {
            Add(second, Outcome.Up, "eu");
            Add(second + 0.5, Outcome.Up, "eu");
            Add(second + 0.9, Outcome.Up, "us");
        }

        var summary = _tally.Summary(At(39.95));

        summary.Rate.ShouldBe(3);
        summary.RateOf.ShouldBe(new Dictionary<string, double> { ["eu"] = 2, ["us"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void A_young_minute_says_how_young_and_has_the_rate_of_what_there_was()
    {
        Add(0, Outcome.Up);
        Add(1, Outcome.Up);

        var summary = _tally.Summary(At(2.5));

        (summary.Seconds, summary.Rate).ShouldBe((3, 1));
    }

    [Fact]
    public void Lateness_is_told_within_an_eighth()
    {
        for (var i = 1; i <= 1_000; i++)
            Add(5, Outcome.Up, lateMilliseconds: i);

        var lateness = _tally.Summary(At(6)).Lateness!;

        lateness.Count.ShouldBe(1_000);
        lateness.P50.TotalMilliseconds.ShouldBeInRange(500, 500 * 1.125);
        lateness.P99.TotalMilliseconds.ShouldBeInRange(990, 1_000);
        lateness.Max.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(-500)]
    [InlineData(0)]
    [InlineData(1e12)]
    public void Whatever_a_clock_says_is_counted(double lateMilliseconds)
    {
        Add(5, Outcome.Up, lateMilliseconds: lateMilliseconds);

        _tally.Summary(At(6)).Lateness!.P99.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
    }

    [Fact]
    public void What_was_not_run_was_not_late()
    {
        _tally.Add(Record(Outcome.Skipped), At(1));

        _tally.Summary(At(2)).Lateness.ShouldBeNull();
    }

    [Fact]
    public void Monitors_without_end_share_a_place()
    {
        for (var i = 0; i < 1_000; i++)
            Add(0, Outcome.Up, $"m{i}");

        var summary = _tally.Summary(At(1));

        summary.RateOf.Count.ShouldBe(256);
        summary.RateOf["others"].ShouldBe(745);
    }

    private (long Records, long Up, long Down) Counts(double seconds)
    {
        var summary = _tally.Summary(At(seconds));
        return (summary.Records, summary.Outcomes[Outcome.Up], summary.Outcomes[Outcome.Down]);
    }

    private void Add(double seconds, Outcome outcome, string monitor = "eu", double lateMilliseconds = 0)
    {
        var record = Record(outcome, monitor);
        var started = record.Slot.Due.AddTicks((long)(lateMilliseconds * TimeSpan.TicksPerMillisecond));
        _tally.Add(record with { Result = record.Result! with { Started = started, Attempts = [new Attempt(started, TimeSpan.Zero, outcome, Cause.None)] } }, At(seconds));
    }

    private static SlotRecord Record(Outcome outcome, string monitor = "eu")
    {
        var slot = new Slot(1_000_000);
        return new SlotRecord(new JobId("shop"), monitor, slot, outcome, Cause.None, "", Sample.Result("shop", slot, outcome), IsLate: false);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
