using ActorMonitor.Bench.Load;
using Akka.Actor;

namespace ActorMonitor.Bench.Soak;

/// <summary>The second process of the soak: one actor a pair that checks the numbers it gets, and keeps their account.</summary>
internal static class SoakReceiver
{
    public const string Command = "soak-receiver";

    public static async Task<int> RunAsync(Options options)
    {
        var pairs = options.Number("pairs", 1);
        var port = options.Number("port", 0, max: 65_535);
        var publicPort = options.Number("public-port", 0, max: 65_535);
        options.End();

        using var system = SoakRun.System("receiver", port, publicPort);
        for (var i = 0; i < pairs; i++)
        {
            var pair = i;
            system.ActorOf(Props.Create(() => new Checker(pair)), $"pair-{i}");
        }

        Console.WriteLine(LoadSystem.AddressOf(system));
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(MemoryUse.Now());

        await system.Terminate();
        return 0;
    }

    // Numbers grow by one; a jump is a gap, anything else is a duplicate or a reordering.
    private sealed class Checker : ReceiveActor
    {
        private long _received;
        private long _gaps;
        private long _disorder;
        private long _last;

        public Checker(int pair)
        {
            Receive<Numbered>(numbered =>
            {
                if (numbered.Sequence <= _last || numbered.Pair != pair)
                {
                    _disorder++;
                    return;
                }

                _received++;
                _gaps += numbered.Sequence - _last - 1;
                _last = numbered.Sequence;
                Sender.Tell(new Seen(pair, _last), Self);
            });
            Receive<AskTotals>(_ => Sender.Tell(new Totals(pair, _received, _gaps, _disorder, _last), Self));
        }
    }
}

/// <summary>What a process holds: live bytes after a full collection, and pages.</summary>
internal readonly record struct MemoryUse(long LiveBytes, long ResidentBytes)
{
    public static MemoryUse Now()
    {
        var live = GC.GetTotalMemory(forceFullCollection: true);
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return new MemoryUse(live, self.WorkingSet64);
    }

    public static MemoryUse Parse(string text)
    {
        var parts = text.Split(' ');
        return new MemoryUse(long.Parse(parts[0]), long.Parse(parts[1]));
    }

    public override string ToString() => $"{LiveBytes} {ResidentBytes}";
}
