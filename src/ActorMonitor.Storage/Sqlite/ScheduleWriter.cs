using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Keeps a lane's schedule history: stretches in order that never overlap, the last one open while the lane is due.</summary>
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
        if (lane.Pieces is [.., { ToMicroseconds: null } last]
            && last.FromMicroseconds <= piece.FromMicroseconds
            && last with { FromMicroseconds = piece.FromMicroseconds } == piece)
        {
            return false;
        }

        _ = Cut(database, lane, piece.FromMicroseconds);
        database.Prepare("INSERT INTO schedule (lane, since, until, interval, phase, open_for) VALUES (?, ?, NULL, ?, ?, ?)")
            .With(lane.Id).With(piece.FromMicroseconds).With(piece.Interval).With(piece.Phase).With(piece.OpenForMicroseconds)
            .Run();
        lane.Pieces.Add(piece);
        return true;
    }

    /// <summary>Ends the history at an instant; false when it has ended by then.</summary>
    public static bool End(Database database, WriterLane lane, long atMicroseconds) => Cut(database, lane, atMicroseconds);

    private static bool Cut(Database database, WriterLane lane, long at)
    {
        var later = lane.Pieces.RemoveAll(piece => piece.FromMicroseconds >= at);
        if (later > 0)
            database.Prepare("DELETE FROM schedule WHERE lane = ? AND since >= ?").With(lane.Id).With(at).Run();
        if (lane.Pieces.Count == 0 || lane.Pieces[^1].ToMicroseconds <= at)
            return later > 0;
        var last = lane.Pieces[^1];
        lane.Pieces[^1] = last with { ToMicroseconds = at };
        database.Prepare("UPDATE schedule SET until = ? WHERE lane = ? AND since = ?").With(at).With(lane.Id).With(last.FromMicroseconds).Run();
        return true;
    }
}
