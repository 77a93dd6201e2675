using ActorMonitor.EndToEnd.Crash.Harness;

namespace ActorMonitor.EndToEnd.Soak;

/// <summary>Kills manager, monitor or both at random moments, round after round, and checks the books after each recovery.</summary>
internal static class CrashSoak
{
    internal static async Task<int> RunAsync(SoakOptions options)
    {
        var jobs = options.Jobs == 0 ? 200 : options.Jobs;
        var done = ResultsFile.Read<CrashRound>(options.Results).Count;
        Console.WriteLine($"crash: {options.Rounds} rounds, {jobs} jobs at 1 s; {done} rounds are done, results in {options.Results}");
        var failure = done < options.Rounds ? await RunRoundsAsync(options, jobs, done) : null;

        var rounds = ResultsFile.Read<CrashRound>(options.Results);
        var bad = rounds.Where(round => round.Books.Findings.Length > 0).ToList();
        foreach (var round in bad)
            Console.WriteLine($"crash: {round}");
        if (failure is not null)
            Console.WriteLine($"crash: {failure}");
        var holds = bad.Count == 0 && failure is null && rounds.Count >= options.Rounds;
        Console.WriteLine(
            $"crash {(holds ? "holds" : "FAILED")}: {rounds.Count} rounds, {bad.Count} with findings, recovery at most {rounds.Select(round => round.RecoverySeconds).DefaultIfEmpty().Max():0.0} s, "
            + $"in the end {Last(rounds)}, results in {options.Results}");
        return holds ? 0 : 1;
    }

    // The books of a round tell of all rounds before it on the same nodes.
    private static string Last(List<CrashRound> rounds)
        => rounds is [.., var last] ? $"{last.Books.Lost} lost of {last.Books.Due} due, where {last.Books.RunningAtKills} ran when the monitor was killed and {last.Books.DueWhileDead} were due while it was dead" : "nothing";

    // A run that is started again goes on with new nodes on new data: each round stands for itself.
    private static async Task<string?> RunRoundsAsync(SoakOptions options, int jobs, int done)
    {
        try
        {
            await using var pair = await NodePair.StartAsync(new PairOptions { Jobs = jobs });
            for (var round = done; round < options.Rounds; round++)
            {
                var record = await CrashRound.RunAsync(pair, round, options.Seed);
                ResultsFile.Append(options.Results, record);
                Console.WriteLine($"crash: {record}");
            }

            var end = await pair.SettledAsync();
            Console.WriteLine($"crash: in the end: {end}");
            return end.Findings.Length == 0 ? null : string.Join('\n', end.Findings);
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
