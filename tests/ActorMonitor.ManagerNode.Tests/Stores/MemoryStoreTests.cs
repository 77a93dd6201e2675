using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Stores;

/// <summary>The model that the specs rely on keeps the contract's word itself.</summary>
public class MemoryStoreTests
{
    private static readonly LaneKey Lane = new(new JobId("job"), "eu");
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly MemoryDisk _disk = new();

    [Fact]
    public async Task Each_kind_of_write_does_to_a_slot_what_the_contract_says()
    {
        var store = await _disk.OpenAsync(CancellationToken.None);
        var effects = await store.WriteAsync(
        [
            new SetSchedule(Lane, Schedule),
            new SetSchedule(Lane, Schedule with { From = Start.AddHours(1) }),
            new KeepResult(Lane, Result(0), 1),
            new KeepResult(Lane, Result(0), 1),
            new KeepRecord(Lane, At(0), Outcome.Lost, Cause.NoResult, IsProvisional: true, ""),
            new KeepRecord(Lane, At(10), Outcome.Lost, Cause.NoResult, IsProvisional: true, ""),
            new KeepResult(Lane, Result(10), 1),
            new KeepRange(Lane, Start, Start.AddSeconds(35), Outcome.NotRunning, Cause.NotRunning),
            new KeepRecord(Lane, At(20), Outcome.Lost, Cause.NoResult, IsProvisional: true, ""),
            new KeepResult(Lane, Result(20), 1),
            new KeepResult(Lane, Result(25), 1),
            new KeepResult(new LaneKey(new JobId("other"), "eu"), Result(0), 1),
        ], CancellationToken.None);

        effects.Select(effect => effect.Kind).ShouldBe(
        [
            EffectKind.Inserted, EffectKind.Repeated, EffectKind.Inserted, EffectKind.Repeated, EffectKind.Repeated, EffectKind.Inserted, EffectKind.Corrected,
            EffectKind.Inserted, EffectKind.Repeated, EffectKind.Corrected, EffectKind.NotDue, EffectKind.NotDue,
        ]);
        effects[7].Count.ShouldBe(2);
        (effects[6].Replaced, effects[9].Replaced).ShouldBe((Outcome.Lost, Outcome.NotRunning));
        var row = (await store.LedgerAsync(null, Start.AddSeconds(45), CancellationToken.None)).ShouldHaveSingleItem();
        (row.Due, row.Open, row.Up, row.NotRunning, row.Difference).ShouldBe((5, 1, 3, 1, 0));
    }

    [Fact]
    public async Task Results_given_up_take_provisional_records_and_are_final()
    {
        var store = await _disk.OpenAsync(CancellationToken.None);
        var effects = await store.WriteAsync(
        [
            new SetSchedule(Lane, Schedule),
            new KeepRecord(Lane, At(0), Outcome.Lost, Cause.NoResult, IsProvisional: true, ""),
            new KeepResult(Lane, Result(10), 1),
            new KeepRange(Lane, Start, Start.AddSeconds(25), Outcome.Lost, Cause.OutboxFull, ReplacesProvisional: true),
            new KeepResult(Lane, Result(0), 1),
        ], CancellationToken.None);

        (effects[3].Count, effects[4].Kind).ShouldBe((2, EffectKind.Repeated));
    }

    private static LaneSchedule Schedule => new(Start, 10_000, Start.ToUnixTimeMilliseconds() % 10_000, TimeSpan.FromSeconds(9));

    private static Slot At(int seconds) => new(Start.AddSeconds(seconds).ToUnixTimeMilliseconds());

    private static CheckResult Result(int seconds) => Sample.Result("job", At(seconds));
}
