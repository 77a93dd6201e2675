using ActorMonitor.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Sqlite;

/// <summary>What upkeep costs: time, bytes, and the file's size.</summary>
public sealed class SqliteUpkeepTests : IDisposable
{
    private static readonly DateTimeOffset Noon = Sample.Noon;
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;

    private string File => Path.Combine(_folder, "store.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_piece_of_upkeep_ends_once_its_time_is_up_and_the_next_goes_on()
    {
        var time = new TickingTime(Noon);
        await using var store = await SqliteStore.OpenAsync(_folder, StoreSettings.Default, time, default);
        var lanes = Enumerable.Range(0, 100).Select(i => Sample.Lane($"job-{i}")).ToArray();
        await store.WriteAsync([.. lanes.Select(lane => new SetSchedule(lane, new LaneSchedule(Noon, 60_000, 0, TimeSpan.FromSeconds(10))))], default);
        await store.WriteAsync([.. lanes.SelectMany(lane => Enumerable.Range(0, 3).Select(i => new KeepResult(lane, Sample.Https(lane, Noon.AddMinutes(i), i), 1)))], default);

        // A step takes a tick of 5 ms here, so four fit into a piece.
        (await store.MaintainAsync(Noon.AddHours(4), default)).ShouldBeTrue();
        (await store.StatusAsync(default)).OpenRecords.ShouldBe(300 - (4 * 3));
        var pieces = 1;
        while (await store.MaintainAsync(Noon.AddHours(4), default))
            pieces++;
        pieces.ShouldBeGreaterThan(24);
        (await store.StatusAsync(default)).OpenRecords.ShouldBe(0);
        (await store.LedgerAsync(null, Noon.AddMinutes(2), default)).ShouldAllBe(row => row.Difference == 0 && row.Up == 3);
    }

    [Fact]
    public async Task A_sealed_result_of_https_takes_less_than_forty_bytes_of_the_file()
    {
        const int lanes = 40;
        await using (var store = await SqliteStore.OpenAsync(_folder, StoreSettings.Default, new ManualTime(Noon), default))
        {
            foreach (var lane in Enumerable.Range(0, lanes).Select(i => Sample.Lane($"job-{i}")))
            {
                await store.WriteAsync(
                    [
                        new SetSchedule(lane, new LaneSchedule(Noon, 10_000, 0, TimeSpan.FromSeconds(10))),
                        .. Enumerable.Range(0, 720).Select(i => new KeepResult(lane, Sample.Https(lane, Noon.AddSeconds(10 * i), i), 1)),
                    ],
                    default);
            }

            while (await store.MaintainAsync(Noon.AddHours(4), default))
            {
            }
        }

        using (var database = Database.Open(File, isReadOnly: false))
            database.Execute("VACUUM");
        ((double)new FileInfo(File).Length / (lanes * 720)).ShouldBeLessThan(40);
    }

    [Fact]
    public async Task A_file_over_a_lowered_bound_gets_smaller()
    {
        const long bound = 1 << 20;
        var lane = Sample.Lane();
        var time = new ManualTime(Noon);
        await using (var store = await SqliteStore.OpenAsync(_folder, StoreSettings.Default, time, default))
        {
            await store.WriteAsync([new SetSchedule(lane, new LaneSchedule(Noon, 1000, 0, TimeSpan.FromSeconds(10)))], default);
            for (var hour = 0; hour < 24; hour++)
                await store.WriteAsync([.. Enumerable.Range(hour * 3600, 3600).Select(i => new KeepResult(lane, Sample.Https(lane, Noon.AddSeconds(i), i), 1))], default);
            while (await store.MaintainAsync(Noon.AddHours(26), default))
            {
            }
        }

        new FileInfo(File).Length.ShouldBeGreaterThan(bound);
        await using (var store = await SqliteStore.OpenAsync(_folder, StoreSettings.Default with { MaxBytes = bound }, time, default))
        {
            while (await store.MaintainAsync(Noon.AddHours(26), default))
            {
            }

            (await store.StatusAsync(default)).Trimmed.ShouldBeGreaterThan(0);
        }

        new FileInfo(File).Length.ShouldBeLessThan(bound);
    }

    // Each look at the clock takes five milliseconds.
    private sealed class TickingTime(DateTimeOffset now) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => _ticks += 5 * TimeSpan.TicksPerMillisecond;
    }
}
