using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// Keeps a lane's schedule history: stretches that have no slot in common, in the order of their begins, one of them open while the lane is
/// due. After the begin of the open one there may be single slots of an older one: those that had their record before it was changed.
/// </summary>
internal static class ScheduleWriter
{
    public static IEnumerable<SchedulePiece> Read(Database database, long lane)
    {
        var statement = database.Prepare("SELECT since, until, interval, phase, open_for FROM schedule WHERE lane = ? ORDER BY since").With(lane);
        while (statement.Step())
            yield return new SchedulePiece(statement.Number(0), statement.NumberOrNull(1), statement.Number(2), statement.Number(3), statement.Number(4));
    }

    /// <summary>Follows a schedule from its From on; false when the one in force is the same.</summary>
    public static bool Set(Database database, WriterLane lane, LaneSchedule schedule)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(schedule.IntervalMilliseconds, 1, nameof(schedule));
        ArgumentOutOfRangeException.ThrowIfNegative(schedule.PhaseMilliseconds, nameof(schedule));
        var piece = new SchedulePiece(
            Instants.Microseconds(schedule.From),
            null,
            schedule.IntervalMilliseconds,
            schedule.PhaseMilliseconds,
            schedule.OpenFor.Ticks / TimeSpan.TicksPerMicrosecond);
        if (lane.Pieces.Find(each => each.ToMicroseconds is null) is { Interval: > 0 } last
            && last.FromMicroseconds <= piece.FromMicroseconds
            && last with { FromMicroseconds = piece.FromMicroseconds } == piece)
        {
            return false;
        }

        _ = Cut(database, lane, piece.FromMicroseconds);
        Add(database, lane, piece);
        return true;
    }

    /// <summary>Keeps one slot of a stretch that is no more.</summary>
    public static void Keep(Database database, WriterLane lane, long slot, SchedulePiece piece)
        => Add(database, lane, piece with { FromMicroseconds = slot * 1000, ToMicroseconds = (slot + 1) * 1000 });

    /// <summary>Ends the history at an instant; false when it has ended by then.</summary>
    public static bool End(Database database, WriterLane lane, long atMicroseconds) => Cut(database, lane, atMicroseconds);

    private static bool Cut(Database database, WriterLane lane, long at)
    {
        var later = lane.Pieces.RemoveAll(piece => piece.FromMicroseconds >= at);
        if (later > 0)
            database.Prepare("DELETE FROM schedule WHERE lane = ? AND since >= ?").With(lane.Id).With(at).Run();
        var open = lane.Pieces.FindIndex(piece => piece.ToMicroseconds is null || piece.ToMicroseconds > at);
        if (open < 0)
            return later > 0;
        var last = lane.Pieces[open];
        lane.Pieces[open] = last with { ToMicroseconds = at };
        database.Prepare("UPDATE schedule SET until = ? WHERE lane = ? AND since = ?").With(at).With(lane.Id).With(last.FromMicroseconds).Run();
        return true;
    }

    private static void Add(Database database, WriterLane lane, SchedulePiece piece)
    {
        database.Prepare("INSERT INTO schedule (lane, since, until, interval, phase, open_for) VALUES (?, ?, ?, ?, ?, ?)")
            .With(lane.Id).With(piece.FromMicroseconds).With(piece.ToMicroseconds).With(piece.Interval).With(piece.Phase).With(piece.OpenForMicroseconds)
            .Run();
        lane.Pieces.Add(piece);
    }
}
