using System.Collections.Immutable;
using System.Globalization;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Records;

/// <summary>
/// What one result of a lane mostly has in common with the next: everything but its numbers. Kept once, and named by the rows.
/// </summary>
internal sealed class Shape
{
    private const byte HasResult = 1;
    private const byte IsTruncated = 2;
    private const byte HasAddress = 4;
    private const byte StartsWithFigure = 8;
    private const byte AttemptIsResult = 16;

    private Shape(byte[] bytes) => Bytes = bytes;

    /// <summary>Its form on disk; shapes with the same bytes are the same.</summary>
    public byte[] Bytes { get; }

    /// <summary>How many whole numbers a row of it has; none when it is the manager's own record.</summary>
    public int Wholes { get; private init; }

    /// <summary>Names and units of a row's measured values.</summary>
    public ImmutableArray<(string Name, int Ordinal, string Unit)> Measurements { get; private init; } = [];

    /// <summary>Whether the monitor's process was kept from running during the check, so that its times say nothing of the target.</summary>
    public bool IsStarved { get; private init; }

    /// <summary>Rows of shapes with the same layout have the same numbers and share columns.</summary>
    public string Layout => string.Join('|', Measurements.Select(each => $"{each.Name}/{each.Ordinal}/{each.Unit}").Prepend(Wholes.ToString(CultureInfo.InvariantCulture)));

    private byte Flags { get; init; }

    private string Message { get; init; } = "";

    private string? Address { get; init; }

    private Trigger Trigger { get; init; }

    private ImmutableArray<TextAttribute> Attributes { get; init; } = [];

    private ImmutableArray<(Outcome Outcome, Cause Cause)> Attempts { get; init; } = [];

    /// <summary>Writes the shape of a record that the manager made itself: its message.</summary>
    public static void Write(string message, ByteWriter shape)
    {
        shape.Byte(0);
        shape.Text(message);
    }

    /// <summary>Takes a result apart: its shape, and its numbers, the elapsed time first.</summary>
    public static void Write(CheckResult result, long revision, ByteWriter shape, Span<long> wholes, out int wholeCount)
    {
        var hasFigure = LeadingFigure.TryTake(result.Message, out var figure, out var rest);
        var attemptIsResult = result.Attempts is [var attempt] && attempt == new Attempt(result.Started, result.Elapsed, result.Outcome, result.Cause);
        shape.Byte((byte)(HasResult
            | (result.Truncated ? IsTruncated : 0)
            | (result.ResolvedAddress is null ? 0 : HasAddress)
            | (hasFigure ? StartsWithFigure : 0)
            | (attemptIsResult ? AttemptIsResult : 0)));
        shape.Byte((byte)result.Trigger);
        shape.Number(revision);
        if (result.ResolvedAddress is not null)
            shape.Text(result.ResolvedAddress);
        shape.Text(rest);
        shape.Count(result.Measurements.Length);
        foreach (var measurement in result.Measurements)
        {
            shape.Text(measurement.Name);
            shape.Count(measurement.Ordinal);
            shape.Text(measurement.Unit);
        }

        shape.Count(result.Attributes.Length);
        foreach (var attribute in result.Attributes)
        {
            shape.Text(attribute.Name);
            shape.Text(attribute.Value);
        }

        var started = Microseconds(result.Started);
        var elapsed = Microseconds(result.Elapsed);
        wholes[0] = elapsed;
        wholes[1] = started - (result.Slot.DueUnixMilliseconds * 1000);
        wholes[2] = Microseconds(result.QueueWait);
        wholes[3] = Microseconds(result.ClockError);
        wholeCount = 4;
        if (hasFigure)
            wholes[wholeCount++] = figure - elapsed;
        if (attemptIsResult)
            return;

        shape.Count(result.Attempts.Length);
        foreach (var each in result.Attempts)
        {
            shape.Byte((byte)each.Outcome);
            shape.Count((long)each.Cause);
            wholes[wholeCount++] = Microseconds(each.Started) - started;
            wholes[wholeCount++] = Microseconds(each.Elapsed);
        }
    }

    /// <summary>The most whole numbers that <see cref="Write(CheckResult, long, ByteWriter, Span{long}, out int)"/> gives for a result.</summary>
    public static int MostWholes(CheckResult result) => 5 + (2 * result.Attempts.Length);

    public static Shape Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var flags = reader.Byte();
        if ((flags & HasResult) == 0)
            return new Shape(bytes.ToArray()) { Flags = flags, Message = reader.Text() };

