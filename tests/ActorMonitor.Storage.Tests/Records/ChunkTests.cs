using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Records;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using Outcome = ActorMonitor.Messages.Outcome;

namespace ActorMonitor.Storage.Tests.Records;

public class ChunkTests
{
    private static readonly LaneKey Lane = Sample.Lane();

    private static readonly Gen<string> Texts = Gen.Elements("", "ok", "0.000 ms", "71.301 ms, status 200", "071.301 ms", "1.2 ms", "1.2345 ms", "123456789012.001 ms", "größer", "1234567890123.001 ms");
    private static readonly Gen<TimeSpan> Spans = Gen.OneOf(Gen.Choose(0, 100_000), Gen.Choose(0, int.MaxValue)).Select(microseconds => TimeSpan.FromMicroseconds(microseconds));

    private static readonly Gen<double> Values = Gen.OneOf(
        Gen.Choose(0, 10_000_000).Select(ticks => TimeSpan.FromTicks(ticks).TotalMilliseconds),
        Gen.Choose(-100, 100).Select(number => (double)number),
        Gen.Elements(1 / 3.0, Math.E, -0.0, 1e-300, double.MaxValue));

    private static readonly Gen<ImmutableArray<Measurement>> Measurements = Gen.Elements("rtt", "hop", "größe").SelectMany(name =>
        from count in Gen.Choose(0, 3)
        from values in Values.ListOf(count)
        select values.Select((value, i) => new Measurement(name, i, value, i == 0 ? "ms" : "count")).ToImmutableArray());

    private static readonly Gen<Attempt> Attempts =
        from started in Gen.Choose(-5_000_000, 60_000_000)
        from elapsed in Spans
        from outcome in Gen.Elements(Outcome.Up, Outcome.Down)
        select new Attempt(Sample.Noon.AddMicroseconds(started), elapsed, outcome, outcome == Outcome.Up ? Cause.None : Cause.Timeout);

    private static readonly Gen<StoredRecord> Records =
        from slot in Gen.Choose(0, 3_599_999)
        from outcome in Gen.Elements(Outcome.Up, Outcome.Up, Outcome.Up, Outcome.Degraded, Outcome.Down, Outcome.Unknown, Outcome.Skipped, Outcome.Lost)
        from cause in Gen.Elements(Enum.GetValues<Cause>())
        from flags in Gen.Choose(0, 3)
        from hasResult in Gen.Elements(true, true, false)
        from message in Texts
        from slip in Gen.Choose(-2_000_000, 30_000_000)
        from times in Spans.Three()
        from address in Gen.Elements(null, "192.0.2.1", "2001:db8::1")
        from measurements in Measurements
        from attributes in Gen.Choose(0, 3).SelectMany(count => Texts.ListOf(count)).Select(texts => texts.Select(text => new TextAttribute("text", text)).ToImmutableArray())
        from attempts in Attempts.ListOf(2)
        from ownAttempt in Gen.Choose(0, 2)
        from trigger in Gen.Elements(Trigger.Execute, Trigger.Grant)
        select Make(Sample.Noon.AddMilliseconds(slot), outcome, cause, flags, hasResult, message, slip, times, address, measurements, attributes, [.. attempts.Take(ownAttempt)], ownAttempt == 2, trigger);

