using ActorMonitor.Storage.Schedules;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Schedules;

public class ScheduleMathTests
{
    private static readonly Gen<(long Interval, long Phase)> Grids =
        from interval in Gen.Choose(1, 40)
        from phase in Gen.Choose(0, interval - 1)
        select ((long)interval, (long)phase);

    [Fact]
    public void The_slots_of_a_range_are_those_of_its_instants_that_are_on_the_grid()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            (from grid in Grids from @from in Gen.Choose(-200, 200) from length in Gen.Choose(-10, 200) select (grid, @from, length)).ToArbitrary(),
            input =>
            {
                var ((interval, phase), from, length) = input;
                var expected = Instants(from, from + length).Where(instant => Modulo(instant - phase, interval) == 0).ToArray();
                return (ScheduleMath.Slots(interval, phase, from, from + length)?.Slots() ?? []).SequenceEqual(expected);
            }));

    [Fact]
    public void What_is_due_of_a_history_is_the_sum_of_its_stretches()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            (from grids in Grids.ListOf(4)
             from cuts in Gen.Choose(0, 100_000).ListOf(5)
             from range in Gen.Choose(-20, 150).Two()
             select (grids, cuts.Order().ToArray(), range)).ToArbitrary(),
            input =>
            {
                var (grids, cuts, (from, to)) = input;
                // Stretches begin and end between milliseconds too.
                var pieces = grids.Select((grid, i) => new SchedulePiece(cuts[i], cuts[i + 1], grid.Interval, grid.Phase, 0)).ToArray();
                var expected = Instants(from, to).Count(instant => pieces.Any(piece =>
                    instant * 1000 >= piece.FromMicroseconds && instant * 1000 < piece.ToMicroseconds && Modulo(instant - piece.Phase, piece.Interval) == 0));
                return ScheduleMath.Due(pieces, from, to) == expected;
            }));

    [Fact]
    public void A_stretch_without_an_end_goes_on()
        => new SchedulePiece(1_000_001, null, 1000, 0, 0).Slots(0, 10_000).ShouldBe(new SlotRun(2000, 1000, 8));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3_599_999, 0)]
    [InlineData(3_600_000, 1)]
    [InlineData(-1, -1)]
    [InlineData(-3_600_000, -1)]
    [InlineData(-3_600_001, -2)]
    public void Hours_begin_at_the_epoch_both_ways(long milliseconds, long hour) => Storage.Schedules.Instants.HourOf(milliseconds).ShouldBe(hour);

    private static IEnumerable<long> Instants(long from, long to)
    {
        for (var instant = from; instant < to; instant++)
            yield return instant;
    }

    private static long Modulo(long value, long divisor) => ((value % divisor) + divisor) % divisor;
}
