using System.Diagnostics;

namespace ActorMonitor.Bench;

/// <summary>One round of a load: what was handled, how long it took, and what it cost this process.</summary>
internal readonly record struct Round(long Messages, TimeSpan Elapsed, TimeSpan Cpu, long AllocatedBytes)
{
    public double PerSecond => Messages / Elapsed.TotalSeconds;

    public double CpuMicroseconds => Cpu.TotalMicroseconds / Messages;

    public double BytesPerMessage => (double)AllocatedBytes / Messages;
}

/// <summary>Runs rounds of a load after a fixed warm-up and reports their median.</summary>
internal static class Measurement
{
    // Enough for the last tier of the JIT: it looks at loops and at calls over some hundred milliseconds.
    private const int WarmUpRounds = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <summary>Runs the load, which says how many messages it has handled.</summary>
    public static async Task<IReadOnlyList<Round>> RunAsync(int rounds, Func<Task<long>> load)
    {
        var results = new List<Round>();
        for (var i = 0; i < WarmUpRounds + rounds; i++)
        {
            GC.Collect();
            var allocated = GC.GetTotalAllocatedBytes();
            var cpu = Cpu();
            var start = Stopwatch.GetTimestamp();
            var messages = await load().WaitAsync(Bound);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (i >= WarmUpRounds)
                results.Add(new Round(messages, elapsed, Cpu() - cpu, GC.GetTotalAllocatedBytes() - allocated));
        }

        return results;
    }

    public static string Summary(IReadOnlyList<Round> rounds)
    {
        var sorted = rounds.OrderBy(round => round.PerSecond).ToArray();
        var median = sorted[sorted.Length / 2];
        return $"{Rate(median.PerSecond)} msg/s (min {Rate(sorted[0].PerSecond)}, max {Rate(sorted[^1].PerSecond)}, {sorted.Length} rounds), "
            + $"{median.CpuMicroseconds:0.000} us CPU/msg, {median.BytesPerMessage:0.0} B/msg";
    }

    public static TimeSpan Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    public static double Percentile(double[] sorted, double percent) =>
        sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(sorted.Length * percent / 100) - 1)];

    private static string Rate(double perSecond) => perSecond >= 1e6 ? $"{perSecond / 1e6:0.00}M" : $"{perSecond / 1e3:0.0}k";
}