    [Fact]
    public void Any_records_read_as_they_were_written_in_a_row_of_their_own_and_in_a_chunk()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Records.NonEmptyListOf().ToArbitrary(), records =>
        {
            var expected = records.DistinctBy(record => record.Slot).OrderBy(record => record.Slot).ToArray();
            var rows = expected.Select(Row).ToList();
            rows.Select((row, i) => (row, i)).ShouldAllBe(each => Same(each.row.Record(Lane.Job), expected[each.i]));
            var writer = new ByteWriter();
            Chunk.Write(writer, rows);
            var read = Chunk.Read(writer.Written);
            read.Count.ShouldBe(expected.Length);
            read.Select((row, i) => (row, i)).ShouldAllBe(each => Same(each.row.Record(Lane.Job), expected[each.i]));
            var index = Chunk.ReadIndex(writer.Written);
            index.Slots.ShouldBe(rows.Select(row => row.Slot));
            index.HasProvisional.ShouldBe(expected.Any(record => record.IsProvisional));
        }));

    [Fact]
    public void A_byte_that_is_not_as_it_was_is_noticed()
    {
        var writer = new ByteWriter();
        Chunk.Write(writer, [.. Enumerable.Range(0, 60).Select(i => Row(Of(i)))]);
        var bytes = writer.Written.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            Should.Throw<FormatException>(() => Chunk.Read(bytes));
            bytes[i] ^= 0x10;
        }

        Should.Throw<FormatException>(() => Chunk.Read(bytes.AsSpan(0, bytes.Length - 1)));
        Should.Throw<FormatException>(() => Chunk.Read([]));
        Chunk.Read(bytes).Count.ShouldBe(60);
    }

    [Fact]
    public void A_result_of_https_with_noise_in_all_its_times_takes_less_than_twenty_four_bytes()
    {
        var writer = new ByteWriter();
        Chunk.Write(writer, [.. Enumerable.Range(0, 360).Select(i => Row(Of(i)))]);
        ((double)writer.Length / 360).ShouldBeLessThan(24);
    }

    private static StoredRecord Of(int i)
    {
        var result = Sample.Https(Lane, Sample.Noon.AddSeconds(i * 10), i);
        return new StoredRecord(result.Slot, result.Outcome, result.Cause, false, false, result.Message, result);
    }

    private static Row Row(StoredRecord record)
    {
        var shape = new ByteWriter();
        var numbers = new ByteWriter();
        if (record.Result is { } result)
        {
            var wholes = new long[Shape.MostWholes(result)];
            Shape.Write(result, 3, shape, wholes, out var count);
            RowForm.WriteNumbers(numbers, wholes.AsSpan(0, count), result);
        }
        else
        {
            Shape.Write(record.Message, shape);
        }

        var read = Shape.Read(shape.Written);
        read.Bytes.ShouldBe(shape.Written.ToArray());
        var reader = new ByteReader(numbers.Written);
        var (whole, values) = RowForm.ReadNumbers(ref reader, read);
        reader.Left.ShouldBe(0);
        var flags = (record.IsProvisional ? Storage.Records.Row.Provisional : 0) | (record.IsLate ? Storage.Records.Row.Late : 0);
        return new Row(record.Slot.DueUnixMilliseconds, record.Outcome, record.Cause, (byte)flags, read, whole, values);
    }

    private static bool Same(StoredRecord actual, StoredRecord expected)
    {
        if (actual with { Result = null } != expected with { Result = null } || actual.Result is null != expected.Result is null)
            return false;
        return actual.Result is not { } a || expected.Result is not { } e
            || (a with { Measurements = [], Attributes = [], Attempts = [] } == e with { Measurements = [], Attributes = [], Attempts = [] }
                && a.Measurements.SequenceEqual(e.Measurements) && a.Attributes.SequenceEqual(e.Attributes) && a.Attempts.SequenceEqual(e.Attempts));
    }

    private static StoredRecord Make(
        DateTimeOffset due, Outcome outcome, Cause cause, int flags, bool hasResult, string message, int slip, (TimeSpan Elapsed, TimeSpan Wait, TimeSpan Error) times,
        string? address, ImmutableArray<Measurement> measurements, ImmutableArray<TextAttribute> attributes, ImmutableArray<Attempt> attempts, bool attemptIsResult, Trigger trigger)
    {
        var started = due.AddMicroseconds(slip);
        var result = new CheckResult(Lane.Job, Sample.Slot(due), outcome, cause, started, times.Wait, times.Elapsed, times.Error, address, message)
        {
            Measurements = measurements,
            Attributes = attributes,
            Attempts = attemptIsResult ? [new Attempt(started, times.Elapsed, outcome, cause)] : attempts,
            Trigger = trigger,
            Truncated = slip % 2 == 0,
        };
        return new StoredRecord(result.Slot, outcome, cause, (flags & 1) != 0, (flags & 2) != 0, message, hasResult ? result : null);
    }
}
