using ActorMonitor.Storage.Schedules;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ActorMonitor.Storage.Tests.Schedules;

public class SlotRunTests
{
    private static readonly Gen<SlotRun> Runs =
        from first in Gen.Choose(0, 60)
        from step in Gen.Choose(1, 8)
        from count in Gen.Choose(1, 20)
        select new SlotRun(first, step, count);

    [Fact]
    public void A_part_of_a_run_is_its_slots_in_that_range()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            (from run in Runs from range in Gen.Choose(-10, 250).Two() select (run, range)).ToArbitrary(),
            input => Slots(input.run.Within(input.range.Item1, input.range.Item2))
                .SequenceEqual(input.run.Slots().Where(slot => slot >= input.range.Item1 && slot < input.range.Item2))));

    [Fact]
    public void A_run_without_one_of_its_slots_is_the_rest_of_them()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            (from run in Runs from index in Gen.Choose(0, (int)run.Count - 1) select (run, index)).ToArbitrary(),
            input =>
            {
                var slot = input.run.First + (input.index * input.run.Step);
                var (before, after) = input.run.Without(slot);
                return Slots(before).Concat(Slots(after)).SequenceEqual(input.run.Slots().Where(each => each != slot));
            }));

    [Fact]
    public void A_run_without_slots_and_runs_is_what_is_in_none_of_them()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            (from run in Runs from slots in Gen.Choose(0, 200).ListOf() from others in Runs.ListOf() select (run, slots, others)).ToArbitrary(),
            input =>
            {
                var (run, slots, others) = input;
                var expected = run.Slots().Where(slot => !slots.Contains((int)slot) && !others.Any(other => other.Contains(slot))).ToArray();
                return run.Without(slots.Select(slot => (long)slot), others).SelectMany(left => left.Slots()).SequenceEqual(expected);
            }));

    [Fact]
    public void A_year_of_milliseconds_is_taken_apart_without_looking_at_each()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(),
            slot =>
            {
                var run = new SlotRun(0, 1, 365L * 86_400_000);
                var left = run.Without([slot], [new SlotRun(2_000_000, 1, 300L * 86_400_000)]);
                return left.Sum(part => part.Count) == run.Count - 1 - (300L * 86_400_000);
            }));

    private static IEnumerable<long> Slots(SlotRun? run) => run?.Slots() ?? [];
}
