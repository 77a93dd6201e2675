using ActorMonitor.EndToEnd.Crash.Harness;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.EndToEnd.Crash;

/// <summary>A link that is away, or does to segments what networks do.</summary>
public sealed class LinkE2E(ITestOutputHelper output)
{
    private static readonly TimeSpan WellWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_link_that_cuts_truncates_delays_and_duplicates_loses_nothing()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions { IsProxied = true, Seed = 4711 });
        var random = new Random(4711);
        FaultyProxy[] proxies = [pair.ToManager!, pair.ToMonitor!];
        LinkFaults[] all =
        [
            new(Delays: 0.3, DelayUpTo: TimeSpan.FromMilliseconds(250)),
            new(Duplicates: 0.05),
            new(Truncates: 0.02),
            new(Delays: 0.1, DelayUpTo: TimeSpan.FromMilliseconds(100), Truncates: 0.01, Duplicates: 0.01),
        ];

        foreach (var faults in all)
        {
            foreach (var proxy in proxies)
                proxy.Do(faults);
            await pair.Target.MoreAsync(300 + random.Next(500), TimeSpan.FromSeconds(15));
            foreach (var proxy in proxies)
                proxy.Cut();
            await pair.Target.MoreAsync(random.Next(200), TimeSpan.FromSeconds(15));
            foreach (var proxy in proxies)
                proxy.Restore();
        }

        foreach (var proxy in proxies)
            proxy.Do(LinkFaults.None);
        output.WriteLine($"to the manager {pair.ToManager!.Done}, to the monitor {pair.ToMonitor!.Done}; well again after {await pair.RecoveredAsync(WellWithin)}");
        (pair.ToManager.Done.Delayed + pair.ToMonitor.Done.Delayed).ShouldBeGreaterThan(0);
        (pair.ToManager.Done.Truncated + pair.ToMonitor.Done.Truncated).ShouldBeGreaterThan(0);
        (pair.ToManager.Done.Duplicated + pair.ToMonitor.Done.Duplicated).ShouldBeGreaterThan(0);
        await SettledAsync(pair);
    }

    [Fact]
    public async Task A_link_that_is_cut_for_20_seconds_costs_no_result()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions { IsProxied = true });
        pair.ToManager!.Cut();
        pair.ToMonitor!.Cut();
        _ = await pair.Manager.Program.LineAsync(@"\[client\] \[False\] \[lost connection to eu-1");
        await pair.Target.MoreAsync(20 * 200, TimeSpan.FromSeconds(40));

        pair.ToManager.Restore();
        pair.ToMonitor.Restore();
        output.WriteLine($"well again after {await pair.RecoveredAsync(WellWithin)}");
        var end = await SettledAsync(pair);
        end.Late.ShouldBeGreaterThan(10 * 200);
    }

    private async Task<LedgerFindings> SettledAsync(NodePair pair)
    {
        var end = await pair.SettledAsync();
        output.WriteLine($"in the end: {end}");
        end.Findings.ShouldBeEmpty(end.ToString());
        end.Lost.ShouldBe(0);
        return end;
    }
}
