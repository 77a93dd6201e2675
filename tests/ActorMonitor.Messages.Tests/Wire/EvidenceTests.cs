using System.Collections.Immutable;
using ActorMonitor.Messages.Wire;
using Google.Protobuf;
using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Wire;

public class EvidenceTests
{
    private static readonly CheckResult Small = new(
        new JobId("job"), new Slot(1), Outcome.Up, Cause.None, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, "127.0.0.1", "1 ms")
    {
        Measurements = [new Measurement("rtt", 0, 1, "ms")],
        Attributes = [new TextAttribute("a", "b")],
    };

    [Fact]
    public void A_result_within_the_bounds_stays_as_it_is() => Evidence.Fit(Small).ShouldBeSameAs(Small);

    [Fact]
    public void A_long_message_is_cut_and_the_result_marked()
    {
        var fit = Evidence.Fit(Small with { Message = new string('x', WireLimits.Text + 1) });

        fit.Truncated.ShouldBeTrue();
        fit.Message.ShouldBe(new string('x', WireLimits.Text - 3) + "...");
        fit.Measurements.ShouldBe(Small.Measurements);
        fit.Attributes.ShouldBe(Small.Attributes);
    }

    [Fact]
    public void A_character_of_two_halves_is_not_cut_in_two()
    {
        // The cut would fall between the halves of the last snowman-sized pair.
        var fit = Evidence.Fit(Small with { Message = string.Concat(Enumerable.Repeat("\U0001F600", WireLimits.Text)) });

        char.IsHighSurrogate(fit.Message[^4]).ShouldBeFalse();
        fit.Message.ShouldEndWith("...");
        fit.Message.Length.ShouldBeLessThanOrEqualTo(WireLimits.Text);
    }

    [Fact]
    public void A_long_attribute_is_cut_and_the_result_marked()
    {
        var fit = Evidence.Fit(Small with { Attributes = [new TextAttribute("body", new string('b', 5_000)), new TextAttribute("status", "200")] });

        fit.Truncated.ShouldBeTrue();
        fit.Attributes.Length.ShouldBe(2);
        fit.Attributes[0].Value.Length.ShouldBe(WireLimits.Text);
    }

    [Fact]
    public void Too_much_evidence_loses_its_end_and_keeps_its_beginning()
    {
        var measurements = Enumerable.Range(0, 5_000).Select(hop => new Measurement("hop.rtt", hop, hop, "ms")).ToImmutableArray();

        var fit = Evidence.Fit(Small with { Measurements = measurements });

        fit.Truncated.ShouldBeTrue();
        fit.Measurements.Length.ShouldBeInRange(500, WireLimits.Measurements);
        fit.Measurements.ShouldBe(measurements.Take(fit.Measurements.Length));
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(1.0, -1)]
    public void A_number_that_the_manager_would_refuse_is_left_out(double value, int ordinal)
    {
        var fit = Evidence.Fit(Small with { Measurements = [new Measurement("odd", ordinal, value, "ms"), new Measurement("rtt", 0, 1, "ms")] });

        fit.Truncated.ShouldBeTrue();
        fit.Measurements.ShouldHaveSingleItem().Name.ShouldBe("rtt");
    }

    [Fact]
    public void The_largest_evidence_in_pieces_of_any_size_fits()
    {
        // The most overhead for each measurement: a long form of every number.
        for (var characters = 0; characters <= WireLimits.Name; characters++)
        {
            var measurement = new Measurement("n", int.MaxValue, double.MaxValue, new string('\u4e2d', characters / 3) + new string('u', characters % 3));
            AssertFits(Largest() with { Measurements = [.. Enumerable.Repeat(measurement, 1_000)] });
            AssertFits(Largest() with { Attributes = [.. Enumerable.Repeat(new TextAttribute("n", new string('v', characters * 8)), 1_000)] });
        }
    }

    [Fact]
    public void Whatever_a_probe_found_its_result_fits_and_is_taken_by_the_manager()
    {
        var random = new Random(20261122);

        for (var round = 0; round < 1_000; round++)
        {
            AssertFits(Largest() with
            {
                ResolvedAddress = RandomText(random, 600),
                Message = RandomText(random, 3_000),
                Measurements = [.. Enumerable.Range(0, random.Next(1_000)).Select(_ => new Measurement(
                    RandomText(random, 150), random.Next(-5, int.MaxValue), BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)), RandomText(random, 20)))],
                Attributes = [.. Enumerable.Range(0, random.Next(300)).Select(_ => new TextAttribute(RandomText(random, 140), RandomText(random, 1_500)))],
                Attempts = [.. Enumerable.Repeat(new Attempt(DateTimeOffset.UnixEpoch.AddYears(100), TimeSpan.FromDays(1), Outcome.Lost, Cause.OutboxFull), random.Next(40))],
            });
        }
    }

    private static void AssertFits(CheckResult result)
    {
        var fit = Evidence.Fit(result);
        var bytes = WireWriter.Write(new Completed(SessionKey.New(), OutboxId.New(), long.MaxValue, new Epoch(long.MaxValue), -1, fit)).ToByteArray();

        bytes.Length.ShouldBeLessThanOrEqualTo(WireLimits.CompletedBytes);
        var read = WireReader.Read(CompletedMessage.Parser.ParseFrom(bytes)).Result;
        read.Measurements.Length.ShouldBe(fit.Measurements.Length);
        if (fit.Measurements.Length < result.Measurements.Length || fit.Attributes.Length < result.Attributes.Length || fit.Message != result.Message)
            read.Truncated.ShouldBeTrue();
    }

    private static CheckResult Largest() => new(
        new JobId(new string('\u4e2d', JobId.MaxLength)), new Slot(long.MaxValue / 10_000_000), Outcome.Lost, Cause.OutboxFull, DateTimeOffset.UnixEpoch.AddYears(5_000),
        TimeSpan.FromDays(9_000), TimeSpan.FromDays(9_000), TimeSpan.FromDays(9_000), new string('\u4e2d', WireLimits.Host), new string('\u4e2d', WireLimits.Text));

    // Narrow and wide characters, pairs and lone halves.
    private static string RandomText(Random random, int mostCharacters)
    {
        var text = new char[random.Next(mostCharacters)];
        var alphabet = random.Next(4);
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = alphabet switch
            {
                0 => (char)random.Next('a', 'z'),
                1 => (char)random.Next(0x80, 0x7FF),
                2 => (char)random.Next(0x4E00, 0x9FFF),
                _ => (char)random.Next(0xD800, 0xE000),
            };
        }

        return new string(text);
    }
}
