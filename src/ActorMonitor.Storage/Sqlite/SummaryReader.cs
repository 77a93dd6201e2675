using ActorMonitor.Messages;
using ActorMonitor.Storage.Latency;
using ActorMonitor.Storage.Records;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Adds up a range of a lane: whole hours from their rollups, the rest from raw records while there are any.</summary>
internal sealed class SummaryReader(LaneReader lanes)
{
    private readonly Database _database = lanes.Rows.Database;

    public RangeSummary Read(LaneKey key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (start, end) = (Instants.MillisecondsUp(from), Instants.MillisecondsUp(to));
        var tally = new Tally();
        var (first, last) = (start, end);
        if (end > start && lanes.Find(key) is { } lane)
        {
            (first, last) = Add(lane, start, end, tally, cancellationToken);
            foreach (var run in lanes.Runs(lane, first, last))
                tally.Add(run.Outcome, run.Slots.Count);
        }

        return new RangeSummary(
            first == start ? from : Instants.OfMilliseconds(first),
            last == end ? to : Instants.OfMilliseconds(last),
            tally[Outcome.Up],
            tally[Outcome.Degraded],
            tally[Outcome.Down],
            tally[Outcome.Unknown],
            tally[Outcome.Skipped],
            tally[Outcome.Lost],
            tally[Outcome.NotRunning],
            tally.Latency.Summary());
    }

    // Returns the range that has really been counted.
    private (long First, long Last) Add(long lane, long start, long end, Tally tally, CancellationToken cancellationToken)
    {
        var (firstHour, lastHour) = (Instants.HourOf(start), Instants.HourOf(end - 1));
        var raw = lanes.HotHours(lane, start, end);
        var rolledUp = AddWholeHours(lane, start, end, raw, tally);
        foreach (var chunk in lanes.Hours(lane, firstHour, lastHour))
        {
            if (!rolledUp.Contains(chunk.Hour))
                raw.Add(chunk.Hour);
        }

        foreach (var hour in raw)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (from, to) = (Math.Max(start, hour * Instants.Hour), Math.Min(end, (hour + 1) * Instants.Hour));
            foreach (var row in lanes.Records(lane, from, to, newestFirst: false))
                tally.Add(row);
        }

        // What is left are the ends of a range of which only rollups are there.
        var (first, last) = (start, end);
        if (!rolledUp.Contains(firstHour) && !raw.Contains(firstHour) && AddEnd(lane, firstHour, start, end, tally) is { } widened)
            (first, last) = (Math.Min(first, widened.From), lastHour == firstHour ? Math.Max(last, widened.To) : last);
        if (lastHour != firstHour && !rolledUp.Contains(lastHour) && !raw.Contains(lastHour) && AddEnd(lane, lastHour, start, end, tally) is { } atEnd)
            last = Math.Max(last, atEnd.To);
        return (first, last);
    }

    // An hour with rows that are not sealed yet has an old rollup, or none.
    private HashSet<long> AddWholeHours(long lane, long start, long end, SortedSet<long> unsealed, Tally tally)
    {
        var added = new HashSet<long>();
        var hours = Hourly(lane, (start + Instants.Hour - 1) / Instants.Hour, (end / Instants.Hour) - 1);
        while (hours.Step())
        {
            if (unsealed.Contains(hours.Number(0)))
                continue;
            Add(hours, tally);
            added.Add(hours.Number(0));
        }

        return added;
    }

    // Returns what of the hour has been counted, null when there is nothing of it.
    private (long From, long To)? AddEnd(long lane, long hour, long start, long end, Tally tally)
    {
        var fives = _database.Prepare("SELECT body FROM five WHERE id = ?").With(Keys.Of(hour, lane));
        if (fives.Step())
        {
            Rollups.ReadFives(new ByteReader(fives.Bytes(0)), hour, start, end, tally);
            fives.Reset();
            return (start / Instants.FiveMinutes * Instants.FiveMinutes, (end + Instants.FiveMinutes - 1) / Instants.FiveMinutes * Instants.FiveMinutes);
        }

        var hours = Hourly(lane, hour, hour);
        if (!hours.Step())
            return null;
        Add(hours, tally);
        hours.Reset();
        return (hour * Instants.Hour, (hour + 1) * Instants.Hour);
    }

    private Statement Hourly(long lane, long first, long last)
        => _database.Prepare("SELECT hour, up, degraded, down, unknown, skipped, lost, latency FROM hourly WHERE lane = ? AND hour >= ? AND hour <= ?")
            .With(lane).With(first).With(last);

    private static void Add(Statement hour, Tally tally)
    {
        for (var outcome = Outcome.Up; outcome <= Outcome.Lost; outcome++)
            tally.Add(outcome, hour.Number((int)outcome));
        var latency = new ByteReader(hour.Bytes(7));
        tally.Latency.Read(ref latency);
    }
}
