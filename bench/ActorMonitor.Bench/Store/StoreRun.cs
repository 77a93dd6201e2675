using System.Diagnostics;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;
using SQLitePCL;

namespace ActorMonitor.Bench.Store;

/// <summary>
/// The SQLite store under load: how many results of https it takes in a second with its upkeep running beside, and what each
/// costs; the bytes of a sealed result; the time of a query over 30 days of one job.
/// </summary>
internal static class StoreRun
{
    private const int IntervalSeconds = 10;
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(Options options)
    {
        var seconds = options.Number("seconds", 60, max: 3600);
        var lanes = options.Number("lanes", 1000, max: 100_000);
        var batch = options.Number("batch", 4000, max: 100_000);
        var rate = options.Number("rate", 0, min: 0);
        var hours = options.Number("hours", 6, max: 48);
        var days = options.Number("days", 30, min: 2, max: 365);
        var folder = options.Text("folder", Path.Combine(Path.GetTempPath(), $"store-bench-{Environment.ProcessId}"));
        options.End();

        try
        {
            await SustainAsync(Path.Combine(folder, "sustain"), TimeSpan.FromSeconds(seconds), lanes, batch, rate);
            await WeighAsync(Path.Combine(folder, "weigh"), Math.Min(lanes, 200), hours);
            await QueryAsync(Path.Combine(folder, "query"), days);
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    // Virtual time runs as fast as the results come: with 1,000 lanes at 10 s, 100 results are one second. After two of its hours
    // the upkeep seals as much as is written.
    private static async Task SustainAsync(string folder, TimeSpan duration, int lanes, int batch, int rate)
    {
        await using var store = await SqliteStore.OpenAsync(folder, StoreSettings.Default, new StandingTime(Start), default);
        var load = new HttpsLoad(lanes, IntervalSeconds, Start);
        await store.WriteAsync([.. load.Schedules()], default);
        for (var i = 0; i < 10; i++)
            await store.WriteAsync(load.Next(batch), default);

        var (written, made, upkeep) = (0L, TimeSpan.Zero, 0);
        var times = new List<double>();
        var began = Stopwatch.GetTimestamp();
        var cpu = Measurement.Cpu();
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            var making = Stopwatch.GetTimestamp();
            var writes = load.Next(batch).Add(new Beat(load.Now));
            made += Stopwatch.GetElapsedTime(making);
            var writing = Stopwatch.GetTimestamp();
            var effects = await store.WriteAsync(writes, default);
            times.Add(Stopwatch.GetElapsedTime(writing).TotalMilliseconds);
            if (effects.Any(effect => effect.Kind != EffectKind.Inserted))
                throw new InvalidOperationException("a result was not new");
            written += batch;
            // Upkeep keeps up with what is written: it takes turns with it.
            while (await store.MaintainAsync(load.Now, default) && ++upkeep % 4 != 0)
            {
            }

            if (rate > 0 && TimeSpan.FromSeconds((double)written / rate) - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } ahead)
                await Task.Delay(ahead, TimeProvider.System);
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        var used = Measurement.Cpu() - cpu;
        var status = await store.StatusAsync(default);
        var reading = Stopwatch.GetTimestamp();
        var books = await store.LedgerAsync(null, load.Now, default);
        var ledger = Stopwatch.GetElapsedTime(reading);
        if (books.Any(row => row.Difference != 0))
            throw new InvalidOperationException("the books have a difference");
        var sorted = times.Order().ToArray();
        Console.WriteLine(
            $"store write lanes={lanes} batch={batch}: {written / elapsed.TotalSeconds:N0} results/s over {elapsed.TotalSeconds:0} s, "
            + $"{used.TotalMicroseconds / written:0.0} us CPU/result with sealing, of it {made.TotalMicroseconds / written:0.0} us to make one "
            + $"({100 * used.TotalSeconds / elapsed.TotalSeconds:0}% of a core); "
            + $"a batch p50 {Measurement.Percentile(sorted, 50):0.0} ms, p99 {Measurement.Percentile(sorted, 99):0.0} ms, max {sorted[^1]:0.0} ms; "
            + $"{status.OpenRecords:N0} rows open, {written + (10 * batch) - status.OpenRecords:N0} sealed, {status.Bytes / 1e6:0} MB; "
            + $"the books of all lanes in {ledger.TotalMilliseconds:0} ms");
    }

    private static async Task WeighAsync(string folder, int lanes, int hours)
    {
        long results = lanes * hours * 3600L / IntervalSeconds;
        TimeSpan sealing;
        await using (var store = await SqliteStore.OpenAsync(folder, StoreSettings.Default, new StandingTime(Start), default))
        {
            var load = new HttpsLoad(lanes, IntervalSeconds, Start);
            await store.WriteAsync([.. load.Schedules()], default);
            for (var left = results; left > 0; left -= 2000)
                await store.WriteAsync(load.Next((int)Math.Min(2000, left)), default);
            var began = Stopwatch.GetTimestamp();
            while (await store.MaintainAsync(Start.AddHours(hours + 3), default))
            {
            }

            sealing = Stopwatch.GetElapsedTime(began);
            var status = await store.StatusAsync(default);
            if (status.OpenRecords > 0)
                throw new InvalidOperationException($"{status.OpenRecords} rows are not sealed");
        }

        var file = Path.Combine(folder, "store.db");
        var everything = PackedBytes(file);
        var raw = PackedBytes(file, "DELETE FROM five; DELETE FROM hourly;");
        Console.WriteLine(
            $"store size: {results:N0} sealed results of {lanes} lanes at {IntervalSeconds} s: {(double)raw / results:0.0} bytes of file a raw result, "
            + $"{(double)(everything - raw) / results:0.0} for its rollups; sealing took {sealing.TotalMicroseconds / results:0.0} us a result");
    }

    // The file's length without free pages.
    private static long PackedBytes(string file, string before = "")
    {
        var code = raw.sqlite3_open(file, out var database);
        if (code == raw.SQLITE_OK)
            code = raw.sqlite3_exec(database, before + "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
        database.Dispose();
        return code == raw.SQLITE_OK ? new FileInfo(file).Length : throw new InvalidOperationException($"SQLite says {code}");
    }

    private static async Task QueryAsync(string folder, int days)
    {
        var end = Start.AddDays(days);
        var long30 = HttpsLoad.Lane(0);
        var time = new StandingTime(Start);
        await using (var store = await SqliteStore.OpenAsync(folder, StoreSettings.Default, time, default))
        {
            var load = new HttpsLoad(4, IntervalSeconds, Start);
            await store.WriteAsync([.. load.Schedules()], default);
            while (load.Now < end)
            {
                time.MoveTo(load.Now);
                await store.WriteAsync([new Beat(load.Now), .. load.Next(4 * 360)], default);
                while (await store.MaintainAsync(load.Now, default))
                {
                }
            }
        }

        await using var reopened = await SqliteStore.OpenAsync(folder, StoreSettings.Default, time, default);
        var times = new List<double>();
        RangeSummary summary;
        do
        {
            var began = Stopwatch.GetTimestamp();
            summary = await reopened.SummaryAsync(long30, end.AddDays(-days).AddSeconds(17), end.AddSeconds(-17), default);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        while (times.Count < 51);
        var raws = Stopwatch.GetTimestamp();
        var week = await reopened.TransitionsAsync(long30, end.AddDays(-7), end, 1000, default);
        var transitions = Stopwatch.GetElapsedTime(raws);
        Console.WriteLine(
            $"store query: {days} days of one job at {IntervalSeconds} s ({summary.Total:N0} results, p99 {summary.Latency?.P99.TotalMilliseconds:0.0} ms) "
            + $"in {times[0]:0.0} ms at first, then p50 {Measurement.Percentile([.. times.Order()], 50):0.0} ms; "
            + $"the {week.Length} changes of its last 7 days in {transitions.TotalMilliseconds:0.0} ms");
    }
}
