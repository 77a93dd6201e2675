using System.Collections.Immutable;
using ActorMonitor.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Sqlite;

/// <summary>What a file can suffer: killed writers, torn logs, garbage in its pages, a row taken out.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private static readonly LaneKey Lane = Sample.Lane();
    private static readonly DateTimeOffset Noon = Sample.Noon;
    private static readonly LaneSchedule EverySecond = new(Noon, 1000, 0, TimeSpan.FromSeconds(10));

    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;
    private readonly ManualTime _time = new(Noon);

    private string File => Path.Combine(_folder, "store.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_row_taken_out_shows_as_a_difference_of_one()
    {
        await using (var store = await Open())
        {
            await store.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 100)], default);
            (await Books(store, 99)).Difference.ShouldBe(0);
        }

        using (var database = Database.Open(File, isReadOnly: false))
            database.Execute($"DELETE FROM hot WHERE slot = {Noon.AddSeconds(50).ToUnixTimeMilliseconds()}");

        await using var again = await Open();
        var books = await Books(again, 99);
        (books.Up, books.Due, books.Difference).ShouldBe((99, 100, 1));
    }

    [Fact]
    public async Task A_chunk_taken_out_shows_as_a_difference_of_its_rows()
    {
        await using (var store = await Open())
        {
            await store.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 7200)], default);
            await Seal(store, Noon.AddHours(4));
            (await Books(store, 7199)).Difference.ShouldBe(0);
        }

        using (var database = Database.Open(File, isReadOnly: false))
            database.Execute("DELETE FROM chunk WHERE id = (SELECT min(id) FROM chunk)");

        await using var again = await Open();
        (await Books(again, 7199)).Difference.ShouldBe(3600);
    }

    [Fact]
    public async Task What_was_committed_before_a_kill_is_there()
    {
        await using var store = await Open();
        await store.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 100), new Beat(Noon.AddSeconds(100))], default);

        using var killed = Killed();
        await using var after = await SqliteStore.OpenAsync(killed.Folder, StoreSettings.Default, _time, default);

        after.Opening.ShouldBe(new StoreOpening(false, null, null, null, Noon.AddSeconds(100), Sample.Slot(Noon.AddSeconds(99))));
        (await Books(after, 99)).Difference.ShouldBe(0);
        (await after.WriteAsync([.. Results(98, 2), .. Results(100, 1)], default)).Select(effect => effect.Kind)
            .ShouldBe([EffectKind.Repeated, EffectKind.Repeated, EffectKind.Inserted]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_torn_end_of_the_log_takes_only_what_was_written_last(bool isCutOff)
    {
        await using var store = await Open();
        await store.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 100)], default);
        var whole = new FileInfo(File + "-wal").Length;
        await store.WriteAsync([.. Results(100, 100)], default);

        using var killed = Killed();
        await using (var log = new FileStream(Path.Combine(killed.Folder, "store.db-wal"), FileMode.Open))
        {
            var torn = whole + ((log.Length - whole) / 2);
            log.Position = torn;
            if (isCutOff)
                log.SetLength(torn);
            else
                log.Write(Garbage((int)(log.Length - torn)));
        }

        await using var after = await SqliteStore.OpenAsync(killed.Folder, StoreSettings.Default, _time, default);
        after.Opening.Damage.ShouldBeNull();
        (await Records(after)).Length.ShouldBe(100);
        (await Books(after, 99)).Difference.ShouldBe(0);
        (await after.WriteAsync([.. Results(100, 100)], default)).ShouldAllBe(effect => effect.Kind == EffectKind.Inserted);
    }

    [Theory]
    [InlineData(0)] // the header
    [InlineData(1)] // the schema, or what is beside it
    [InlineData(-1)] // anywhere in the middle
    public async Task A_damaged_file_is_set_aside_and_a_new_one_made(int page)
    {
        await using (var store = await Open())
        {
            await store.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 3000), new Beat(Noon.AddHours(1))], default);
            // The instants are noted beside the file once a minute.
            await store.WriteAsync([new Beat(Noon.AddHours(2))], default);
        }

        Spoil(page);
        _time.MoveTo(Noon.AddHours(3));
        var before = await System.IO.File.ReadAllBytesAsync(File);

        await using var after = await Open();

        after.Opening.IsNew.ShouldBeTrue();
        after.Opening.SetAside.ShouldBe(File + ".damaged-20261122T150000Z");
        after.Opening.Damage.ShouldNotBeNullOrWhiteSpace();
        (after.Opening.LostFrom, after.Opening.LastBeat, after.Opening.NewestSlot).ShouldBe((Noon, Noon.AddHours(2), null));
        (await System.IO.File.ReadAllBytesAsync(after.Opening.SetAside!)).ShouldBe(before);
        (await after.LanesAsync(default)).ShouldBeEmpty();
        (await after.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 10)], default)).ShouldAllBe(effect => effect.Kind == EffectKind.Inserted);
    }

    [Fact]
    public async Task Files_set_aside_are_never_overwritten()
    {
        for (var i = 0; i < 3; i++)
        {
            await System.IO.File.WriteAllBytesAsync(File, Garbage(8192));
            await using var store = await Open();
            store.Opening.SetAside.ShouldBe(File + ".damaged-20261122T120000Z" + (i == 0 ? "" : $"-{i + 1}"));
            (store.Opening.LostFrom, store.Opening.LastBeat).ShouldBe(i == 0 ? (null, null) : (Noon, Noon));
        }
    }

    [Fact]
    public async Task Damage_that_no_check_of_pages_finds_is_found_by_what_is_read_at_the_opening()
    {
        await SpoilChunk("max");

        await using var after = await Open();
        after.Opening.SetAside.ShouldNotBeNull();
        after.Opening.Damage!.ShouldContain("checksum");
    }

    [Fact]
    public async Task Damage_that_shows_only_while_running_is_set_aside_at_the_next_opening()
    {
        await SpoilChunk("min");

        await using (var store = await Open())
        {
            store.Opening.Damage.ShouldBeNull();
            (await Should.ThrowAsync<StoreException>(() => store.RecordsAsync(Lane, Noon, Noon.AddHours(1), 10, false, default))).Fault.ShouldBe(StoreFault.Damaged);
        }

        await using var after = await Open();
        after.Opening.SetAside.ShouldNotBeNull();
        after.Opening.Damage!.ShouldContain("checksum");
        (after.Opening.LostFrom, after.Opening.LastBeat).ShouldBe((Noon, Noon.AddHours(1)));
        await after.DisposeAsync();
        await using var last = await Open();
        (last.Opening.IsNew, last.Opening.SetAside).ShouldBe((false, null));
    }

    [Fact]
    public async Task A_newer_form_is_refused_with_a_reason_and_left_alone()
    {
        await using (await Open())
        {
        }

        using (var database = Database.Open(File, isReadOnly: false))
            database.Execute("PRAGMA user_version = 99");

        var refusal = await Should.ThrowAsync<StoreException>(Open);
        (refusal.Fault, refusal.Message.Contains("newer version", StringComparison.Ordinal)).ShouldBe((StoreFault.Other, true));
        Directory.GetFiles(_folder, "*damaged*").ShouldBeEmpty();
    }

    private static byte[] Garbage(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static IEnumerable<StoreWrite> Results(int first, int count)
        => Enumerable.Range(first, count).Select(i => new KeepResult(Lane, Sample.Https(Lane, Noon.AddSeconds(i), i), 1));

    private static Task<ImmutableArray<StoredRecord>> Records(SqliteStore store)
        => store.RecordsAsync(Lane, Noon, Noon.AddDays(1), 100_000, false, default);

    private static async Task<LedgerRow> Books(SqliteStore store, int seconds)
        => (await store.LedgerAsync(Lane.Job, Noon.AddSeconds(seconds), default)).Single();

    private static async Task Seal(SqliteStore store, DateTimeOffset now)
    {
        while (await store.MaintainAsync(now, default))
        {
        }
    }

    private async Task SpoilChunk(string which)
    {
        await using (var store = await Open())
        {
            await store.WriteAsync([new SetSchedule(Lane, EverySecond), .. Results(0, 7200), new Beat(Noon.AddHours(1))], default);
            await Seal(store, Noon.AddHours(4));
        }

        // Within the content, so that every page still points where it should.
        using var database = Database.Open(File, isReadOnly: false);
        database.Execute($"UPDATE chunk SET body = substr(body, 1, 100) || x'5a5a5a5a5a' || substr(body, 106) WHERE id = (SELECT {which}(id) FROM chunk)");
    }

    private Task<SqliteStore> Open() => SqliteStore.OpenAsync(_folder, StoreSettings.Default, _time, default);

    private void Spoil(int page)
    {
        const int pageBytes = 4096;
        using var file = new FileStream(File, FileMode.Open);
        file.Position = (page < 0 ? file.Length / pageBytes / 2 : page) * pageBytes;
        file.Write(Garbage(pageBytes));
    }

    // What a killed process leaves: the file and its log as they are at this moment.
    private KilledCopy Killed()
    {
        var copy = new KilledCopy();
        foreach (var file in Directory.GetFiles(_folder))
            System.IO.File.Copy(file, Path.Combine(copy.Folder, Path.GetFileName(file)));
        return copy;
    }

    private sealed class KilledCopy : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("store-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
