using System.Diagnostics;
using System.Globalization;
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
        await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = jobs, IsProxied = true });
        await Task.Delay(WarmUp, TimeProvider.System);
        var (managerBefore, monitorBefore) = (Mebibytes(pair.Manager), Mebibytes(pair.Monitor));
        var (managerMost, monitorMost) = (managerBefore, monitorBefore);

        pair.ToManager!.Cut();
        pair.ToMonitor!.Cut();
        for (var second = 1; second <= seconds; second++)
            await SampleAsync($"cut for {second} s", second % 10 == 0);

        pair.ToManager.Restore();
        pair.ToMonitor.Restore();
        var delays = new LiveDelays(pair.Journals);
        var drained = delays.UntilDrainedAsync(DrainWithin);
        for (var second = 1; !drained.IsCompleted; second++)
            await SampleAsync($"draining for {second} s", second % 10 == 0);
        var drain = await drained;
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

    private static long Mebibytes(NodeUnderTest node)
    {
        var line = File.ReadLines($"/proc/{node.Program.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
    }

    private static double At(double[] sorted, double part) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];

    /// <summary>
    /// How long results that are made while the backlog drains take: from when they stand in the journal to when their acknowledgement
    /// does. That is longer than they take to the manager's record, by the way back and by how often this looks.
    /// </summary>
    private sealed class LiveDelays(JournalArchive journals)
    {
        private readonly List<double> _milliseconds = [];
        private readonly Dictionary<long, long> _seen = [];

        internal double[] Sorted() => [.. _milliseconds.Order()];

        internal async Task<TimeSpan> UntilDrainedAsync(TimeSpan within)
        {
            var ofTheCut = journals.Read().Newest;
            var newest = ofTheCut;
            return await Until.TrueAsync(
                () =>
                {
                    var account = journals.Read();
                    var now = Stopwatch.GetTimestamp();
                    for (; newest < account.Newest; newest++)
                        _seen[newest + 1] = now;
                    foreach (var (seq, at) in _seen.Where(each => account.IsAcknowledged(each.Key)).ToList())
                    {
                        _milliseconds.Add(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
                        _ = _seen.Remove(seq);
                    }

                    return account.Unacknowledged(ofTheCut) == 0;
                },
                within,
                () => $"{journals.Read().Unacknowledged(ofTheCut)} results of the cut are not acknowledged");
        }
    }
}
