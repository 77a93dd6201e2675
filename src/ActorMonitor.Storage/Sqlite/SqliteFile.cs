using System.Globalization;
using System.Text;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// The file and those beside it: opening and checking it, and setting a damaged one aside. <c>store.since</c> repeats in a few
/// bytes since when there are records and when the last beat was, for when the file itself can no longer say; a failure that only
/// shows while running leaves <c>store.suspect</c>, so that the next opening does not trust the file again.
/// </summary>
internal sealed class SqliteFile(string folder)
{
    private const string Name = "store.db";
    private const int WriterCacheKibibytes = 16 * 1024;
    private const int ReaderCacheKibibytes = 2 * 1024;
    private static readonly string[] Companions = ["-wal", "-shm"];

    private readonly string _sidecar = System.IO.Path.Combine(folder, "store.since");
    private readonly string _suspect = System.IO.Path.Combine(folder, "store.suspect");

    public string Path { get; } = System.IO.Path.Combine(folder, Name);

    /// <summary>The file and its log.</summary>
    public long Bytes => Length(Path) + Length(Path + Companions[0]);

    /// <summary>Opens the connection that writes, made or migrated and checked; a damaged file is moved away first.</summary>
    public (Database Database, StoreOpening Opening) Open(TimeProvider time, StoreSettings settings)
    {
        var now = time.GetUtcNow();
        try
        {
            _ = Directory.CreateDirectory(folder);
            var damage = Suspicion();
            if (damage is null)
            {
                try
                {
                    return OpenChecked(now);
                }
                catch (StoreException e) when (e.Fault == StoreFault.Damaged)
                {
                    damage = e.Message;
                }
            }

            return OpenAnew(now, settings, damage);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(StoreFault.ReadOnly, $"{folder} may not be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StoreException(StoreFault.Other, $"{folder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>One more connection that writes, after the one before had failed.</summary>
    public Database Reopen() => Prepared(Database.Open(Path, isReadOnly: false), WriterCacheKibibytes);

    public Database OpenReader() => Prepared(Database.Open(Path, isReadOnly: true), ReaderCacheKibibytes);

    /// <summary>Notes that the file is not to be opened again as it is.</summary>
    public void Suspect(string damage)
    {
        try
        {
            File.WriteAllText(_suspect, damage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The check at the next opening finds what it can by itself.
        }
    }

    /// <summary>Repeats the two instants beside the file.</summary>
    public void Note(long createdMicroseconds, long beatMicroseconds)
    {
        try
        {
            var temporary = _sidecar + ".tmp";
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{createdMicroseconds} {beatMicroseconds}\n")));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, _sidecar, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is the second copy of what has just been committed; the next one comes soon.
        }
    }

    private (Database Database, StoreOpening Opening) OpenChecked(DateTimeOffset now)
    {
        var isNew = Length(Path) == 0;
        var database = Database.Open(Path, isReadOnly: false, mayCreate: true);
        try
        {
            if (isNew)
            {
                // Only before the first table; then free pages can be given back.
                database.Execute("PRAGMA auto_vacuum = INCREMENTAL");
            }
            else
            {
                Schema.Check(database, Path);
                Check(database);
            }

            Prepared(database, WriterCacheKibibytes);
            isNew = Schema.Bring(database, Instants.Microseconds(now));
            var beat = database.Number("SELECT value FROM meta WHERE name = 'beat'");
            return (database, new StoreOpening(isNew, null, null, null, beat is { } last ? Instants.Of(last) : null, null));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private (Database Database, StoreOpening Opening) OpenAnew(DateTimeOffset now, StoreSettings settings, string damage)
    {
        var (created, beat) = Salvage();
        var setAside = SetAside(now);
        File.Delete(_suspect);
        var (database, opening) = OpenChecked(now);
        // Older records than these were not kept even while the file was whole.
        var since = created is { } from && beat is { } to ? Math.Max(from, Horizon.Of(to / 1000, settings.Raw) * 1000) : created;
        return (database, opening with
        {
            SetAside = setAside,
            Damage = damage,
            LostFrom = since is { } lost ? Instants.Of(lost) : null,
            LastBeat = beat is { } last ? Instants.Of(last) : null,
        });
    }

    private string? Suspicion()
    {
        if (!File.Exists(_suspect))
            return null;
        if (Length(Path) > 0)
            return File.ReadAllText(_suspect);
        File.Delete(_suspect);
        return null;
    }

    // Every page is read, and everything that points to another is followed.
    private void Check(Database database)
    {
        var check = database.Prepare("PRAGMA quick_check(1)");
        var found = check.Step() ? check.Text(0) : "the check said nothing";
        check.Reset();
        if (found != "ok")
            throw new StoreException(StoreFault.Damaged, $"{Path}: it is damaged ({found.ReplaceLineEndings("; ")})");
    }

    private static Database Prepared(Database database, int cacheKibibytes)
    {
        try
        {
            database.Execute($"""
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA foreign_keys = OFF;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -{cacheKibibytes};
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 33554432;
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    // Whatever the damaged file still says, else what has been noted beside it.
    private (long? Created, long? Beat) Salvage()
    {
        long? created = null;
        long? beat = null;
        try
        {
            using var database = Database.Open(Path, isReadOnly: true);
            created = database.Number("SELECT value FROM meta WHERE name = 'created'");
            beat = database.Number("SELECT value FROM meta WHERE name = 'beat'");
        }
        catch (StoreException)
        {
            // That is what the copy is for.
        }

        if ((created is null || beat is null) && File.Exists(_sidecar))
        {
            var parts = File.ReadAllText(_sidecar).Split(' ', StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var since) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var last))
                (created, beat) = (created ?? since, beat ?? last);
        }

        return (InRange(created), InRange(beat));
    }

    // A damaged file may say anything.
    private static long? InRange(long? microseconds)
        => microseconds is >= 0 and < 221_845_392_000_000_000 ? microseconds : null;

    private string SetAside(DateTimeOffset now)
    {
        var stamp = $"{Path}.damaged-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        var target = stamp;
        for (var i = 2; File.Exists(target); i++)
            target = $"{stamp}-{i}";
        File.Move(Path, target, overwrite: false);
        foreach (var companion in Companions)
        {
            if (File.Exists(Path + companion))
                File.Move(Path + companion, target + companion, overwrite: false);
        }

        return target;
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
