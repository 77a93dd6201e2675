using System.Diagnostics;
using ActorMonitor.Probes.Quality;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Quality;

[Collection("Alone")]
public class ThreadWaitsTests
{
    [LinuxTheory]
    [InlineData(4)]
    public void Threads_that_share_too_few_processors_are_seen_to_wait(int threadsAProcessor)
    {
        using var waits = ThreadWaits.Open().ShouldNotBeNull();
        using var stop = new CancellationTokenSource();
        var threads = Enumerable.Range(0, threadsAProcessor * Environment.ProcessorCount).Select(_ => new Thread(() => Spin(stop.Token)) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        var longest = TimeSpan.Zero;
        var watch = Stopwatch.StartNew();

        while (longest < TimeSpan.FromMilliseconds(2) && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            Spin(stop.Token, TimeSpan.FromMilliseconds(10));
            longest = waits.Longest() is var next && next > longest ? next : longest;
        }

        stop.Cancel();
        threads.ForEach(thread => thread.Join());
        longest.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(2));
    }

    [LinuxTheory]
    [InlineData(50)]
    public void Threads_that_end_are_forgotten(int ended)
    {
        using var waits = ThreadWaits.Open().ShouldNotBeNull();

        for (var i = 0; i < ended; i++)
        {
            var thread = new Thread(() => { });
            thread.Start();
            thread.Join();
            waits.Longest().ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
        }
    }

    private static void Spin(CancellationToken stop, TimeSpan? time = null)
    {
        var watch = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested && (time is null || watch.Elapsed < time))
            Thread.SpinWait(100);
    }
}
