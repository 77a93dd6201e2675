using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Contract;

public abstract partial class StoreContract<T>
{
    [Fact]
    public async Task A_new_store_says_that_it_is_empty()
    {
        _store.Opening.ShouldBe(new StoreOpening(true, null, null, null, null, null));
        (await _store.LanesAsync(default)).ShouldBeEmpty();
        (await _store.LedgerAsync(null, Noon, default)).ShouldBeEmpty();
        var status = await _store.StatusAsync(default);
        (status.OpenRecords, status.Oldest, status.Trimmed, status.MaxBytes).ShouldBe((0L, null, 0L, StoreSettings.Default.MaxBytes));
    }

    [Fact]
    public async Task The_first_result_of_a_slot_is_kept_and_every_other_is_a_repetition()
    {
        var first = Result(1);
        var effects = await Write(new SetSchedule(Lane, EveryTenSeconds), first, first, Result(1, Outcome.Down), Result(2));

        effects.Select(effect => effect.Kind).ShouldBe([EffectKind.Inserted, EffectKind.Inserted, EffectKind.Repeated, EffectKind.Repeated, EffectKind.Inserted]);
        (await WriteOne(first)).Kind.ShouldBe(EffectKind.Repeated);
        var records = await Records();
        records.Select(record => record.Slot).ShouldBe([first.Result.Slot, Sample.Slot(Due(2))]);
        ShouldBeSame(records[0], new StoredRecord(first.Result.Slot, Outcome.Up, Cause.None, false, false, first.Result.Message, first.Result));
    }

