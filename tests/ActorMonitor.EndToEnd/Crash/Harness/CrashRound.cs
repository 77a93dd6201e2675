using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>Who is killed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Victim>))]
internal enum Victim
{
    Manager,
    Monitor,
    Both,
}

/// <summary>One round: who was killed when, how long it took to be well again, and what the books said then.</summary>
internal sealed record CrashRound(int Round, int Seed, Victim Victim, double RanSeconds, double DeadSeconds, double RecoverySeconds, LedgerFindings Books)
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDeath = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecoverWithin = TimeSpan.FromSeconds(30);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"round {Round}: {Victim} killed after {RanSeconds:0.00} s, dead for {DeadSeconds:0.00} s, recovered in {RecoverySeconds:0.00} s; {Books}");

    /// <summary>Kills at a random moment, starts again at another, waits until all is well, and checks the books.</summary>
    /// <param name="pair">A pair that is well.</param>
    /// <param name="round">The number; it says who is killed, in turn.</param>
    /// <param name="seed">Of the moments, together with the number.</param>
    internal static async Task<CrashRound> RunAsync(NodePair pair, int round, int seed)
    {
        var random = new Random(unchecked((seed * 7919) + round));
        var victim = (Victim)(round % 3);
        var run = LongestRun * random.NextDouble();
        var death = LongestDeath * random.NextDouble();
        var isManagerFirst = random.Next(2) == 0;

        await Task.Delay(run, TimeProvider.System);
        await KillAsync(pair, victim);
        await Task.Delay(death, TimeProvider.System);
        var began = Stopwatch.GetTimestamp();
        await StartAsync(pair, victim, isManagerFirst);
        await pair.RecoveredAsync(RecoverWithin);
        var recovery = Stopwatch.GetElapsedTime(began);
        return new CrashRound(round, seed, victim, run.TotalSeconds, death.TotalSeconds, recovery.TotalSeconds, await LedgerCheck.RunAsync(pair.Books));
    }

    private static Task KillAsync(NodePair pair, Victim victim) => victim switch
    {
        Victim.Manager => pair.EndManagerAsync(),
        Victim.Monitor => pair.EndMonitorAsync(),
        _ => pair.KillBothAsync(),
    };

    private static async Task StartAsync(NodePair pair, Victim victim, bool isManagerFirst)
    {
        if (victim != Victim.Monitor && isManagerFirst)
            await pair.StartManagerAsync();
        if (victim != Victim.Manager)
            await pair.StartMonitorAsync();
        if (victim != Victim.Monitor && !isManagerFirst)
            await pair.StartManagerAsync();
    }
}
