using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;

namespace ActorMonitor.Bench.Node;

/// <summary>
/// The whole path: a real manager and a real monitor run so many jobs for a while; what both processes cost for each check, and,
/// from the manager's store, which slots were missed and how late the others began.
/// </summary>
internal static class PathRun
{
    private const string Usage = "--mix takes services with how many jobs, for example tcp=5000,ping=10000.";

    public static async Task<int> RunAsync(Options options)
    {
        var mix = Mix(options.Text("mix", "tcp=10000"));
        var port = options.Number("port", 18022, max: 65535);
        var interval = options.Number("interval", 10, max: 3600);
        var blackHoled = options.Number("blackhole", 0, min: 0, max: 100);
        var warmUp = options.Number("warm-up", 20, min: 1);
        var seconds = options.Number("seconds", 60);
        var sample = options.Number("sample", 0, min: 0);
        var program = options.Text("program", "");
        var further = options.Text("set", "");
        options.End();

        var folder = Directory.CreateTempSubdirectory("actormonitor-path-").FullName;
        using var hole = blackHoled > 0 ? await BlackHole.OpenAsync() : null;
        var jobs = Jobs(mix, port, TimeSpan.FromSeconds(interval), blackHoled, hole?.Port ?? 0);
        await File.WriteAllTextAsync(Path.Combine(folder, "jobs.json"), jobs);
        if (program.Length == 0)
            program = NodeProcess.Program();
        var (from, to) = await RunNodesAsync(program, folder, further, (nodes, rate) => MeasureAsync(nodes, TimeSpan.FromSeconds(seconds), rate, sample), mix.Sum(each => each.Jobs) / (double)interval, TimeSpan.FromSeconds(warmUp));
        await ReportAsync(Path.Combine(folder, "manager", "manager"), from, to);
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static async Task<(DateTimeOffset From, DateTimeOffset To)> RunNodesAsync(
        string program, string folder, string further, Func<NodeProcess[], double, Task<(DateTimeOffset From, DateTimeOffset To)>> measure, double perSecond, TimeSpan warmUp)
    {
        string[] common = ["--set", "akka.remote.dot-netty.tcp.port=0", "--set", "actor-monitor.pbm.port=0", "--set", "actor-monitor.console=off", .. Sets(further)];
        var (monitor, address) = await NodeProcess.StartAsync(
            program, "monitor", ["monitor", "--set", "actor-monitor.monitor.name=m", "--set", "actor-monitor.monitor.queue=20000", "--set", $"actor-monitor.data={folder}/monitor", .. common]);
        await using var monitorEnd = monitor;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "manager.hocon"),
            $$"""
            actor-monitor { data = "{{folder}}/manager", manager { name = "boss", jobs = "jobs.json", monitors = [{ name = "m", address = "{{address}}" }] } }
            """);
        var (manager, _) = await NodeProcess.StartAsync(program, "manager", ["manager", "--config", Path.Combine(folder, "manager.hocon"), .. common]);
        await using var managerEnd = manager;
        await Task.Delay(warmUp, TimeProvider.System);
        var window = await measure([monitor, manager], perSecond);

