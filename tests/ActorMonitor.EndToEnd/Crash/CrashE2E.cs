using ActorMonitor.EndToEnd.Crash.Harness;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.EndToEnd.Crash;

/// <summary>Nodes that are killed at random moments: nothing is lost, nothing is counted twice, and the books say what happened.</summary>
public sealed class CrashE2E(ITestOutputHelper output)
{
    private const int Rounds = 5;
    private const int Seed = 20261122;

    [Fact]
    public async Task Nodes_that_are_killed_at_random_moments_lose_no_result_and_account_for_every_slot()
    {
        await using var pair = await NodePair.StartAsync(new PairOptions());
        for (var round = 0; round < Rounds; round++)
        {
            var done = await CrashRound.RunAsync(pair, round, Seed);
            output.WriteLine(done.ToString());
            done.Books.Findings.ShouldBeEmpty(done.ToString());
        }

        var end = await pair.SettledAsync();
        output.WriteLine($"in the end: {end}");
        end.Findings.ShouldBeEmpty();
        end.Appended.ShouldBeGreaterThan(1000);
    }
}
