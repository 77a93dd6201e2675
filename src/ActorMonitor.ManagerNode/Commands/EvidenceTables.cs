using System.Globalization;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>Everything that a record proves, as tables.</summary>
internal static class EvidenceTables
{
    private const string Milliseconds = "ms";
    private const int MostInShort = 4;

    /// <summary>The record, its times in the order in which they were measured, its other numbers, its texts, its attempts.</summary>
    public static IEnumerable<ShellOutput> Of(SlotRecord record, bool isSlot)
    {
        var result = record.Result;
        yield return new TableHeader(
            new ShellColumn(isSlot ? "slot" : "time", ColumnKind.Instant), "monitor", new ShellColumn("outcome", ColumnKind.State), "cause",
            new ShellColumn("elapsed", ColumnKind.Duration), "address", "message");
        yield return new TableRow(
            record.Slot.Due, record.Monitor, record.Outcome.ToString(), CauseOf(record.Cause), HasRun(result) ? result!.Elapsed : ShellValue.None,
            result?.ResolvedAddress, record.Message);
        if (result is null)
        {
            yield return new TextLine("The manager decided this without a result of the monitor: there is no evidence.");
            yield break;
        }

        yield return new TableHeader("timing", new ShellColumn("took", ColumnKind.Duration));
        if (isSlot && HasRun(result))
            yield return new TableRow("start lateness", result.Started - record.Slot.Due);
        yield return new TableRow("queue wait", result.QueueWait);
        foreach (var time in result.Measurements.Where(IsTime))
            yield return new TableRow(NameOf(time), TimeSpan.FromMilliseconds(time.Value));

        foreach (var output in Numbers(result).Concat(Texts(result)).Concat(Attempts(result)))
            yield return output;
        if (result.Truncated)
            yield return new TextLine("A part of the evidence was left out: there was more than a result may hold.");
    }

    /// <summary>The first few numbers in one line; null when there are none.</summary>
    public static string? InShort(CheckResult? result)
    {
        if (result is null || result.Measurements.IsEmpty)
            return null;
        var more = result.Measurements.Length > MostInShort ? $", {result.Measurements.Length - MostInShort} more" : "";
        return string.Join(", ", result.Measurements.Take(MostInShort).Select(Text)) + more;
    }

    public static string? CauseOf(Cause cause) => cause == Cause.None ? null : cause.Name();

    private static IEnumerable<ShellOutput> Numbers(CheckResult result)
    {
        var numbers = result.Measurements.Where(measurement => !IsTime(measurement)).ToArray();
        if (numbers.Length == 0)
            yield break;
        yield return new TableHeader("measurement", new ShellColumn("value", ColumnKind.Number), "unit");
        foreach (var number in numbers)
            yield return new TableRow(NameOf(number), number.Value, number.Unit);
    }

    private static IEnumerable<ShellOutput> Texts(CheckResult result)
    {
        if (result.Attributes.IsEmpty)
            yield break;
        yield return new TableHeader("attribute", "value");
        foreach (var (name, value) in result.Attributes)
            yield return new TableRow(name, value);
    }

    // A single attempt says what the record says.
    private static IEnumerable<ShellOutput> Attempts(CheckResult result)
    {
        if (result.Attempts.Length < 2)
            yield break;
        yield return new TableHeader(
            new ShellColumn("attempt", ColumnKind.Number), new ShellColumn("started", ColumnKind.Instant), new ShellColumn("outcome", ColumnKind.State), "cause",
            new ShellColumn("elapsed", ColumnKind.Duration));
        for (var i = 0; i < result.Attempts.Length; i++)
        {
            var (started, elapsed, outcome, cause) = result.Attempts[i];
            yield return new TableRow((long)(i + 1), started, outcome.ToString(), CauseOf(cause), elapsed);
        }
    }

    private static bool HasRun(CheckResult? result) => result is { Attempts.Length: > 0 };

    // A time longer than any check may take is a number that was wrong at its source; it is shown as what it is.
    private static bool IsTime(Measurement measurement) => measurement.Unit == Milliseconds && Math.Abs(measurement.Value) < TimeSpan.FromDays(10_000).TotalMilliseconds;

    private static string NameOf(Measurement measurement)
        => measurement.Ordinal == 0 ? measurement.Name : string.Create(CultureInfo.InvariantCulture, $"{measurement.Name} [{measurement.Ordinal}]");

    private static string Text(Measurement measurement)
        => IsTime(measurement)
            ? $"{NameOf(measurement)} {(ShellValue)TimeSpan.FromMilliseconds(measurement.Value)}"
            : $"{NameOf(measurement)} {(ShellValue)measurement.Value} {measurement.Unit}".TrimEnd();
}
