using ActorMonitor.EndToEnd.Crash.Harness;
using Shouldly;
using Xunit.Abstractions;

namespace ActorMonitor.EndToEnd.Crash;

/// <summary>A monitor whose disk takes nothing.</summary>
public sealed class MonitorDiskE2E(ITestOutputHelper output)
{
    private const int PerSecond = 400;

    [DiskFact]
    public async Task A_monitor_with_a_full_disk_goes_on_probing_says_so_and_accounts_for_what_it_had_to_drop()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions
        {
            Jobs = PerSecond / 2,
            Interval = TimeSpan.FromMilliseconds(500),
            PayloadBytes = 64,
            IsProxied = true,
            MonitorDiskMebibytes = 8,
            KeepsJournals = false,
            Monitor = ["actor-monitor.monitor.outbox.size=1 MiB"],
        });

        // More than the outbox may hold, and then nothing more on the disk either.
        pair.ToManager!.Cut();
        pair.ToMonitor!.Cut();
        await pair.Target.MoreAsync(PerSecond * 8, TimeSpan.FromSeconds(30));
        pair.MonitorDisk!.Fill();
        var wrong = await NodePair.UnhealthyAsync(pair.MonitorPbm, "outbox", TimeSpan.FromSeconds(10));
        wrong["message"]!.GetValue<string>().ShouldContain("space");
        _ = await pair.Monitor.Program.LineAsync(@"\[health\] \[False\] \[outbox: .*space");
        await pair.Target.MoreAsync(PerSecond * 3, TimeSpan.FromSeconds(15));
        pair.ToManager.Restore();
        pair.ToMonitor.Restore();
        _ = await pair.Manager.Program.LineAsync(@"\[client\] \[True\] \[connected to eu-1", TimeSpan.FromSeconds(20), pair.Manager.Program.Mark());
        await pair.Target.MoreAsync(PerSecond * 2, TimeSpan.FromSeconds(10));

        pair.MonitorDisk.Free();
        output.WriteLine($"{wrong.ToJsonString()}\nwell again after {await pair.RecoveredAsync(TimeSpan.FromSeconds(10))}");
        var end = await pair.SettledAsync();
        output.WriteLine($"in the end: {end}");
        end.Findings.ShouldBeEmpty(end.ToString());
        end.GivenUp.ShouldBeGreaterThan(0);
    }
}
