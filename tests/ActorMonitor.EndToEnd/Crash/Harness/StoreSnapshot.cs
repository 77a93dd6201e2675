using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;
using SQLitePCL;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>A record as a manager stored it.</summary>
internal readonly record struct Kept(Outcome Outcome, Cause Cause, bool IsLate, bool HasResult, string Message);

/// <summary>A manager's store as it was at one moment: a copy of its file, taken beside the manager, and what is in it.</summary>
internal sealed class StoreSnapshot
{
    private const string FileName = "store.db";
    private const int PageOfRecords = 10_000;

    private readonly Dictionary<string, List<long>> _slots = new(StringComparer.Ordinal);

    private StoreSnapshot()
    {
    }

    /// <summary>The newest beat: what was decided before it is in here.</summary>
    internal DateTimeOffset At { get; private init; }

    internal ImmutableArray<LedgerRow> Ledger { get; private init; } = [];

    internal Dictionary<SlotOf, Kept> Records { get; } = [];

    /// <summary>Slots that have more than one record.</summary>
    internal List<SlotOf> Twice { get; } = [];

    /// <summary>The slots of a job that have a record, in order.</summary>
    internal List<long> SlotsOf(string job) => _slots.GetValueOrDefault(job) ?? [];

    /// <summary>The file of the store in a manager's data folder.</summary>
    internal static string FileOf(string managerData) => Directory.GetFiles(managerData, FileName, SearchOption.AllDirectories).Single();

    internal static async Task<StoreSnapshot> TakeAsync(string managerData)
    {
        var folder = Directory.CreateTempSubdirectory("actormonitor-e2e-store-").FullName;
        try
        {
            Copy(FileOf(managerData), Path.Combine(folder, FileName));
            await using var store = await SqliteStore.OpenAsync(folder, StoreSettings.Default, TimeProvider.System, CancellationToken.None);
            if (store.Opening.Damage is { } damage)
                throw new InvalidOperationException($"the copy of the store is damaged: {damage}");
            return await ReadAsync(store);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Overwrites a few pages of a store that nobody has open, but for the first.</summary>
    internal static void DamagePages(string path, Random random)
    {
        const int page = 4096;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var garbage = new byte[page];
        // Some pages may be free, where damage does no harm and is not looked for.
        for (var i = 0; i < 8; i++)
        {
            random.NextBytes(garbage);
            file.Position = page * random.NextInt64(1, Math.Max(2, file.Length / page));
            file.Write(garbage);
        }
    }

    // One transaction that reads, while the manager goes on writing.
    private static void Copy(string from, string to)
    {
        Batteries_V2.Init();
        using var database = Checked(raw.sqlite3_open_v2(from, out var handle, raw.SQLITE_OPEN_READONLY, null), handle);
        _ = raw.sqlite3_busy_timeout(database, 10_000);
        _ = Checked(raw.sqlite3_exec(database, $"VACUUM INTO '{to}'"), database);
    }

    private static sqlite3 Checked(int code, sqlite3 database)
        => code == raw.SQLITE_OK ? database : throw new InvalidOperationException($"the store cannot be copied: {raw.sqlite3_errmsg(database).utf8_to_string()}");

    private static async Task<StoreSnapshot> ReadAsync(SqliteStore store)
    {
        var at = store.Opening.LastBeat ?? throw new InvalidOperationException("the store has no beat");
        var snapshot = new StoreSnapshot { At = at, Ledger = await store.LedgerAsync(null, at, CancellationToken.None) };
        foreach (var row in snapshot.Ledger)
        {
            var from = DateTimeOffset.UnixEpoch;
            while (await store.RecordsAsync(row.Lane, from, DateTimeOffset.MaxValue, PageOfRecords, newestFirst: false, CancellationToken.None) is { Length: > 0 } page)
            {
                foreach (var record in page)
                    snapshot.Add(row.Lane.Job.Name, record);
                from = page[^1].Slot.Due.AddMilliseconds(1);
            }
        }

        return snapshot;
    }

    private void Add(string job, StoredRecord record)
    {
        var slot = new SlotOf(job, record.Slot.DueUnixMilliseconds);
        if (!Records.TryAdd(slot, new Kept(record.Outcome, record.Cause, record.IsLate, record.Result is not null, record.Outcome == Outcome.Lost ? record.Message : "")))
            Twice.Add(slot);
        if (!_slots.TryGetValue(job, out var slots))
            _slots[job] = slots = [];
        slots.Add(slot.DueUnixMilliseconds);
    }
}