        // What began in the last moments is to have ended.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        return window;
    }

    private static async Task<(DateTimeOffset From, DateTimeOffset To)> MeasureAsync(NodeProcess[] nodes, TimeSpan time, double perSecond, int sampleSeconds)
    {
        var cpu = Array.ConvertAll(nodes, node => node.Cpu);
        var memory = Array.ConvertAll(nodes, node => node.Megabytes);
        var most = 0.0;
        var from = TimeProvider.System.GetUtcNow();
        var watch = Stopwatch.StartNew();
        var next = TimeSpan.FromSeconds(sampleSeconds);
        while (watch.Elapsed < time)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp((time - watch.Elapsed).TotalMilliseconds, 1, 250)), TimeProvider.System);
            most = Math.Max(most, nodes.Sum(node => node.Megabytes));
            if (sampleSeconds > 0 && watch.Elapsed >= next)
            {
                next += TimeSpan.FromSeconds(sampleSeconds);
                Console.WriteLine($"  {watch.Elapsed.TotalSeconds:0} s: " + string.Join("; ", nodes.Select(node => $"{node.Name} {node.Megabytes:0} MB, {node.Threads} threads, {node.Handles} handles")));
            }
        }

        var checks = perSecond * watch.Elapsed.TotalSeconds;
        var total = 0.0;
        for (var i = 0; i < nodes.Length; i++)
        {
            var each = (nodes[i].Cpu - cpu[i]).TotalMicroseconds / checks;
            total += each;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{nodes[i].Name}: {each:0.0} us CPU/check; {memory[i]:0} MB at the start, {nodes[i].Megabytes:0} at the end, {nodes[i].MostMegabytes:0} at most; {nodes[i].Threads} threads, {nodes[i].Handles} handles"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"both: {total:0.0} us CPU/check at {perSecond:0} checks/s, {most:0} MB together at most; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
        return (from, TimeProvider.System.GetUtcNow());
    }

    private static async Task ReportAsync(string folder, DateTimeOffset from, DateTimeOffset to)
    {
        await using var store = await SqliteStore.OpenAsync(folder, StoreSettings.Default, TimeProvider.System, default);
        var lateness = new Dictionary<bool, List<double>> { [true] = [], [false] = [] };
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (due, ran) = (0L, 0L);
        foreach (var lane in await store.LanesAsync(default))
        {
            if (lane.Schedule is not { } schedule)
                continue;
            due += SlotsBefore(schedule, to) - SlotsBefore(schedule, from);
            var records = await store.RecordsAsync(lane.Key, from, to, 100_000, newestFirst: false, default);
            foreach (var record in records)
            {
                var name = record.Cause == Cause.None ? $"{record.Outcome}" : $"{record.Outcome}({record.Cause.Name()})";
                outcomes[name] = outcomes.GetValueOrDefault(name) + 1;
                if (record.Result is not { Attempts.Length: > 0 } result)
                    continue;
                ran++;
                lateness[record.Outcome is Outcome.Up or Outcome.Degraded].Add((result.Started - record.Slot.Due).TotalMilliseconds);
                if (result.Measurements.Any(each => each.Name == QualityNames.Starved))
                    outcomes["starved"] = outcomes.GetValueOrDefault("starved") + 1;
            }
        }

        Console.WriteLine($"slots: {due} due, {ran} run, {due - ran} missed; {string.Join(", ", outcomes.Select(pair => $"{pair.Key} {pair.Value}"))}");
        foreach (var (isUp, values) in lateness.Where(pair => pair.Value.Count > 0))
        {
            double[] sorted = [.. values.Order()];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"start lateness of {sorted.Length} that were {(isUp ? "up" : "not up")}: p50 {Measurement.Percentile(sorted, 50):0.0} ms, p99 {Measurement.Percentile(sorted, 99):0.0}, p99.9 {Measurement.Percentile(sorted, 99.9):0.0}, most {sorted[^1]:0.0}"));
        }
    }

    private static long SlotsBefore(LaneSchedule schedule, DateTimeOffset instant)
    {
        var end = instant.ToUnixTimeMilliseconds() - schedule.PhaseMilliseconds;
        return end <= 0 ? 0 : ((end - 1) / schedule.IntervalMilliseconds) + 1;
    }

    private static string Jobs(IReadOnlyList<(string Service, int Jobs)> mix, int port, TimeSpan interval, int blackHoled, int holePort)
    {
        var text = new StringBuilder("[\n");
        foreach (var (service, jobs) in mix)
        {
            for (var i = 0; i < jobs; i++)
            {
                // A slot that comes due while the one before runs into its timeout would be an overrun.
                var isHoled = i % 100 < blackHoled;
                var every = isHoled ? interval + TimeSpan.FromSeconds(1) : interval;
                var timeout = isHoled ? ", \"timeout\": \"10s\"" : "";
                var portText = service switch
                {
                    "ping" => "",
                    _ => $", \"port\": {(isHoled ? holePort : port)}",
                };
                text.Append(CultureInfo.InvariantCulture, $$"""{ "name": "{{service}}-{{i}}", "service": "{{service}}", "host": "127.{{1 + (i / 62_500)}}.{{i / 250 % 250}}.{{1 + (i % 250)}}"{{portText}}, "interval": {{every.TotalSeconds}}{{timeout}} },""").Append('\n');
            }
        }

        return text.Append("]\n").ToString();
    }

    private static List<(string Service, int Jobs)> Mix(string text)
        => [.. text.Split(',').Select(each => each.Split('=')).Select(pair => pair.Length == 2 && int.TryParse(pair[1], CultureInfo.InvariantCulture, out var jobs) ? (pair[0], jobs) : throw new UsageException(Usage))];

    private static IEnumerable<string> Sets(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries).SelectMany(each => new[] { "--set", each });
}
