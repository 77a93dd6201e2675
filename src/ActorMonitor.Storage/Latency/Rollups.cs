using ActorMonitor.Storage.Records;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Latency;

/// <summary>
/// Which rollups an hour of a lane gets, and how they are made: always from all records of the hour, never by adding to what
/// stands there. Each is made only where it holds ten slots or more; where it is not, what is finer is kept for its time.
/// </summary>
internal static class Rollups
{
    private const long SlotsAtLeast = 10;
    private const int PiecesOfHour = (int)(Instants.Hour / Instants.FiveMinutes);

    /// <summary>The finest level that stands in for raw records once they are old.</summary>
    public static RawHold HoldOf(long interval) => interval * SlotsAtLeast <= Instants.FiveMinutes ? RawHold.Raw
        : interval * SlotsAtLeast <= Instants.Hour ? RawHold.FiveMinutes
        : RawHold.OneHour;

    public static Tally OfHour(List<Row> rows)
    {
        var tally = new Tally();
        foreach (var row in rows)
            tally.Add(row);
        return tally;
    }

    /// <summary>Writes the five-minute rollups of an hour.</summary>
    public static void WriteFives(ByteWriter writer, long hour, List<Row> rows)
    {
        var pieces = new Tally?[PiecesOfHour];
        foreach (var row in rows)
            (pieces[PieceOf(hour, row.Slot)] ??= new Tally()).Add(row);
        writer.Count(pieces.Count(piece => piece is not null));
        for (var i = 0; i < pieces.Length; i++)
        {
            if (pieces[i] is not { } piece)
                continue;
            writer.Byte((byte)i);
            piece.Write(writer);
        }
    }

    /// <summary>Adds those of an hour's five-minute rollups that touch [from, to).</summary>
    public static void ReadFives(ByteReader reader, long hour, long from, long to, Tally into)
    {
        for (var left = reader.Items(); left > 0; left--)
        {
            var start = (hour * Instants.Hour) + (reader.Byte() * Instants.FiveMinutes);
            var piece = new Tally();
            piece.Read(ref reader);
            if (start < to && start + Instants.FiveMinutes > from)
                into.Add(piece);
        }
    }

    private static int PieceOf(long hour, long slot) => (int)((slot - (hour * Instants.Hour)) / Instants.FiveMinutes);
}

/// <summary>For how long an hour's raw records are kept. The numbers are on disk.</summary>
internal enum RawHold
{
    /// <summary>As raw records are: there are rollups of both levels.</summary>
    Raw = 0,

    /// <summary>As long as five-minute rollups: the lane is too slow for those.</summary>
    FiveMinutes = 1,

    /// <summary>As long as hourly rollups: the lane is too slow for these too.</summary>
    OneHour = 2,
}
