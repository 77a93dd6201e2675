namespace ActorMonitor.Storage.Sqlite;

/// <summary>The tables, and how a file of an older version gets them.</summary>
internal static class Schema
{
    /// <summary>The version that this program writes; a file says its own in user_version.</summary>
    public const int Version = 1;

    // Step i brings a file from version i to i + 1.
    private static readonly string[] Steps = [First];

    // hot      the records of the last hours, a row each, and late ones of older hours until they are sealed too.
    //          replaces: the outcome of a provisional record in the hour's chunk that this row stands for now, else 0.
    // shape    what rows of hot have in common (Records/Shape); it goes when no row can name it any more.
    // chunk    an hour of a lane (Records/Chunk); id = hour << 32 | lane, so that the oldest go from the front. The counts are of
    //          the rows in it. hold: 0 kept as raw, 1 as long as five-minute rollups, 2 as long as hourly ones.
    // run      slots of ranges: first, first + step, .. last.
    // five     the five-minute rollups of an hour of a lane, id as in chunk.
    // hourly   the rollup of an hour of a lane.
    private const string First = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE lane (
            id INTEGER PRIMARY KEY, job TEXT NOT NULL, monitor TEXT NOT NULL, grant_revision INTEGER, grant_until INTEGER, UNIQUE (job, monitor));
        CREATE TABLE schedule (
            lane INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER, interval INTEGER NOT NULL, phase INTEGER NOT NULL, open_for INTEGER NOT NULL,
            PRIMARY KEY (lane, since)) WITHOUT ROWID;
        CREATE TABLE hot (
            lane INTEGER NOT NULL, slot INTEGER NOT NULL, outcome INTEGER NOT NULL, cause INTEGER NOT NULL, flags INTEGER NOT NULL,
            replaces INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (lane, slot)) WITHOUT ROWID;
        CREATE TABLE shape (id INTEGER PRIMARY KEY AUTOINCREMENT, lane INTEGER NOT NULL, hour INTEGER NOT NULL, bytes BLOB NOT NULL);
        CREATE INDEX shape_of_lane ON shape (lane, hour);
        CREATE TABLE chunk (
            id INTEGER PRIMARY KEY, hold INTEGER NOT NULL, lane INTEGER NOT NULL, hour INTEGER NOT NULL, up INTEGER NOT NULL, degraded INTEGER NOT NULL,
            down INTEGER NOT NULL, unknown INTEGER NOT NULL, skipped INTEGER NOT NULL, lost INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX chunk_of_lane ON chunk (lane, hour, up, degraded, down, unknown, skipped, lost);
        CREATE TABLE run (
            lane INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, step INTEGER NOT NULL, outcome INTEGER NOT NULL, cause INTEGER NOT NULL,
            PRIMARY KEY (lane, first)) WITHOUT ROWID;
        CREATE TABLE five (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
        CREATE TABLE hourly (
            lane INTEGER NOT NULL, hour INTEGER NOT NULL, up INTEGER NOT NULL, degraded INTEGER NOT NULL, down INTEGER NOT NULL,
            unknown INTEGER NOT NULL, skipped INTEGER NOT NULL, lost INTEGER NOT NULL, latency BLOB NOT NULL, PRIMARY KEY (lane, hour)) WITHOUT ROWID;
        """;

    /// <summary>Refuses a file that a newer program has written.</summary>
    /// <exception cref="StoreException">It is one.</exception>
    public static void Check(Database database, string path)
    {
        var version = VersionOf(database);
        if (version > Version)
        {
            throw new StoreException(
                StoreFault.Other, $"{path} has been written by a newer version (its form is {version}, the newest known here is {Version}); start that version");
        }
    }

    /// <summary>Makes or migrates the tables, in one transaction.</summary>
    /// <returns>Whether there were none before.</returns>
    public static bool Bring(Database database, long nowMicroseconds)
    {
        var version = VersionOf(database);
        if (version == Version)
            return false;
        _ = database.Transaction(() =>
        {
            for (var step = version; step < Version; step++)
                database.Execute(Steps[step]);
            if (version == 0)
                database.Prepare("INSERT INTO meta (name, value) VALUES ('created', ?)").With(nowMicroseconds).Run();
            database.Execute($"PRAGMA user_version = {Version}");
            return true;
        });
        return version == 0;
    }

    private static long VersionOf(Database database) => database.Number("PRAGMA user_version") ?? 0;
}
