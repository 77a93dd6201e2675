using ActorMonitor.Storage.Records;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Records;

public class ColumnTests
{
    private static readonly Gen<long> Numbers = Gen.OneOf(
        Gen.Choose(-5, 5).Select(number => (long)number),
        Gen.Choose(0, 100_000).Select(number => (long)number),
        Gen.Elements(long.MinValue, long.MaxValue, long.MinValue + 1, 1L << 62, -(1L << 62)),
        Gen.Choose(int.MinValue, int.MaxValue).Two().Select(pair => ((long)pair.Item1 << 32) ^ pair.Item2));

    [Fact]
    public void Any_numbers_read_as_they_were_written()
        => Check.QuickThrowOnFailure(Prop.ForAll(Numbers.ListOf().ToArbitrary(), numbers =>
        {
            var writer = new ByteWriter();
            Column.Write(writer, numbers.ToArray());
            var reader = new ByteReader(writer.Written);
            var read = new long[numbers.Count];
            Column.Read(ref reader, read);
            return reader.Left == 0 && read.SequenceEqual(numbers);
        }));

    [Fact]
    public void Noise_takes_little_more_than_it_is_and_what_never_changes_nearly_nothing()
    {
        var random = new Random(1);
        // Twelve bits of noise, then a line with two bits of it.
        Size([.. Enumerable.Range(0, 1000).Select(_ => 1_000_000L + random.Next(4096))]).ShouldBeLessThan(1000 * 14 / 8);
        Size([.. Enumerable.Range(0, 1000).Select(i => (i * 98_765L) + random.Next(4))]).ShouldBeLessThan(1000 * 5 / 8);
        Size([.. Enumerable.Repeat(123_456_789L, 1000)]).ShouldBeLessThan(8);
    }

    [Fact]
    public void A_few_far_from_the_rest_cost_only_themselves()
    {
        var random = new Random(1);
        var numbers = Enumerable.Range(0, 1000).Select(i => i % 250 == 9 ? 1L << 50 : random.Next(256)).ToArray();
        Size(numbers).ShouldBeLessThan((1000 * 10 / 8) + (4 * 12));
    }

    [Fact]
    public void Decimals_and_ticks_over_a_unit_come_back_bit_by_bit()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.OneOf(
                Gen.Choose(0, int.MaxValue).Select(ticks => TimeSpan.FromTicks(ticks * 7919L).TotalMilliseconds),
                Gen.Choose(0, int.MaxValue).Select(ticks => TimeSpan.FromTicks(ticks * 7919L).TotalDays),
                Gen.Choose(-1000, 1000).Select(number => (double)number),
                Gen.Elements(0.1, 1 / 3.0, Math.PI, -0.0, double.Epsilon, double.MaxValue, 1e300, 97.5)).ToArbitrary(),
            value =>
            {
                var divisor = Decimals.Split(value, out var whole);
                return divisor == Decimals.None || BitConverter.DoubleToInt64Bits(Decimals.Join(divisor, whole)) == BitConverter.DoubleToInt64Bits(value);
            }));

    [Theory]
    [InlineData(12.3456)]
    [InlineData(200)]
    [InlineData(99.5)]
    public void Measured_times_are_whole_numbers_of_something(double value) => Decimals.Split(value, out _).ShouldNotBe(Decimals.None);

    private static int Size(long[] numbers)
    {
        var writer = new ByteWriter();
        Column.Write(writer, numbers);
        return writer.Length;
    }
}
