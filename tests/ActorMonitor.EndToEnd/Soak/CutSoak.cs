using System.Globalization;
using System.Text.Json;
using ActorMonitor.EndToEnd.Crash.Harness;
using ActorMonitor.EndToEnd.Processes;

namespace ActorMonitor.EndToEnd.Soak;

/// <summary>What a long cut of the link has shown.</summary>
internal sealed record CutRound(
    int CutSeconds, int Jobs, double DrainSeconds, int Live, double LiveP50Milliseconds, double LiveP99Milliseconds, double LiveMaxMilliseconds,
    long ManagerMebibytesBefore, long ManagerMebibytesMost, long MonitorMebibytesBefore, long MonitorMebibytesMost, LedgerFindings Books)
{
    private const double LiveP99Bound = 2000;
    private const long MebibytesBound = 512;

    internal IEnumerable<string> Complaints()
    {
        if (LiveP99Milliseconds >= LiveP99Bound)
            yield return $"live results took {LiveP99Milliseconds:0} ms while the backlog was delivered (99th percentile)";
        if (Live < Jobs)
            yield return $"only {Live} live results were seen while the backlog was delivered";
        if (ManagerMebibytesMost > MebibytesBound || MonitorMebibytesMost > MebibytesBound)
            yield return $"memory grew to {ManagerMebibytesMost} MiB (manager) and {MonitorMebibytesMost} MiB (monitor)";
        if (Books.Lost > 0)
            yield return $"{Books.Lost} slots are lost";
        foreach (var finding in Books.Findings)
            yield return finding;
    }
}

/// <summary>Cuts the link for minutes under a thousand results a second, and watches the backlog drain.</summary>
internal static class CutSoak
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainWithin = TimeSpan.FromMinutes(10);

    internal static async Task<int> RunAsync(SoakOptions options)
    {
        var jobs = options.Jobs == 0 ? 1000 : options.Jobs;
        if (ResultsFile.Read<CutRound>(options.Results) is not [.., var round])
        {
            Console.WriteLine($"cut: {options.Seconds} s under {jobs} jobs at 1 s, results in {options.Results}");
            round = await RunRoundAsync(options.Seconds, jobs);
            ResultsFile.Append(options.Results, round);
        }

        var complaints = round.Complaints().ToList();
        foreach (var complaint in complaints)
            Console.WriteLine($"cut: {complaint}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cut {(complaints.Count == 0 ? "holds" : "FAILED")}: {round.CutSeconds} s under {round.Jobs} jobs, drained in {round.DrainSeconds:0} s, live p99 {round.LiveP99Milliseconds:0} ms (p50 {round.LiveP50Milliseconds:0}, most {round.LiveMaxMilliseconds:0}) of {round.Live}, "
            + $"manager {round.ManagerMebibytesBefore} to {round.ManagerMebibytesMost} MiB, monitor {round.MonitorMebibytesBefore} to {round.MonitorMebibytesMost} MiB; {round.Books}"));
        return complaints.Count == 0 ? 0 : 1;
    }

    private static async Task<CutRound> RunRoundAsync(int seconds, int jobs)
    {
        var delays = new LiveDelays();
        await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = jobs, IsProxied = true, ManagerEvents = delays.Take });
        await Task.Delay(WarmUp, TimeProvider.System);
        var (managerBefore, monitorBefore) = (Mebibytes(pair.Manager), Mebibytes(pair.Monitor));
        var (managerMost, monitorMost) = (managerBefore, monitorBefore);

        pair.ToManager!.Cut();
        pair.ToMonitor!.Cut();
        for (var second = 1; second <= seconds; second++)
            await SampleAsync($"cut for {second} s", second % 10 == 0);

        pair.ToManager.Restore();
        pair.ToMonitor.Restore();
        var restored = TimeProvider.System.GetUtcNow();
        var drained = DrainAsync(pair);
        delays.CountFrom(restored);
        for (var second = 1; !drained.IsCompleted; second++)
            await SampleAsync($"draining for {second} s", second % 10 == 0);
        var drain = await drained;
        delays.Stop();
        var live = delays.Sorted();
        var books = await pair.SettledAsync();
        return new CutRound(
            seconds, jobs, drain.TotalSeconds, live.Length, At(live, 0.5), At(live, 0.99), At(live, 1), managerBefore, managerMost, monitorBefore, monitorMost, books);

        async Task SampleAsync(string what, bool prints)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            var (manager, monitor) = (Mebibytes(pair.Manager), Mebibytes(pair.Monitor));
            (managerMost, monitorMost) = (Math.Max(managerMost, manager), Math.Max(monitorMost, monitor));
            if (prints)
                Console.WriteLine($"cut: {what}, manager {manager} MiB, monitor {monitor} MiB, target called {pair.Target.Total} times");
        }
    }

    // From the moment that the link is there to the last result of the cut that is acknowledged.
    private static Task<TimeSpan> DrainAsync(NodePair pair)
    {
        var newest = pair.Journals.Read().Newest;
        return Until.TrueAsync(() => pair.Journals.Read().Unacknowledged(newest) == 0, DrainWithin, () => $"{pair.Journals.Read().Unacknowledged(newest)} results of the cut are not acknowledged");
    }

    private static long Mebibytes(NodeUnderTest node)
    {
        var line = File.ReadLines($"/proc/{node.Program.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
    }

    private static double At(double[] sorted, double part) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];

    /// <summary>From the start of a check, as its event says, to the event.</summary>
    private sealed class LiveDelays
    {
        private readonly Lock _lock = new();
        private readonly List<double> _milliseconds = [];
        private DateTimeOffset? _from;

        internal void CountFrom(DateTimeOffset restored)
        {
            lock (_lock)
                _from = restored;
        }

        internal void Stop()
        {
            lock (_lock)
                _from = null;
        }

        internal double[] Sorted()
        {
            lock (_lock)
                return [.. _milliseconds.Order()];
        }

        internal void Take(string line)
        {
            var now = TimeProvider.System.GetUtcNow();
            lock (_lock)
            {
                if (_from is null)
                    return;
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("subject", out var subject) && subject.ValueEquals("udp")
                    && json.RootElement.GetProperty("success").GetBoolean() && json.RootElement.GetProperty("at").GetDateTimeOffset() is var at && at > _from)
                    _milliseconds.Add((now - at).TotalMilliseconds);
            }
        }
    }
}
