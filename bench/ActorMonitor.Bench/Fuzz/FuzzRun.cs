using System.Diagnostics;
using System.Security.Cryptography;
using ActorMonitor.Actors.Tests.Fuzz;

namespace ActorMonitor.Bench.Fuzz;

/// <summary>
/// Feeds mutated inputs to the readers of strangers' bytes. A crash, a hang or an allocation beyond the bound is a finding, and its
/// input goes to the corpus, which the tests of the actor API run; so does the first input of each kind of end that it has none of.
/// </summary>
internal static class FuzzRun
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(Options options)
    {
        var inputs = options.Number("inputs", 1_000_000);
        var seed = (ulong)options.Number("seed", 1, min: 0);
        var only = options.OneOf("target", "all", "frames", "hocon");
        var corpus = options.Text("corpus", Path.Combine("tests", "ActorMonitor.Actors.Tests", "Corpus"));
        options.End();

        var findings = 0;
        await using var frames = new FrameTarget();
        await using var hocon = new HoconTarget();
        IFuzzTarget[] targets = [frames, hocon];
        foreach (var target in targets.Where(target => only == "all" || only == target.Name))
            findings += await Task.Factory.StartNew(
                () => Run(target, inputs, seed, Path.Combine(corpus, target.Name)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        return findings == 0 ? 0 : 1;
    }

    private static int Run(IFuzzTarget target, int inputs, ulong seed, string corpus)
    {
        var mutator = new Mutator(target.Seeds, target.Words, seed);
        var ends = new Dictionary<string, long>(StringComparer.Ordinal);
        var findings = 0;
        var largest = 0L;
        byte[] current = [];
        using var watchdog = new Watchdog(Hang, () =>
        {
            // The reader does not come back: the input is saved from outside, and the run is over.
            Console.WriteLine($"fuzz {target.Name}: HANG, {Save(corpus, "hang", current)}");
            Environment.Exit(1);
        });

        foreach (var known in target.Seeds)
            target.Run(known);

        var kept = KeptEnds(target, corpus);
        var start = Stopwatch.GetTimestamp();
        for (long number = 0; number < inputs; number++)
        {
            current = mutator.Make(number);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var began = watchdog.Begin();
            try
            {
                var end = target.Run(current);
                ends[end] = ends.GetValueOrDefault(end) + 1;
                if (kept.Add(end))
                    Save(corpus, "end", current);
            }
            catch (Exception e)
            {
                // Whatever a reader lets out is what this run looks for.
                findings++;
                Console.WriteLine($"fuzz {target.Name}: CRASH with {e.GetType().Name}: {e.Message} at input {number}, {Save(corpus, "crash", current)}");
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            largest = Math.Max(largest, allocated);
            if (allocated > target.AllowedBytes)
            {
                findings++;
                Console.WriteLine($"fuzz {target.Name}: {allocated} BYTES ALLOCATED at input {number}, {Save(corpus, "large", current)}");
            }

            if (Stopwatch.GetElapsedTime(began) > Slow)
            {
                findings++;
                Console.WriteLine($"fuzz {target.Name}: SLOW, {Stopwatch.GetElapsedTime(began)} at input {number}, {Save(corpus, "slow", current)}");
            }
        }

        Console.WriteLine(
            $"fuzz {target.Name}: {inputs} inputs with seed {seed} in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {ends.Count} kinds of ends, "
            + $"{ends.GetValueOrDefault("read") + ends.Where(one => one.Key.EndsWith(" end", StringComparison.Ordinal)).Sum(one => one.Value)} taken whole, "
            + $"at most {largest} bytes allocated of {target.AllowedBytes} allowed, {findings} findings");
        return findings;
    }

    // Other seeds reach the same ends by other inputs: one of each is enough.
    private static HashSet<string> KeptEnds(IFuzzTarget target, string corpus) => Directory.Exists(corpus)
        ? Directory.GetFiles(corpus, "end-*.bin").Select(file => target.Run(File.ReadAllBytes(file))).ToHashSet(StringComparer.Ordinal)
        : new HashSet<string>(StringComparer.Ordinal);

    private static string Save(string corpus, string kind, byte[] input)
    {
        Directory.CreateDirectory(corpus);
        var file = Path.Combine(corpus, $"{kind}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}.bin");
        File.WriteAllBytes(file, input);
        return file;
    }

    /// <summary>Looks from a thread of its own whether one input takes too long.</summary>
    private sealed class Watchdog : IDisposable
    {
        private readonly Timer _timer;
        private long _began = Stopwatch.GetTimestamp();

        public Watchdog(TimeSpan limit, Action bark) => _timer = new Timer(
            _ =>
            {
                if (Stopwatch.GetElapsedTime(Interlocked.Read(ref _began)) > limit) bark();
            },
            null,
            limit,
            limit / 4);

        public long Begin()
        {
            var now = Stopwatch.GetTimestamp();
            Interlocked.Exchange(ref _began, now);
            return now;
        }

        public void Dispose() => _timer.Dispose();
    }
}
