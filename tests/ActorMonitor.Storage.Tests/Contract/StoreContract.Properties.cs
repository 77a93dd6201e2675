using System.Collections.Immutable;
using ActorMonitor.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using Outcome = ActorMonitor.Messages.Outcome;

namespace ActorMonitor.Storage.Tests.Contract;

public abstract partial class StoreContract<T>
{
    // Two lanes, four hours, slots on a coarse grid: everything meets everything else often.
    private const int GridSeconds = 20;
    private const int Slots = 4 * 3600 / GridSeconds;
    private static readonly LaneKey[] TwoLanes = [Sample.Lane("shop", "eu"), Sample.Lane("shop", "us")];

    // The last slots of each hour, and the first of the next: few enough to meet each other.
    private static readonly Gen<DateTimeOffset> GridInstants =
        from hour in Gen.Choose(1, 4)
        from slot in Gen.Choose(-8, hour == 4 ? -1 : 4)
        select Noon.AddHours(hour).AddSeconds(slot * GridSeconds);

    // Near each other, as what follows each other in time is.
    private static readonly Gen<(DateTimeOffset From, DateTimeOffset To)> GridRanges =
        from start in GridInstants
        from length in Gen.OneOf(Gen.Choose(0, 12), Gen.Choose(0, Slots))
        select (start, start.AddSeconds(length * GridSeconds));

    private static readonly Gen<StoreWrite> Results =
        from lane in Gen.Elements(TwoLanes)
        from slot in GridInstants
        from outcome in Gen.Elements(Outcome.Up, Outcome.Up, Outcome.Degraded, Outcome.Down, Outcome.Unknown)
        select (StoreWrite)new KeepResult(lane, Sample.Https(lane, slot, slot.Second + slot.Minute, outcome), 1);

    private static readonly Gen<StoreWrite> OwnRecords =
        from lane in Gen.Elements(TwoLanes)
        from slot in GridInstants
        from isProvisional in Gen.Elements(true, true, false)
        from kind in Gen.Elements((Outcome.Lost, Cause.NoResult), (Outcome.Skipped, Cause.NoMonitor))
        select (StoreWrite)new KeepRecord(lane, Sample.Slot(slot), kind.Item1, kind.Item2, isProvisional, "nothing came");

    private static readonly Gen<StoreWrite> Ranges =
        from lane in Gen.Elements(TwoLanes)
        from range in GridRanges
        from kind in Gen.Elements(
            (Outcome.NotRunning, Cause.NotRunning, false),
            (Outcome.Skipped, Cause.Clock, false),
            (Outcome.Skipped, Cause.Paused, false),
            (Outcome.Lost, Cause.StoreLost, false),
            (Outcome.Lost, Cause.OutboxFull, true))
        select (StoreWrite)new KeepRange(lane, range.From, range.To, kind.Item1, kind.Item2, kind.Item3);