    [Fact]
    public async Task A_result_replaces_a_provisional_record_once_and_is_late()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Record(1), Record(2, isProvisional: false));

        (await WriteOne(Result(1, Outcome.Down))).ShouldBe(new WriteEffect(EffectKind.Corrected, Outcome.Lost));
        (await WriteOne(Result(1))).Kind.ShouldBe(EffectKind.Repeated);
        (await WriteOne(Result(2))).Kind.ShouldBe(EffectKind.Repeated);

        var records = await Records();
        (records[0].Outcome, records[0].IsLate, records[0].IsProvisional).ShouldBe((Outcome.Down, true, false));
        (records[1].Outcome, records[1].IsLate, records[1].IsProvisional, records[1].Message, records[1].Result).ShouldBe((Outcome.Lost, false, false, "no answer came", null));
    }

    [Fact]
    public async Task A_record_of_the_managers_own_never_replaces_anything()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Result(1), Record(2), Range(4, 5));

        (await Write(Record(1), Record(2), Record(4), Record(3))).Select(effect => effect.Kind)
            .ShouldBe([EffectKind.Repeated, EffectKind.Repeated, EffectKind.Repeated, EffectKind.Inserted]);
    }

    [Fact]
    public async Task A_range_counts_just_the_slots_that_have_nothing_yet()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Result(2), Record(3));

        (await WriteOne(Range(1, 5))).ShouldBe(new WriteEffect(EffectKind.Inserted, null, 3));
        (await WriteOne(Range(0, 6, Outcome.Skipped, Cause.Clock))).Count.ShouldBe(2);
        (await WriteOne(Range(0, 6))).Count.ShouldBe(0);

        var books = await Ledger(Due(6));
        (books.Due, books.NotRunning, books.Skipped, books.Up, books.Lost, books.Open, books.Difference).ShouldBe((7, 3, 2, 1, 1, 0, 0));
    }

    [Fact]
    public async Task A_range_takes_its_first_instant_and_leaves_its_last()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds));
        (await WriteOne(new KeepRange(Lane, Due(1), Due(3), Outcome.NotRunning, Cause.NotRunning))).Count.ShouldBe(2);
        (await WriteOne(new KeepRange(Lane, Due(4).AddTicks(1), Due(5).AddTicks(1), Outcome.NotRunning, Cause.NotRunning))).Count.ShouldBe(1);
        (await WriteOne(Result(4))).Kind.ShouldBe(EffectKind.Inserted);
        (await WriteOne(Result(5))).Kind.ShouldBe(EffectKind.Corrected);
    }

    [Theory]
    [InlineData(Outcome.NotRunning, Cause.NotRunning, true)]
    [InlineData(Outcome.Skipped, Cause.Clock, true)]
    [InlineData(Outcome.Lost, Cause.StoreLost, true)]
    [InlineData(Outcome.Lost, Cause.OutboxFull, false)]
    [InlineData(Outcome.Skipped, Cause.Paused, false)]
    public async Task A_late_result_takes_its_slot_out_of_a_range_that_nobody_has_decided(Outcome outcome, Cause cause, bool isTakenOut)
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Range(1, 5, outcome, cause));

        (await WriteOne(Result(3))).ShouldBe(isTakenOut ? new WriteEffect(EffectKind.Corrected, outcome) : new WriteEffect(EffectKind.Repeated));
        (await WriteOne(Result(3))).Kind.ShouldBe(EffectKind.Repeated);
        (await WriteOne(Range(0, 6, Outcome.Skipped, Cause.Maintenance))).Count.ShouldBe(2);

        var books = await Ledger(Due(6));
        (books.Up, books.Difference, books.Due).ShouldBe((isTakenOut ? 1 : 0, 0, 7));
        (await Records()).Count(record => record.IsLate).ShouldBe(isTakenOut ? 1 : 0);
    }

    [Fact]
    public async Task Results_given_up_for_good_make_provisional_records_of_their_range_final()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Record(1), Record(2, Outcome.Skipped, Cause.NoMonitor), Result(3), Record(4, isProvisional: false));

        (await WriteOne(Range(0, 5, Outcome.Lost, Cause.OutboxFull, replaces: true))).ShouldBe(new WriteEffect(EffectKind.Inserted, null, 4));

        (await WriteOne(Result(1))).Kind.ShouldBe(EffectKind.Repeated);
        (await Records()).Select(record => (record.Outcome, record.Cause, record.IsProvisional)).ShouldBe(
            [(Outcome.Lost, Cause.OutboxFull, false), (Outcome.Lost, Cause.OutboxFull, false), (Outcome.Up, Cause.None, false), (Outcome.Lost, Cause.NoResult, false)]);
        var books = await Ledger(Due(5));
        (books.Lost, books.Up, books.Difference).ShouldBe((5, 1, 0));
    }

    [Fact]
    public async Task What_is_older_than_raw_records_are_kept_is_too_old()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds with { From = Noon.AddDays(-20) }), new Beat(Noon));
        var old = Noon.AddDays(-8).AddSeconds(3);

        (await Write(new KeepResult(Lane, Sample.Https(Lane, old, 1), 7), new KeepRecord(Lane, Sample.Slot(old), Outcome.Lost, Cause.NoResult, true, "")))
            .Select(effect => effect.Kind).ShouldBe([EffectKind.TooOld, EffectKind.TooOld]);
        (await WriteOne(new KeepRange(Lane, Noon.AddDays(-8), Noon.AddDays(-7).AddMinutes(1), Outcome.NotRunning, Cause.NotRunning))).Count.ShouldBe(6);
        (await Records()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_instant_that_was_no_slot_gets_no_record()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), new EndSchedule(Lane, Noon.AddMinutes(5)));
        var other = Sample.Lane("unknown");
        DateTimeOffset[] instants = [Due(-1), Due(1).AddMilliseconds(1), Noon.AddMinutes(5).AddSeconds(3)];

        foreach (var instant in instants)
        {
            (await WriteOne(new KeepResult(Lane, Sample.Https(Lane, instant, 1), 7))).Kind.ShouldBe(EffectKind.NotDue);
            (await WriteOne(new KeepRecord(Lane, Sample.Slot(instant), Outcome.Lost, Cause.NoResult, true, ""))).Kind.ShouldBe(EffectKind.NotDue);
        }

        (await WriteOne(new KeepResult(other, Sample.Https(other, Due(1), 1), 7))).Kind.ShouldBe(EffectKind.NotDue);
        (await WriteOne(new KeepRange(other, Noon, Noon.AddDays(1), Outcome.NotRunning, Cause.NotRunning))).Count.ShouldBe(0);
        (await WriteOne(new EndSchedule(other, Noon))).Kind.ShouldBe(EffectKind.Repeated);
        (await _store.LanesAsync(default)).Select(lane => lane.Key).ShouldBe([Lane]);
        (await Records()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slot_whose_record_may_have_been_removed_never_counts_again()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), new Beat(Noon), Result(1));
        for (var i = 0; i < 100 && await _store.MaintainAsync(Noon.AddDays(8), default); i++)
        {
        }

        (await Records()).ShouldBeEmpty();
        (await WriteOne(Result(1))).Kind.ShouldBe(EffectKind.TooOld);
    }

    [Fact]
    public async Task A_transaction_that_throws_leaves_nothing()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds));

        await Should.ThrowAsync<ArgumentException>(() => Write(Result(1), new Beat(Noon), new SetSchedule(Lane, default)));

        (await Records()).ShouldBeEmpty();
        (await WriteOne(Result(1))).Kind.ShouldBe(EffectKind.Inserted);
    }

    [Fact]
    public async Task A_schedule_in_force_stays_and_another_follows_from_its_instant_on()
    {
        (await WriteOne(new SetSchedule(Lane, EveryTenSeconds))).Kind.ShouldBe(EffectKind.Inserted);
        (await WriteOne(new SetSchedule(Lane, EveryTenSeconds with { From = Noon.AddMinutes(5) }))).Kind.ShouldBe(EffectKind.Repeated);
        (await _store.LanesAsync(default)).Single().Schedule.ShouldBe(EveryTenSeconds);

        var faster = new LaneSchedule(Noon.AddMinutes(10), 1_000, 7, TimeSpan.FromSeconds(20));
        (await WriteOne(new SetSchedule(Lane, faster))).Kind.ShouldBe(EffectKind.Inserted);
        (await Ledger(Noon.AddMinutes(11))).Due.ShouldBe(60 + 60);

        (await WriteOne(new EndSchedule(Lane, Noon.AddMinutes(12)))).Kind.ShouldBe(EffectKind.Inserted);
        (await WriteOne(new EndSchedule(Lane, Noon.AddMinutes(13)))).Kind.ShouldBe(EffectKind.Repeated);
        (await Ledger(Noon.AddMinutes(20))).Due.ShouldBe(60 + 120);
        (await _store.LanesAsync(default)).Single().Schedule.ShouldBeNull();

        (await WriteOne(new SetSchedule(Lane, faster with { From = Noon.AddMinutes(15) }))).Kind.ShouldBe(EffectKind.Inserted);
        (await Ledger(Noon.AddMinutes(16))).Due.ShouldBe(60 + 120 + 60);
    }

    [Fact]
    public async Task What_has_its_record_stays_a_slot_when_the_schedule_ends_before_it_and_what_is_in_a_range_does_not()
    {
        // Results may come a little before their slot, and a start writes a range up to the next one.
        await Write(new SetSchedule(Lane, EveryTenSeconds), Range(0, 0), Result(1), Record(2), Result(4), Range(3, 10));

        (await WriteOne(new EndSchedule(Lane, Due(3)))).Kind.ShouldBe(EffectKind.Inserted);

        var books = await Ledger(Due(30));
        (books.Due, books.Up, books.Lost, books.NotRunning, books.Difference).ShouldBe((4, 2, 1, 1, 0));
        (await WriteOne(Result(5))).Kind.ShouldBe(EffectKind.NotDue);
        (await WriteOne(Result(4))).Kind.ShouldBe(EffectKind.Repeated);
        (await _store.LanesAsync(default)).Single().Schedule.ShouldBeNull();
    }

    [Fact]
    public async Task A_slot_of_the_schedule_before_that_has_its_record_stays_beside_those_of_the_new_one()
    {
        await Write(new SetSchedule(Lane, EveryTenSeconds), Range(0, 3), Result(4), Result(5), Result(7), Range(8, 12));
        var slower = new LaneSchedule(Due(4), 20_000, Due(4).ToUnixTimeMilliseconds() % 20_000, TimeSpan.FromMinutes(1));

        // Another time to answer only, then half as often: 5 and 7 are none of its slots, 4 is one.
        await Write(new SetSchedule(Lane, EveryTenSeconds with { From = Due(4), OpenFor = TimeSpan.FromMinutes(1) }));
        (await Ledger(Due(12))).Difference.ShouldBe(0);
        await Write(new SetSchedule(Lane, slower));
        await Reopen();
        (await WriteOne(new SetSchedule(Lane, slower with { From = Due(6) }))).Kind.ShouldBe(EffectKind.Repeated);

        (await _store.LanesAsync(default)).Single().Schedule.ShouldBe(slower);
        (await WriteOne(new KeepRange(Lane, Noon, Due(13), Outcome.NotRunning, Cause.NotRunning))).Count.ShouldBe(1);
        var books = await Ledger(Due(12));
        (books.Due, books.Up, books.NotRunning, books.Difference).ShouldBe((4 + 3 + 4, 3, 4 + 4, 0));

        // The old times again: each slot counts once.
        await Write(new SetSchedule(Lane, EveryTenSeconds with { From = Due(5) }));
        (await Ledger(Due(8))).ShouldSatisfyAllConditions(row => row.Due.ShouldBe(9), row => (row.Up, row.NotRunning).ShouldBe((3, 6)));
    }

    [Fact]
    public async Task A_start_finds_lanes_grants_beat_and_the_newest_records_as_they_were_left()
    {
        var other = Sample.Lane("shop", "us");
        var grant = new LaneGrant(7, Noon.AddDays(1));
        await Write(
            new SetSchedule(Lane, EveryTenSeconds), new SetSchedule(other, EveryTenSeconds), new SetGrant(Lane, grant), new SetGrant(other, grant), new SetGrant(other, null),
            Result(1), Result(2, Outcome.Down), Record(3), new Beat(Noon.AddSeconds(40)), Range(5, 6));

        await Reopen();

        _store.Opening.ShouldBe(new StoreOpening(false, null, null, null, Noon.AddSeconds(40), Sample.Slot(Due(6))));
        var lanes = await _store.LanesAsync(default);
        lanes.Select(lane => (lane.Key, lane.Schedule, lane.Grant)).ShouldBe([(Lane, EveryTenSeconds, grant), (other, EveryTenSeconds, null)]);
        (lanes[0].Last?.Slot, lanes[0].Last?.Outcome, lanes[0].Last?.IsProvisional, lanes[1].Last).ShouldBe((Sample.Slot(Due(3)), Outcome.Lost, true, null));
        (await WriteOne(Result(2))).Kind.ShouldBe(EffectKind.Repeated);
        (await WriteOne(Result(3))).Kind.ShouldBe(EffectKind.Corrected);
        (await WriteOne(Result(5))).Kind.ShouldBe(EffectKind.Corrected);
        (await _store.StatusAsync(default)).OpenRecords.ShouldBe(4);
    }

    private protected static void ShouldBeSame(StoredRecord actual, StoredRecord expected)
    {
        (actual with { Result = null }).ShouldBe(expected with { Result = null });
        ShouldBeSame(actual.Result, expected.Result);
    }

    private protected static void ShouldBeSame(CheckResult? actual, CheckResult? expected)
    {
        (actual is null).ShouldBe(expected is null);
        if (actual is null || expected is null)
            return;
        (actual with { Measurements = [], Attributes = [], Attempts = [] }).ShouldBe(expected with { Measurements = [], Attributes = [], Attempts = [] });
        actual.Measurements.ShouldBe(expected.Measurements);
        actual.Attributes.ShouldBe(expected.Attributes);
        actual.Attempts.ShouldBe(expected.Attempts);
    }
}
