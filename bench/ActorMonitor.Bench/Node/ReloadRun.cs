using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;

namespace ActorMonitor.Bench.Node;

/// <summary>
/// A real manager and a real monitor run so many jobs; some of them are changed, others added and removed, and <c>pbm jobs reload</c> is
/// timed. From the manager's store: which slots of the jobs that were not changed are missing, and how the books stand.
/// </summary>
internal static class ReloadRun
{
    public static async Task<int> RunAsync(Options options)
    {
        var jobs = options.Number("jobs", 10_000, min: 10);
        var changed = options.Number("changed", 100, max: 5_000);
        var interval = options.Number("interval", 10, max: 3600);
        var rounds = options.Number("rounds", 5, max: 100);
        var pbm = options.Number("pbm", 29_112, max: 65535);
        var seconds = options.Number("seconds", 20);
        var program = options.Text("program", "");
        options.End();
        if (program.Length == 0)
            program = NodeProcess.Program();

        var folder = Directory.CreateTempSubdirectory("actormonitor-reload-").FullName;
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start(4096);
        var accepting = AcceptAsync(target);
        var port = ((IPEndPoint)target.LocalEndpoint).Port;
        await WriteAsync(folder, jobs, changed, interval, port, round: 0);
        await MeasureAsync(program, folder, pbm, round => WriteAsync(folder, jobs, changed, interval, port, round), rounds, TimeSpan.FromSeconds(seconds));
        target.Stop();
        await accepting;
        await ReportAsync(Path.Combine(folder, "manager", "manager"), jobs - changed);
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static async Task MeasureAsync(string program, string folder, int pbm, Func<int, Task> write, int rounds, TimeSpan apart)
    {
        string[] common = ["--set", "akka.remote.dot-netty.tcp.port=0", "--set", "actor-monitor.console=off"];
        var (monitor, address) = await NodeProcess.StartAsync(
            program, "monitor", ["monitor", "--set", "actor-monitor.monitor.name=m", "--set", "actor-monitor.pbm.port=0", "--set", "actor-monitor.monitor.queue=20000", "--set", $"actor-monitor.data={folder}/monitor", .. common]);
        await using var monitorEnd = monitor;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "manager.hocon"),
            $$"""
            actor-monitor {
              data = "{{folder}}/manager", pbm.port = {{pbm}}
              manager { name = "boss", jobs = "jobs.json", watch-jobs = off, monitors = [{ name = "m", address = "{{address}}" }] }
            }
            """);
        var (manager, _) = await NodeProcess.StartAsync(program, "manager", ["manager", "--config", Path.Combine(folder, "manager.hocon"), .. common]);
        await using var managerEnd = manager;
        await Task.Delay(apart, TimeProvider.System);
        for (var round = 1; round <= rounds; round++)
        {
            await write(round);
            var said = new StringWriter();
            var began = Stopwatch.GetTimestamp();
            var exit = await ShellProgram.RunAsync([$"127.0.0.1:{pbm}", "jobs", "reload"], TextReader.Null, said, said, default);
            var took = Stopwatch.GetElapsedTime(began);
            var lines = said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"round {round}: {took.TotalMilliseconds:0} ms as pbm sees it, exit {exit}; {lines[^1]} load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
            await Task.Delay(apart, TimeProvider.System);
        }
    }

    // The last of the jobs change from round to round: a third gets another interval, a third another timeout, a third another name.
    private static async Task WriteAsync(string folder, int jobs, int changed, int interval, int port, int round)
    {
        var text = new StringBuilder("[\n");
        for (var i = 0; i < jobs; i++)
        {
            var isChanging = i >= jobs - changed;
            var kind = isChanging ? i % 3 : -1;
            var name = kind == 2 ? $"job-{i}-{round}" : $"job-{i}";
            var every = kind == 0 ? interval + (round % 5) : interval;
            var timeout = kind == 1 ? 2 + (round % 3) : 2;
            text.Append(CultureInfo.InvariantCulture, $$"""{ "name": "{{name}}", "service": "tcp", "host": "127.0.0.1", "port": {{port}}, "interval": {{every}}, "timeout": {{timeout}} },""").Append('\n');
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "jobs.json"), text.Append("]\n").ToString());
    }

    private static async Task ReportAsync(string folder, int steady)
    {
        await using var store = await SqliteStore.OpenAsync(folder, StoreSettings.Default, TimeProvider.System, default);
        var books = await store.LedgerAsync(null, store.Opening.LastBeat ?? TimeProvider.System.GetUtcNow(), default);
        var lanes = (await store.LanesAsync(default)).ToDictionary(lane => lane.Key);
        var (unchanged, slots, shifted, notRun) = (0, 0L, 0L, 0L);
        foreach (var (key, lane) in lanes)
        {
            if (lane.Schedule is not { } schedule || IsChanging(key.Job.Name, steady))
                continue;
            unchanged++;
            var records = await store.RecordsAsync(key, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, 100_000, newestFirst: false, default);
            slots += records.Length;
            notRun += records.Count(record => record.Outcome is not (Outcome.Up or Outcome.Degraded or Outcome.Down));
            for (var i = 1; i < records.Length; i++)
                shifted += records[i].Slot.DueUnixMilliseconds - records[i - 1].Slot.DueUnixMilliseconds == schedule.IntervalMilliseconds ? 0 : 1;
        }

        Console.WriteLine($"{unchanged} jobs that were never changed: {slots} slots, {shifted} gaps between two of them, {notRun} not run");
        Console.WriteLine($"books: {books.Length} lanes, {books.Sum(row => row.Due)} due, {books.Sum(row => row.Open)} open, differences {books.Sum(row => Math.Abs(row.Difference))}");
    }

    // The highest numbers are those that change; what was renamed has two dashes.
    private static bool IsChanging(string name, int steady) => name.Count(c => c == '-') > 1 || int.Parse(name[4..], CultureInfo.InvariantCulture) >= steady;

    private static async Task AcceptAsync(TcpListener target)
    {
        try
        {
            while (true)
                (await target.AcceptSocketAsync()).Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The run has ended.
        }
    }
}
