using ActorMonitor.Bench.Load;
using ActorMonitor.Bench.Node;
using ActorMonitor.Bench.Soak;
using ActorMonitor.Bench.Store;
using BenchmarkDotNet.Running;

namespace ActorMonitor.Bench;

/// <summary>The entry: one command a run, one line a result.</summary>
internal static class Program
{
    private const string Usage = """
        usage: ActorMonitor.Bench COMMAND [--option value ...]
          tell-flood        --senders 1 --messages 20000000 --rounds 7
          ping-pong         --pairs 1 --window 1000 --messages 20000000 --rounds 7
          remote-ping-pong  --pairs 1 --window 50 --messages 1000000 --rounds 5 --payload bytes|sample
          round-trip        --messages 5000 --rounds 5 --payload bytes|sample
          idle-actors       --actors 100000 --timers no|yes
          timers            --actors 100000 --seconds 10 --ticks 4
          soak              --minutes 5 --pairs 30 --cuts 50 --results artifacts/soak/remoting.jsonl --fresh no|yes
          fuzz              --inputs 1000000 --seed 1 --target all|frames|hocon --corpus FOLDER
          store             --seconds 60 --lanes 1000 --batch 4000 --rate 0 --hours 6 --days 30 --folder FOLDER
          probe             --service tcp --host 127.0.0.1 --targets 1 --port 0 --parallel 64 --rate 0 --seconds 5 --rounds 5 --settings "a=b;c=d|e" --expect "" --figure rtt
          checks            --service tcp --jobs 1000 --parallel 64 --rate 0 --port 18022 --host ADDRESS --seconds 5 --rounds 5 --settings "a=b" --expect "" --set "a.b=c;d=e" --program FILE
          path              --mix tcp=10000 --interval 10 --seconds 60 --warm-up 20 --blackhole 0 --sample 0 --port 18022 --set "a.b=c;d=e" --program FILE
          reload            --jobs 10000 --changed 100 --interval 10 --rounds 5 --seconds 20 --pbm 29112 --program FILE
          micro             the BenchmarkDotNet benchmarks; further arguments are its own
        """;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        if (arguments[0] == "micro")
        {
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments[1..]);
            return 0;
        }

        try
        {
            var options = new Options(arguments.AsSpan(1));
            return arguments[0] switch
            {
                "tell-flood" => await TellFlood.RunAsync(options),
                "ping-pong" => await PingPong.RunAsync(options),
                "remote-ping-pong" => await RemotePingPong.RunAsync(options),
                "round-trip" => await RoundTrip.RunAsync(options),
                "idle-actors" => await IdleActors.RunAsync(options),
                "timers" => await Timers.RunAsync(options),
                "soak" => await SoakRun.RunAsync(options),
                "store" => await StoreRun.RunAsync(options),
                "probe" => await ProbeLoad.RunAsync(options),
                "checks" => await ChecksRun.RunAsync(options),
                "path" => await PathRun.RunAsync(options),
                "reload" => await ReloadRun.RunAsync(options),
                EchoNode.Command => await EchoNode.RunAsync(options),
                SoakReceiver.Command => await SoakReceiver.RunAsync(options),
#if !AKKA_PACKAGES
                "fuzz" => await Fuzz.FuzzRun.RunAsync(options),
#endif
                _ => throw new UsageException($"There is no command '{arguments[0]}'."),
            };
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine(Usage);
            return 2;
        }
    }
}
