using System.Globalization;
using ActorMonitor.EndToEnd.Crash.Harness;

namespace ActorMonitor.EndToEnd.Soak;

/// <summary>What a process held in one minute: the least of each kind of thing, since checks that are under way hold some, and the median of its memory.</summary>
internal sealed record Held(int Sockets, int Handles, int Threads, double Mebibytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sockets} sockets, {Handles} handles, {Threads} threads, {Mebibytes:0.0} MiB");
}

/// <summary>A minute of the mixed load.</summary>
internal sealed record MixedMinute(int Minute, long Results, long NotUp, Held Manager, Held Monitor);

/// <summary>
/// Every service at once, against servers that work and servers that refuse, reset, stall and stay silent, for an hour: what the
/// two processes hold at the end is what they held at the beginning.
/// </summary>
internal static class MixedSoak
{
    private const int MinutesToWarmUp = 5;
    private const int MinutesCompared = 5;
    private const int ThingsAllowed = 8;
    private const double GrowthAllowed = 1.10;
    private const double MebibytesAllowed = 8;

    // In hexadecimal. A collected heap grows into whatever room there is before anything in it is looked at again; with 96 MiB of
    // room a leak of an hour ends the process instead of looking like laziness.
    private const string HeapLimit = "6000000";

    internal static async Task<int> RunAsync(SoakOptions options)
    {
        var copies = options.Jobs == 0 ? 20 : options.Jobs;
        var wanted = Math.Max(options.Seconds / 60, MinutesToWarmUp + (2 * MinutesCompared));
        if (ResultsFile.Read<MixedMinute>(options.Results).Count < wanted)
        {
            // What a process holds can only be compared within its own life.
            File.Delete(options.Results);
            Console.WriteLine($"mixed: {wanted} minutes, {copies} jobs of each kind at 2 s, results in {options.Results}");
            await RunMinutesAsync(options.Results, wanted, copies);
        }

        var minutes = ResultsFile.Read<MixedMinute>(options.Results);
        var complaints = Complaints("manager", minutes, minute => minute.Manager).Concat(Complaints("monitor", minutes, minute => minute.Monitor)).ToList();
        foreach (var complaint in complaints)
            Console.WriteLine($"mixed: {complaint}");
        var (manager, monitor) = (Compared(minutes, minute => minute.Manager), Compared(minutes, minute => minute.Monitor));
        Console.WriteLine(
            $"mixed {(complaints.Count == 0 ? "holds" : "FAILED")}: {minutes.Count} minutes, {minutes.Sum(minute => minute.Results)} results of which {minutes.Sum(minute => minute.NotUp)} not Up; "
            + $"manager {manager.Before} before, {manager.After} after; monitor {monitor.Before} before, {monitor.After} after");
        return complaints.Count == 0 ? 0 : 1;
    }

    private static async Task RunMinutesAsync(string results, int minutes, int copies)
    {
        Environment.SetEnvironmentVariable("DOTNET_GCHeapHardLimit", HeapLimit);
        await using var targets = await MixedTargets.StartAsync();
        await using var pair = await NodePair.StartAsync(new PairOptions { JobsFile = targets.Jobs(copies), Timeout = MixedTargets.Timeout, KeepsJournals = false });
        var before = await ResultsAsync(pair);
        for (var minute = 1; minute <= minutes; minute++)
        {
            var (manager, monitor) = (new Samples(pair.Manager.Program.Id), new Samples(pair.Monitor.Program.Id));
            for (var second = 0; second < 60; second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
                manager.Take();
                monitor.Take();
            }

            var after = await ResultsAsync(pair);
            var record = new MixedMinute(minute, after.All - before.All, after.NotUp - before.NotUp, manager.Least, monitor.Least);
            before = after;
            ResultsFile.Append(results, record);
            Console.WriteLine($"mixed: minute {minute}: {record.Results} results, {record.NotUp} not Up; manager {record.Manager}; monitor {record.Monitor}");
        }

        _ = await pair.RecoveredAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<(long All, long NotUp)> ResultsAsync(NodePair pair)
    {
        var rows = await Processes.PbmCalls.TryRowsAsync(pair.ManagerPbm, "ledger") ?? throw new InvalidOperationException("the manager's shell does not answer");
        var all = rows.Sum(row => row["due"]!.GetValue<long>() - row["open"]!.GetValue<long>());
        return (all, all - rows.Sum(row => row["up"]!.GetValue<long>()));
    }

    private static (Held Before, Held After) Compared(List<MixedMinute> minutes, Func<MixedMinute, Held> of)
        => (Least(minutes.Skip(MinutesToWarmUp).Take(MinutesCompared).Select(of)), Least(minutes.TakeLast(MinutesCompared).Select(of)));

    private static Held Least(IEnumerable<Held> held)
    {
        var all = held.ToList();
        return new Held(all.Min(one => one.Sockets), all.Min(one => one.Handles), all.Min(one => one.Threads), all.Select(one => one.Mebibytes).Order().ElementAt(all.Count / 2));
    }

    private static IEnumerable<string> Complaints(string node, List<MixedMinute> minutes, Func<MixedMinute, Held> of)
    {
        var (before, after) = Compared(minutes, of);
        if (after.Sockets > before.Sockets + ThingsAllowed)
            yield return $"the {node} had {before.Sockets} sockets and has {after.Sockets}";
        if (after.Handles > before.Handles + ThingsAllowed)
            yield return $"the {node} had {before.Handles} handles and has {after.Handles}";
        if (after.Threads > before.Threads + ThingsAllowed)
            yield return $"the {node} had {before.Threads} threads and has {after.Threads}";
        if (after.Mebibytes > (before.Mebibytes * GrowthAllowed) + MebibytesAllowed)
            yield return string.Create(CultureInfo.InvariantCulture, $"the {node} took {before.Mebibytes:0.0} MiB and takes {after.Mebibytes:0.0}");
        if (minutes.Any(minute => minute.Results == 0))
            yield return "there was a minute without a result";
    }

    /// <summary>What a process holds, looked at from outside each second.</summary>
    private sealed class Samples(int process)
    {
        private readonly List<double> _mebibytes = [];
        private (int Sockets, int Handles, int Threads) _least = (int.MaxValue, int.MaxValue, int.MaxValue);

        internal Held Least => new(_least.Sockets, _least.Handles, _least.Threads, _mebibytes.Order().ElementAt(_mebibytes.Count / 2));

        internal void Take()
        {
            var handles = Directory.GetFiles($"/proc/{process}/fd").Select(file => new FileInfo(file).LinkTarget ?? "").ToList();
            var sockets = handles.Count(target => target.StartsWith("socket:", StringComparison.Ordinal));
            var threads = Directory.GetDirectories($"/proc/{process}/task").Length;
            _least = (Math.Min(_least.Sockets, sockets), Math.Min(_least.Handles, handles.Count), Math.Min(_least.Threads, threads));
            var resident = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            _mebibytes.Add(double.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024);
        }
    }
}
