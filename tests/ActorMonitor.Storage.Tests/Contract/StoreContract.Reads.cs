using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Contract;

public abstract partial class StoreContract<T>
{
    [Fact]
    public async Task Slots_of_the_last_moments_without_a_record_are_open_and_older_ones_are_a_difference()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Result(0), Result(1), Result(2), Result(5));

        // Slots 3 and 4 are missing; open for 10 s and 2 s more are 4 and 5, of which 5 has come.
        var books = await Ledger(Due(5));
        (books.From, books.Due, books.Up, books.Open, books.Difference).ShouldBe((Noon, 6, 4, 1, 1));
    }

    [Fact]
    public async Task The_books_of_one_job_or_of_all_lanes_are_in_order_of_their_names()
    {
        var lanes = new[] { Sample.Lane("b", "x"), Sample.Lane("a", "y"), Sample.Lane("b", "w") };
        await Write([.. lanes.Select(lane => new SetSchedule(lane, EveryTenSeconds))]);

        (await _store.LedgerAsync(null, Noon, default)).Select(row => row.Lane).ShouldBe([lanes[1], lanes[2], lanes[0]]);
        (await _store.LedgerAsync(new JobId("b"), Noon, default)).Select(row => row.Lane).ShouldBe([lanes[2], lanes[0]]);
        (await _store.LedgerAsync(new JobId("c"), Noon, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_books_hold_while_hours_are_sealed_and_old_ones_go()
    {
        var start = Noon.AddDays(-10);
        var minute = new LaneSchedule(start, 60_000, 0, TimeSpan.FromSeconds(10));
        await Write(new SetSchedule(Lane, minute));
        for (var day = 0; day < 10; day++)
        {
            var from = start.AddDays(day);
            await Write(new Beat(from));
            await Write([.. Enumerable.Range(0, 720).Select(i => new KeepResult(Lane, Sample.Https(Lane, from.AddMinutes(i), i), 1))]);
            (await WriteOne(new KeepRange(Lane, from.AddHours(12), from.AddDays(1), Outcome.NotRunning, Cause.NotRunning))).Count.ShouldBe(720);
            await Maintain(from.AddDays(1));
            var (now, sealedBefore) = (from.AddDays(1), await Ledger(from.AddDays(1)));
            var horizon = now.AddDays(-7) > start ? now.AddDays(-7) : start;
            // The slot of this very moment is due and open.
            (sealedBefore.From, sealedBefore.Due, sealedBefore.Open, sealedBefore.Difference).ShouldBe((horizon, ((now - horizon).Ticks / TimeSpan.TicksPerMinute) + 1, 1, 0));
        }

        (await _store.StatusAsync(default)).OpenRecords.ShouldBe(0);
    }

    [Fact]
    public async Task Records_come_from_either_end_and_stop_at_the_limit()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds));
        await Write([.. Enumerable.Range(0, 800).Select(i => Result(i))]);
        await Maintain(Noon.AddHours(3));
        await Write(Result(900), Result(901));

        async Task<int[]> Read(DateTimeOffset from, DateTimeOffset to, int limit, bool newestFirst)
            => [.. (await _store.RecordsAsync(Lane, from, to, limit, newestFirst, default)).Select(record => (int)((record.Slot.Due - Due(0)).TotalSeconds / 10))];

        (await Read(Noon, Noon.AddDays(1), 3, true)).ShouldBe([901, 900, 799]);
        (await Read(Noon, Noon.AddDays(1), 2, false)).ShouldBe([0, 1]);
        (await Read(Due(358), Due(361), 9, false)).ShouldBe([358, 359, 360]);
        (await Read(Due(358), Due(361), 9, true)).ShouldBe([360, 359, 358]);
        (await Read(Due(358), Due(358), 9, true)).ShouldBeEmpty();
        (await Read(Noon, Noon.AddDays(1), 0, true)).ShouldBeEmpty();
        (await _store.RecordsAsync(Sample.Lane("none"), Noon, Noon.AddDays(1), 9, true, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sealed_result_reads_as_it_was_written()
    {
        var results = Enumerable.Range(0, 360).Select(i => Result(i, i % 50 == 7 ? Outcome.Down : Outcome.Up)).ToArray();
        await Write(new SetSchedule(Lane, EveryTenSeconds));
        await Write([.. results]);
        await Maintain(Noon.AddHours(4));
        (await _store.StatusAsync(default)).OpenRecords.ShouldBe(0);

        var records = await Records();
        records.Length.ShouldBe(360);
        for (var i = 0; i < records.Length; i++)
        {
            var result = results[i].Result;
            ShouldBeSame(records[i], new StoredRecord(result.Slot, result.Outcome, result.Cause, false, false, result.Message, result));
        }
    }

    [Fact]
    public async Task Late_results_change_a_sealed_hour_and_its_rollups()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Record(5), Record(6, isProvisional: false), Range(10, 20), new KeepRange(Lane, Due(360), Due(361), Outcome.NotRunning, Cause.NotRunning));
        await Write([.. Enumerable.Range(30, 330).Select(i => Result(i))]);
        await Maintain(Noon.AddHours(3));

        (await Write(Result(5), Result(6), Result(11), Result(25), Result(40))).Select(effect => effect.Kind)
            .ShouldBe([EffectKind.Corrected, EffectKind.Repeated, EffectKind.Corrected, EffectKind.Inserted, EffectKind.Repeated]);
        (await WriteOne(Result(5))).Kind.ShouldBe(EffectKind.Repeated);
        (await Write(Record(5), Record(7))).Select(effect => effect.Kind).ShouldBe([EffectKind.Repeated, EffectKind.Inserted]);

        for (var round = 0; round < 2; round++)
        {
            var books = await Ledger(Due(360));
            (books.Up, books.Lost, books.NotRunning, books.Due, books.Difference).ShouldBe((333, 2, 11, 361, 15));
            var summary = await _store.SummaryAsync(Lane, Noon, Noon.AddHours(1), default);
            (summary.Up, summary.Lost, summary.NotRunning, summary.Latency!.Count).ShouldBe((333, 2, 10, 333));
            (await Records()).Count(record => record.IsLate).ShouldBe(2);
            await Maintain(Noon.AddHours(3));
            (await _store.StatusAsync(default)).OpenRecords.ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_result_whose_monitor_was_starved_counts_as_an_outcome_and_not_in_the_latencies()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Took(1, 10), Took(2, 9000, isStarved: true), Took(3, 30), Took(4, 1, Outcome.Degraded, isStarved: true));

        // As single records, and in a sealed hour.
        for (var round = 0; round < 2; round++)
        {
            var summary = await _store.SummaryAsync(Lane, Noon, Noon.AddHours(1), default);
            (summary.Up, summary.Degraded).ShouldBe((3, 1));
            (summary.Latency!.Count, summary.Latency.Min, summary.Latency.Max).ShouldBe((2, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(30)));
            await Maintain(Noon.AddHours(3));
            (await _store.StatusAsync(default)).OpenRecords.ShouldBe(0);
        }

        // Late ones, into the sealed hour.
        await Write(Took(5, 50), Took(6, 8000, isStarved: true));
        await Maintain(Noon.AddHours(3));
        var later = await _store.SummaryAsync(Lane, Noon, Noon.AddHours(1), default);
        (later.Up, later.Latency!.Count, later.Latency.Max).ShouldBe((5, 3, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task Where_every_result_was_starved_there_are_no_latencies()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Took(1, 10, isStarved: true));

        (await _store.SummaryAsync(Lane, Noon, Noon.AddHours(1), default)).ShouldSatisfyAllConditions(summary => summary.Up.ShouldBe(1), summary => summary.Latency.ShouldBeNull());
    }

    [Fact]
    public async Task Provisional_records_of_a_sealed_hour_can_be_made_final()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Record(1), Result(2), Record(3));
        await Maintain(Noon.AddHours(3));
        await WriteOne(Result(3));

        (await WriteOne(Range(0, 5, Outcome.Lost, Cause.OutboxFull, replaces: true))).Count.ShouldBe(4);
        (await WriteOne(Result(1))).Kind.ShouldBe(EffectKind.Repeated);
        for (var round = 0; round < 2; round++)
        {
            var books = await Ledger(Due(5));
            (books.Lost, books.Up, books.Difference).ShouldBe((4, 2, 0));
            (await Records())[0].ShouldBe(new StoredRecord(Sample.Slot(Due(1)), Outcome.Lost, Cause.OutboxFull, false, false, "no answer came", null));
            await Maintain(Noon.AddHours(3));
        }
    }

    [Fact]
    public async Task A_summary_counts_what_is_known_and_what_is_not()
    {
        await Write(
            new SetSchedule(Lane, EveryTenSeconds), Result(0), Result(1, Outcome.Degraded), Result(2, Outcome.Down), Result(3, Outcome.Unknown),
            Record(4), Record(5, Outcome.Skipped, Cause.Paused, false), Range(6, 9), Result(10), Result(11));

        var summary = await _store.SummaryAsync(Lane, Due(1), Due(11), default);

        (summary.From, summary.To, summary.Up, summary.Degraded, summary.Down, summary.Unknown, summary.Skipped, summary.Lost, summary.NotRunning)
            .ShouldBe((Due(1), Due(11), 1, 1, 1, 1, 1, 1, 4));
        (summary.Known, summary.Total, summary.Uptime, summary.Coverage, summary.Latency!.Count).ShouldBe((3, 10, 2 / 3.0, 0.3, 2));
        var empty = await _store.SummaryAsync(Lane, Noon.AddDays(1), Noon.AddDays(2), default);
        (empty.Total, empty.Uptime, empty.Coverage, empty.Latency).ShouldBe((0, null, null, null));
        (await _store.SummaryAsync(Sample.Lane("none"), Noon, Noon.AddDays(1), default)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_summary_widens_its_ends_only_where_raw_records_are_gone()
    {
        var settings = StoreSettings.Default with { Raw = TimeSpan.FromDays(1), FiveMinutes = TimeSpan.FromDays(3) };
        await Reopen(settings);
        await Write(new SetSchedule(Lane, EveryTenSeconds), new Beat(Noon));
        await Write([.. Enumerable.Range(0, 1080).Select(i => Result(i))]);

        async Task<(DateTimeOffset From, DateTimeOffset To, long Up)> Read()
        {
            var summary = await _store.SummaryAsync(Lane, Noon.AddMinutes(32), Noon.AddMinutes(138).AddSeconds(1), default);
            return (summary.From, summary.To, summary.Up);
        }

        (await Read()).ShouldBe((Noon.AddMinutes(32), Noon.AddMinutes(138).AddSeconds(1), 636));
        await Maintain(Noon.AddHours(6));
        (await Read()).ShouldBe((Noon.AddMinutes(32), Noon.AddMinutes(138).AddSeconds(1), 636));
        await Maintain(Noon.AddDays(2));
        (await Records()).ShouldBeEmpty();
        (await Read()).ShouldBe((Noon.AddMinutes(30), Noon.AddMinutes(140), 660));
        await Maintain(Noon.AddDays(4));
        (await Read()).ShouldBe((Noon, Noon.AddMinutes(180), 1080));
        (await _store.SummaryAsync(Lane, Noon.AddMinutes(10), Noon.AddMinutes(20), default)).Up.ShouldBe(360);
        await Maintain(Noon.AddDays(800));
        (await Read()).ShouldBe((Noon.AddMinutes(32), Noon.AddMinutes(138).AddSeconds(1), 0));
    }

    [Theory]
    [InlineData(30, 3, 40)]
    [InlineData(60, 5, 40)]
    [InlineData(600, 60, 90)]
    public async Task A_lane_too_slow_for_a_rollup_keeps_what_is_finer_for_its_time(int intervalSeconds, int keptDays, int goneDays)
    {
        var settings = StoreSettings.Default with { Raw = TimeSpan.FromDays(1), FiveMinutes = TimeSpan.FromDays(10), OneHour = TimeSpan.FromDays(80) };
        await Reopen(settings);
        await Write(new SetSchedule(Lane, new LaneSchedule(Noon, intervalSeconds * 1000, 0, Second)), new Beat(Noon));
        await Write([.. Enumerable.Range(0, 3600 / intervalSeconds).Select(i => new KeepResult(Lane, Sample.Https(Lane, Noon.AddSeconds(i * intervalSeconds), i), 1))]);
        var hasRaw = intervalSeconds > 30;

        await Maintain(Noon.AddDays(keptDays));
        (await Records()).Length.ShouldBe(hasRaw ? 3600 / intervalSeconds : 0);
        (await _store.SummaryAsync(Lane, Noon, Noon.AddMinutes(30), default)).Up.ShouldBe(1800 / intervalSeconds);
        await Maintain(Noon.AddDays(goneDays));
        (await Records()).ShouldBeEmpty();
        (await _store.SummaryAsync(Lane, Noon, Noon.AddHours(1), default)).Up.ShouldBe(intervalSeconds == 600 ? 0 : 3600 / intervalSeconds);
    }

    [Fact]
    public async Task Transitions_are_changes_between_states_that_say_something()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds));
        await Write(
            Result(0), Result(1), Result(2, Outcome.Unknown), Result(3, Outcome.Down), Record(4), Result(5, Outcome.Down), Range(6, 8), Result(9, Outcome.Degraded),
            Result(400), Result(401, Outcome.Down), Result(1100, Outcome.Down), Result(1500), Result(1501, Outcome.Down));

        async Task<string[]> Read(DateTimeOffset from, int limit = 100)
            => [.. (await _store.TransitionsAsync(Lane, from, Noon.AddDays(1), limit, default))
                .Select(change => $"{(change.Slot.Due - Due(0)).TotalSeconds / 10}: {change.From}>{change.To} {change.Cause}")];

        string[] all = ["0: >Up None", "3: Up>Down HttpStatus", "9: Down>Degraded HttpStatus", "400: Degraded>Up None", "401: Up>Down HttpStatus", "1500: Down>Up None", "1501: Up>Down HttpStatus"];
        for (var round = 0; round < 2; round++)
        {
            (await Read(Noon)).ShouldBe(all);
            (await Read(Due(4))).ShouldBe(all[2..]);
            (await Read(Due(450))).ShouldBe(all[5..]);
            (await Read(Noon, 2)).ShouldBe(all[..2]);
            (await Read(Noon.AddDays(2))).ShouldBeEmpty();
            await Maintain(Noon.AddHours(5));
        }
    }

    [Fact]
    public async Task At_its_bound_the_oldest_raw_records_go_first_and_are_counted()
    {
        const long most = 1 << 20;
        await Reopen(StoreSettings.Default with { MaxBytes = most });
        var every = new LaneSchedule(Noon, 1000, 0, Second);
        await Write(new SetSchedule(Lane, every));
        for (var hour = 0; hour < 24; hour++)
        {
            var from = Noon.AddHours(hour);
            await Write([new Beat(from), .. Enumerable.Range(0, 3600).Select(i => new KeepResult(Lane, Sample.Https(Lane, from.AddSeconds(i), i), 1))]);
            await Maintain(from.AddHours(1));
        }

        var status = await _store.StatusAsync(default);
        status.Trimmed.ShouldBeGreaterThan(30_000);
        status.Oldest.ShouldNotBeNull().ShouldBeGreaterThan(Noon.AddHours(5));
        var end = Noon.AddHours(24).AddSeconds(-1);
        var books = await Ledger(end);
        (books.Difference, books.Up + status.Trimmed).ShouldBe((0, 24 * 3600));
        books.From.ShouldBeGreaterThan(Noon.AddHours(5));
        (await _store.SummaryAsync(Lane, Noon, Noon.AddDays(1), default)).Up.ShouldBe(24 * 3600);
        (await WriteOne(new KeepResult(Lane, Sample.Https(Lane, Noon, 1), 1))).Kind.ShouldBe(EffectKind.TooOld);
        await Reopen(StoreSettings.Default with { MaxBytes = most });
        (await _store.StatusAsync(default)).Bytes.ShouldBeLessThan(most);
        (await Ledger(end)).ShouldBe(books);
    }

    private static KeepResult Took(int slot, double milliseconds, Outcome outcome = Outcome.Up, bool isStarved = false)
    {
        var result = Sample.Https(Lane, Due(slot), slot, outcome) with { Elapsed = TimeSpan.FromMilliseconds(milliseconds) };
        if (isStarved)
            result = result with { Measurements = result.Measurements.Add(new Measurement(QualityNames.Starved, 0, milliseconds, "ms")) };
        return new KeepResult(Lane, result, 7);
    }
}