        var trigger = (Trigger)reader.Byte();
        _ = reader.Number(); // the revision: for people with a database shell
        var address = (flags & HasAddress) == 0 ? null : reader.Text();
        var message = reader.Text();
        var measurements = ImmutableArray.CreateBuilder<(string, int, string)>(reader.Items());
        for (var i = measurements.Capacity; i > 0; i--)
            measurements.Add((reader.Text(), (int)reader.Count(), reader.Text()));
        var attributes = ImmutableArray.CreateBuilder<TextAttribute>(reader.Items());
        for (var i = attributes.Capacity; i > 0; i--)
            attributes.Add(new TextAttribute(reader.Text(), reader.Text()));
        var attempts = ImmutableArray.CreateBuilder<(Outcome, Cause)>((flags & AttemptIsResult) == 0 ? reader.Items() : 0);
        for (var i = attempts.Capacity; i > 0; i--)
            attempts.Add(((Outcome)reader.Byte(), (Cause)reader.Count()));
        var wholes = 4 + ((flags & StartsWithFigure) == 0 ? 0 : 1) + (2 * attempts.Count);
        return new Shape(bytes.ToArray())
        {
            Flags = flags,
            Trigger = trigger,
            Address = address,
            Message = message,
            IsStarved = measurements.Any(each => each.Item1 == QualityNames.Starved),
            Measurements = measurements.MoveToImmutable(),
            Attributes = attributes.MoveToImmutable(),
            Attempts = attempts.MoveToImmutable(),
            Wholes = wholes,
        };
    }

    /// <summary>The record that a row of this shape stands for.</summary>
    public StoredRecord Record(JobId job, in Row row)
    {
        var (isProvisional, isLate) = ((row.Flags & Row.Provisional) != 0, (row.Flags & Row.Late) != 0);
        var slot = new Slot(row.Slot);
        if ((Flags & HasResult) == 0)
            return new StoredRecord(slot, row.Outcome, row.Cause, isProvisional, isLate, Message, null);

        var started = Instants.Of((row.Slot * 1000) + row.Wholes[1]);
        var elapsed = Span(row.Wholes[0]);
        var next = 4;
        var message = (Flags & StartsWithFigure) == 0 ? Message : LeadingFigure.Put(row.Wholes[0] + row.Wholes[next++], Message);
        var measurements = ImmutableArray.CreateBuilder<Measurement>(Measurements.Length);
        for (var i = 0; i < Measurements.Length; i++)
            measurements.Add(new Measurement(Measurements[i].Name, Measurements[i].Ordinal, row.Values[i], Measurements[i].Unit));
        var attempts = ImmutableArray.CreateBuilder<Attempt>();
        if ((Flags & AttemptIsResult) != 0)
            attempts.Add(new Attempt(started, elapsed, row.Outcome, row.Cause));
        foreach (var (outcome, cause) in Attempts)
            attempts.Add(new Attempt(started.AddTicks(row.Wholes[next++] * TimeSpan.TicksPerMicrosecond), Span(row.Wholes[next++]), outcome, cause));
        var result = new CheckResult(job, slot, row.Outcome, row.Cause, started, Span(row.Wholes[2]), elapsed, Span(row.Wholes[3]), Address, message)
        {
            Measurements = measurements.MoveToImmutable(),
            Attributes = Attributes,
            Attempts = attempts.ToImmutable(),
            Trigger = Trigger,
            Truncated = (Flags & IsTruncated) != 0,
        };
        return new StoredRecord(slot, row.Outcome, row.Cause, isProvisional, isLate, message, result);
    }

    private static long Microseconds(DateTimeOffset instant) => Instants.Microseconds(instant);

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static TimeSpan Span(long microseconds) => TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}

/// <summary>
/// The message of a result that is Up begins with its main figure, <c>71.301 ms</c>: the one part that is never the same again.
/// </summary>
internal static class LeadingFigure
{
    private const string Unit = " ms";

    /// <summary>Takes the figure off, in microseconds, when putting it on again gives the very same text.</summary>
    public static bool TryTake(string message, out long microseconds, out ReadOnlySpan<char> rest)
    {
        rest = message;
        microseconds = 0;
        var point = message.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (point is < 1 or > 12 || message.Length < point + 4 + Unit.Length || message[point] != '.' || (point > 1 && message[0] == '0'))
            return false;
        if (message.AsSpan(point + 1, 3).ContainsAnyExceptInRange('0', '9') || !message.AsSpan(point + 4).StartsWith(Unit, StringComparison.Ordinal))
            return false;
        microseconds = (long.Parse(message.AsSpan(0, point), CultureInfo.InvariantCulture) * 1000) + long.Parse(message.AsSpan(point + 1, 3), CultureInfo.InvariantCulture);
        rest = message.AsSpan(point + 4 + Unit.Length);
        return true;
    }

    public static string Put(long microseconds, string rest)
    {
        var (whole, thousandths) = Math.DivRem(microseconds, 1000);
        return string.Create(CultureInfo.InvariantCulture, $"{whole}.{thousandths:000}{Unit}{rest}");
    }
}
