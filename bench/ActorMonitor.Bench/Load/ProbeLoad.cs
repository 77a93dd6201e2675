using System.Diagnostics;
using System.Globalization;
using ActorMonitor.Messages;
using ActorMonitor.Probes;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Bench.Load;

/// <summary>
/// One probe by itself, without a node around it: so many checks at a time, for so long, against addresses that count up
/// from the first. Prints what a check costs this process.
/// </summary>
internal static class ProbeLoad
{
    public static async Task<int> RunAsync(Options options)
    {
        var service = options.Text("service", "tcp");
        var entry = ProbeCatalog.Entries.FirstOrDefault(each => each.Definition.Name == service) ?? throw new UsageException($"There is no service '{service}'.");
        var first = options.Text("host", "127.0.0.1");
        var targets = options.Number("targets", 1, max: 60_000);
        var port = options.Number("port", entry.Definition.DefaultPort ?? 0, min: 0, max: 65535);
        var parallel = options.Number("parallel", 64);
        var rate = options.Number("rate", 0, min: 0);
        var seconds = options.Number("seconds", 5);
        var rounds = options.Number("rounds", 5);
        var settings = SettingText.Map(options.Text("settings", ""));
        var expectations = SettingText.Map(options.Text("expect", ""));
        var figure = options.Text("figure", "");
        options.End();

        using var environment = new ProbeEnvironment(TimeProvider.System, new TargetResolver(TargetPolicy.Default));
        var probe = entry.Create(environment);
        var hosts = Hosts(first, targets);
        var figures = new System.Collections.Concurrent.ConcurrentBag<double>();
        var results = new List<(double PerSecond, double Cpu, double Allocated, double Up)>();
        for (var round = -1; round < rounds; round++)
        {
            var ups = 0L;
            var done = 0L;
            var next = -1;
            GC.Collect();
            var allocated = GC.GetTotalAllocatedBytes();
            var cpu = Measurement.Cpu();
            var started = Stopwatch.GetTimestamp();
            var end = TimeSpan.FromSeconds(seconds);
            await Task.WhenAll(Enumerable.Range(0, rate > 0 ? 1 : parallel).Select(_ => Task.Run(rate > 0 ? PacedAsync : WorkAsync)));
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (round < 0)
                figures.Clear();
            else
                results.Add((done / elapsed.TotalSeconds, (Measurement.Cpu() - cpu).TotalMicroseconds / done, (double)(GC.GetTotalAllocatedBytes() - allocated) / done, 100.0 * ups / done));

            async Task WorkAsync()
            {
                while (Stopwatch.GetElapsedTime(started) < end)
                    await OneAsync();
            }

            async Task PacedAsync()
            {
                var running = new List<Task>();
                for (var n = 0; Stopwatch.GetElapsedTime(started) < end; n++)
                {
                    var wait = TimeSpan.FromSeconds((double)n / rate) - Stopwatch.GetElapsedTime(started);
                    if (wait > TimeSpan.FromMilliseconds(1))
                        await Task.Delay(wait, TimeProvider.System);
                    running.Add(OneAsync());
                    if (running.Count > 2 * parallel)
                        running.RemoveAll(task => task.IsCompleted);
                }

                await Task.WhenAll(running);
            }

            async Task OneAsync()
            {
                var host = hosts[(int)((uint)Interlocked.Increment(ref next) % (uint)hosts.Length)];
                var result = await probe.ProbeAsync(new ProbeRequest("bench", host, port, TimeSpan.FromSeconds(5), settings, expectations), CancellationToken.None);
                _ = Interlocked.Increment(ref done);
                if (figure.Length > 0)
                {
                    foreach (var measured in result.Measurements)
                    {
                        if (measured.Name == figure)
                            figures.Add(measured.Value);
                    }
                }

                if (result.Outcome == Outcome.Up)
                    _ = Interlocked.Increment(ref ups);
                else if (Interlocked.Increment(ref _shown) <= 3)
                    Console.Error.WriteLine($"{result.Outcome} {result.Cause.Name()}: {result.Message}");
            }
        }

        (probe as IDisposable)?.Dispose();
        var median = results.OrderBy(result => result.Cpu).ElementAt(results.Count / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{service}: {median.PerSecond:0} checks/s, {median.Cpu:0.0} us CPU/check (min {results.Min(r => r.Cpu):0.0}, max {results.Max(r => r.Cpu):0.0}), {median.Allocated:0} B/check, {median.Up:0.0}% Up"));
        if (figures.Order().ToArray() is { Length: > 0 } sorted)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{figure}: p50 {sorted[sorted.Length / 2]:0.000}, p99 {sorted[sorted.Length * 99 / 100]:0.000}, p99.9 {sorted[sorted.Length * 999 / 1000]:0.000}, max {sorted[^1]:0.000}"));
        }

        return 0;
    }

    private static int _shown;

    private static string[] Hosts(string first, int count)
    {
        if (count == 1)
            return [first];
        var bytes = System.Net.IPAddress.Parse(first).GetAddressBytes();
        return [.. Enumerable.Range(0, count).Select(i => $"{bytes[0]}.{bytes[1]}.{bytes[2] + (i / 250)}.{1 + (i % 250)}")];
    }
}
