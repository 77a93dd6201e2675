using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Akka.Actor;
using Akka.Configuration;

namespace ActorMonitor.Bench.Node;

/// <summary>
/// A service's checks inside a real monitor, in a process of its own with its journal on disk, driven over real remoting:
/// what one costs the monitor's process, how many a second, and how late they begin.
/// </summary>
internal static class ChecksRun
{
    public static async Task<int> RunAsync(Options options)
    {
        var service = options.Text("service", "tcp");
        var port = options.Number("port", service == "tcp" ? 18022 : 0, min: 0, max: 65535);
        var host = options.Text("host", "");
        var jobs = options.Number("jobs", 1000, max: 60_000);
        var rate = options.Number("rate", 0, min: 0);
        var parallel = options.Number("parallel", 64);
        var seconds = options.Number("seconds", 5);
        var rounds = options.Number("rounds", 5);
        var settings = SettingText.Map(options.Text("settings", ""));
        var expectations = SettingText.Map(options.Text("expect", ""));
        var program = options.Text("program", "");
        var further = options.Text("set", "");
        options.End();

        var folder = Directory.CreateTempSubdirectory("actormonitor-checks-").FullName;
        var (monitor, address) = await NodeProcess.StartAsync(
            program.Length == 0 ? NodeProcess.Program() : program,
            "monitor",
            [
                "monitor", "--set", "actor-monitor.monitor.name=m", "--set", "actor-monitor.monitor.queue=100000", "--set", $"actor-monitor.data={folder}",
                "--set", "akka.remote.dot-netty.tcp.port=0", "--set", "actor-monitor.pbm.port=0", "--set", "actor-monitor.console=off",
                .. further.Split(';', StringSplitOptions.RemoveEmptyEntries).SelectMany(each => new[] { "--set", each }),
            ]);
        await using (monitor)
        {
            ImmutableArray<CheckDefinition> definitions =
            [
                .. Enumerable.Range(0, jobs).Select(i => new CheckDefinition(
                    new JobId($"{service}-{i}"), service, host.Length > 0 ? host : $"127.1.{i / 250 % 250}.{1 + (i % 250)}", port,
                    TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), settings, expectations)),
            ];
            var load = new ChecksLoad(address, definitions, rate, parallel);
            var config = ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.port = 0").WithFallback(NodeHocon.For(NodeRole.Manager));
            using var system = ActorSystem.Create("manager", config);
            var driver = system.ActorOf(Props.Create(() => new ChecksDriver(load)), "driver");
            await load.Ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
            driver.Tell(ChecksDriver.Begin.Instance);

            // The last tier of the JIT wants some thousands of calls and some hundred milliseconds.
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
            var results = new List<Round>();
            for (var round = 0; round < rounds; round++)
                results.Add(await RoundAsync(monitor, load, TimeSpan.FromSeconds(seconds)));
            Print(service, results, monitor);
            await system.Terminate();
        }

        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static async Task<Round> RoundAsync(NodeProcess monitor, ChecksLoad load, TimeSpan time)
    {
        _ = load.Take();
        var (cpu, own, done) = (monitor.Cpu, Measurement.Cpu(), load.Done);
        var watch = Stopwatch.StartNew();
        await Task.Delay(time, TimeProvider.System);
        var checks = load.Done - done;
        var elapsed = watch.Elapsed;
        var (lateness, outcomes) = load.Take();
        return new Round(
            checks / elapsed.TotalSeconds, (monitor.Cpu - cpu).TotalMicroseconds / checks, (Measurement.Cpu() - own).TotalMicroseconds / checks,
            Measurement.Percentile(lateness, 50), Measurement.Percentile(lateness, 99), outcomes);
    }

    private static void Print(string service, List<Round> rounds, NodeProcess monitor)
    {
        var median = rounds.OrderBy(round => round.Cpu).ElementAt(rounds.Count / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{service} in a monitor: {median.PerSecond:0} checks/s, {median.Cpu:0.0} us CPU/check (min {rounds.Min(r => r.Cpu):0.0}, max {rounds.Max(r => r.Cpu):0.0}; the driver {median.Driver:0.0}), lateness p50 {median.Late50:0.0} p99 {median.Late99:0.0} ms, {monitor.Megabytes:0} MB, {monitor.MostMegabytes:0} at most; {median.Outcomes}; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
    }

    private sealed record Round(double PerSecond, double Cpu, double Driver, double Late50, double Late99, string Outcomes);
}