    private static readonly Gen<StoreWrite> Writes = Gen.Frequency((6, Results), (3, OwnRecords), (2, Ranges));

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (12, Writes.NonEmptyListOf().Select(writes => new Step(StepKind.Write, [.. writes], default))),
        (3, Gen.Choose(2, 8).Select(hours => new Step(StepKind.Maintain, [], Noon.AddHours(hours)))),
        (1, Gen.Constant(new Step(StepKind.Reopen, [], default))));

    [Fact]
    public void Any_order_of_events_leaves_one_record_a_slot_and_the_books_of_a_naive_count()
        => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(40),
            Prop.ForAll((from schedules in Histories from steps in Steps.ListOf() select (schedules, steps)).ToArbitrary(), input => RunAsync(input.schedules, input.steps).GetAwaiter().GetResult()));

    // Histories whose every slot is on the grid; a part of the grid is never due.
    private static Gen<ImmutableArray<StoreWrite>> Histories =>
        from cuts in Gen.Choose(0, Slots).ListOf(2).Select(cuts => cuts.Order().ToArray())
        from intervals in Gen.Elements(GridSeconds, 2 * GridSeconds, 3 * GridSeconds).ListOf(2)
        from ends in Gen.Elements(true, false)
        select TwoLanes.SelectMany(lane => new StoreWrite?[]
        {
            new SetSchedule(lane, new LaneSchedule(Noon, intervals[0] * 1000, 0, Second)),
            ends ? new EndSchedule(lane, Noon.AddSeconds(cuts[0] * GridSeconds)) : null,
            new SetSchedule(lane, new LaneSchedule(Noon.AddSeconds(cuts[1] * GridSeconds), intervals[1] * 1000, 0, TimeSpan.FromMinutes(2))),
        }).OfType<StoreWrite>().ToImmutableArray();

    private async Task RunAsync(ImmutableArray<StoreWrite> schedules, List<Step> steps)
    {
        await using var factory = new Fresh();
        await factory.Value.InitializeAsync();
        _time.MoveTo(Noon);
        var store = await factory.Value.OpenAsync(StoreSettings.Default, _time);
        try
        {
            var naive = new Naive();
            await ShouldDoTheSame(store, naive, schedules);
            foreach (var step in steps)
            {
                switch (step.Kind)
                {
                    case StepKind.Write:
                        await ShouldDoTheSame(store, naive, step.Writes);
                        break;
                    case StepKind.Maintain:
                        while (await store.MaintainAsync(step.Now, default))
                        {
                        }

                        break;
                    default:
                        await store.DisposeAsync();
                        store = await factory.Value.OpenAsync(StoreSettings.Default, _time);
                        break;
                }

                await ShouldBalance(store, naive, Noon.AddHours(6));
            }

            foreach (var hours in new[] { 1, 3, 6 })
                await ShouldBalance(store, naive, Noon.AddHours(hours).AddSeconds(7));
            await ShouldHoldTheSame(store, naive);
            // Every slot that is due gets something: then nothing is missing.
            foreach (var lane in TwoLanes)
                await ShouldDoTheSame(store, naive, [new KeepRange(lane, Noon, Noon.AddDays(1), Outcome.NotRunning, Cause.NotRunning)]);
            await ShouldBalance(store, naive, Noon.AddHours(6));
            (await store.LedgerAsync(null, Noon.AddHours(6), default)).ShouldAllBe(row => row.Difference == 0 && row.Open == 0);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task ShouldDoTheSame(IStore store, Naive naive, ImmutableArray<StoreWrite> writes)
        => (await store.WriteAsync(writes, default)).ShouldBe(writes.Select(naive.Do));

    private static async Task ShouldBalance(IStore store, Naive naive, DateTimeOffset now)
    {
        var books = await store.LedgerAsync(null, now, default);
        books.Length.ShouldBe(TwoLanes.Length);
        foreach (var row in books)
        {
            var lane = naive.Of(row.Lane);
            var (from, until) = (lane.First!.Value, now.ToUnixTimeMilliseconds() + 1);
            row.Due.ShouldBe(lane.Due(from, until).Count());
            (row.Open + row.Difference).ShouldBe(lane.Missing(from, until));
            (row.Up, row.Degraded, row.Down, row.Unknown, row.Skipped, row.Lost, row.NotRunning).ShouldBe((
                lane.Count(Outcome.Up, from, until), lane.Count(Outcome.Degraded, from, until), lane.Count(Outcome.Down, from, until), lane.Count(Outcome.Unknown, from, until),
                lane.Count(Outcome.Skipped, from, until), lane.Count(Outcome.Lost, from, until), lane.Count(Outcome.NotRunning, from, until)));
        }
    }

    private static async Task ShouldHoldTheSame(IStore store, Naive naive)
    {
        foreach (var key in TwoLanes)
        {
            var lane = naive.Of(key);
            var records = await store.RecordsAsync(key, Noon, Noon.AddDays(1), 100_000, false, default);
            records.Select(record => (record.Slot.DueUnixMilliseconds, record.Outcome, record.Cause, record.IsProvisional, record.IsLate))
                .ShouldBe(lane.Records.Select(each => (each.Key, each.Value.Outcome, each.Value.Cause, each.Value.IsProvisional, each.Value.IsLate)));
            records.Zip(lane.Records.Values).ToList().ForEach(pair => ShouldBeSame(pair.First.Result, pair.Second.Result));
            (await store.RecordsAsync(key, Noon, Noon.AddDays(1), 100_000, true, default)).Select(record => record.Slot).ShouldBe(records.Select(record => record.Slot).Reverse());

            var (from, to) = (Noon.AddMinutes(58).AddSeconds(1), Noon.AddMinutes(239));
            var summary = await store.SummaryAsync(key, from, to, default);
            var (start, end) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
            (summary.Up, summary.Degraded, summary.Down, summary.Unknown, summary.Skipped, summary.Lost, summary.NotRunning).ShouldBe((
                lane.Count(Outcome.Up, start, end), lane.Count(Outcome.Degraded, start, end), lane.Count(Outcome.Down, start, end), lane.Count(Outcome.Unknown, start, end),
                lane.Count(Outcome.Skipped, start, end), lane.Count(Outcome.Lost, start, end), lane.Count(Outcome.NotRunning, start, end)));
            ShouldBeNear(summary.Latency, [.. lane.Records
                .Where(each => each.Key >= start && each.Key < end && each.Value.Outcome is Outcome.Up or Outcome.Degraded)
                .Select(each => each.Value.Result!.Elapsed).Order()]);
            ShouldBeTheChanges(await store.TransitionsAsync(key, Noon, Noon.AddDays(1), 10_000, default), lane);
        }
    }

    private static void ShouldBeNear(LatencySummary? latency, TimeSpan[] elapsed)
    {
        (latency?.Count ?? 0).ShouldBe(elapsed.Length);
        if (latency is null)
            return;
        (latency.Min, latency.Max).ShouldBe((elapsed[0], elapsed[^1]));
        foreach (var (percent, value) in new[] { (50, latency.P50), (90, latency.P90), (95, latency.P95), (99, latency.P99) })
        {
            var exact = elapsed[(int)Math.Ceiling(elapsed.Length * percent / 100.0) - 1];
            value.ShouldBe(exact, exact * 0.01);
        }
    }

    private static void ShouldBeTheChanges(ImmutableArray<StateTransition> changes, Naive.NaiveLane lane)
    {
        var expected = new List<(long, Outcome?, Outcome)>();
        Outcome? state = null;
        foreach (var (slot, record) in lane.Records)
        {
            if (record.Outcome is not (Outcome.Up or Outcome.Degraded or Outcome.Down) || record.Outcome == state)
                continue;
            expected.Add((slot, state, record.Outcome));
            state = record.Outcome;
        }

        changes.Select(change => (change.Slot.DueUnixMilliseconds, change.From, change.To)).ShouldBe(expected);
    }

    private enum StepKind
    {
        Write,
        Maintain,
        Reopen,
    }

    private sealed record Step(StepKind Kind, ImmutableArray<StoreWrite> Writes, DateTimeOffset Now)
    {
        public override string ToString() => Kind == StepKind.Write ? $"Write {string.Join("; ", Writes.Select(Text))}" : $"{Kind} {Now:HH:mm}";

        private static string Text(StoreWrite write) => write switch
        {
            KeepResult keep => $"{keep.Lane.Monitor} {keep.Result.Slot.Due:HH:mm:ss} {keep.Result.Outcome}",
            KeepRecord keep => $"{keep.Lane.Monitor} {keep.Slot.Due:HH:mm:ss} {keep.Outcome}{(keep.IsProvisional ? "?" : "")}",
            KeepRange keep => $"{keep.Lane.Monitor} {keep.From:HH:mm:ss}-{keep.To:HH:mm:ss} {keep.Outcome} {keep.Cause}",
            _ => write.ToString(),
        };
    }

    private sealed class Fresh : IAsyncDisposable
    {
        public T Value { get; } = new();

        public async ValueTask DisposeAsync() => await Value.DisposeAsync();
    }
}
