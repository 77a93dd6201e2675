namespace ActorMonitor.EndToEnd.Soak;

/// <summary>The long runs of this project, as <c>./build.sh soak</c> starts them; the tests beside them need no entry.</summary>
internal static class Program
{
    private const string Usage = """
        usage: ActorMonitor.EndToEnd COMMAND --results FILE [--fresh no|yes] [--option value ...]
          crash   --rounds 50 --jobs 200 --seed 1
          cut     --seconds 600 --jobs 1000
          mixed   --seconds 3600 --jobs 20
        """;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [var command, .. var rest] || SoakOptions.Read(rest) is not { } options)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        switch (command)
        {
            case "crash":
                return await CrashSoak.RunAsync(options);
            case "cut":
                return await CutSoak.RunAsync(options);
            case "mixed":
                return await MixedSoak.RunAsync(options);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}

/// <summary>What a long run is told.</summary>
internal sealed record SoakOptions(string Results, int Rounds, int Jobs, int Seed, int Seconds)
{
    /// <summary>Reads <c>--name value</c> pairs; null when there is something else.</summary>
    internal static SoakOptions? Read(string[] arguments)
    {
        var options = new SoakOptions("", 50, 0, 1, 600);
        var isFresh = false;
        foreach (var pair in arguments.Chunk(2))
        {
            if (pair is not [var name, var value])
                return null;
            int number;
            switch (name)
            {
                case "--results": options = options with { Results = value }; break;
                case "--fresh": isFresh = value == "yes"; break;
                case "--rounds" when int.TryParse(value, out number): options = options with { Rounds = number }; break;
                case "--jobs" when int.TryParse(value, out number): options = options with { Jobs = number }; break;
                case "--seed" when int.TryParse(value, out number): options = options with { Seed = number }; break;
                case "--seconds" when int.TryParse(value, out number): options = options with { Seconds = number }; break;
                default: return null;
            }
        }

        if (options.Results.Length == 0)
            return null;
        if (isFresh)
            File.Delete(options.Results);
        return options;
    }
}
