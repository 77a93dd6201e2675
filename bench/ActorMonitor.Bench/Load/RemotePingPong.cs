using System.Diagnostics;
using Akka.Actor;

namespace ActorMonitor.Bench.Load;

/// <summary>Pairs over loopback TCP: the pingers here, the pongers in a second process; messages are counted on both sides.</summary>
internal static class RemotePingPong
{
    public static async Task<int> RunAsync(Options options)
    {
        var pairs = options.Number("pairs", 1, max: 1000);
        var window = options.Number("window", 50, max: 5000);
        var messages = options.Number("messages", 1_000_000, min: 1000);
        var rounds = options.Number("rounds", 5);
        var payload = options.OneOf("payload", "bytes", "sample");
        options.End();

        await using var child = ChildProcess.Start(EchoNode.Command, "--pairs", $"{pairs}");
        using var system = LoadSystem.Remote("ping");
        var echo = await child.ReadAsync();
        var pingers = new List<IActorRef>();
        for (var i = 0; i < pairs; i++)
        {
            var ponger = await system.ActorSelection($"{echo}/user/pong-{i}").ResolveOne(TimeSpan.FromSeconds(10));
            pingers.Add(system.ActorOf(Props.Create(() => new Pinger(ponger))));
        }

        var perPair = Math.Max(window, messages / pairs / 2);
        var ball = Payload(payload);
        var otherCpu = new List<double>();
        var results = await Measurement.RunAsync(rounds, async () =>
        {
            var before = await CpuOfAsync(child);
            await Task.WhenAll(pingers.Select(pinger => Run.OnAsync(pinger, perPair, window, ball)));
            otherCpu.Add((await CpuOfAsync(child) - before).TotalMicroseconds / (2L * perPair * pairs));
            return 2L * perPair * pairs;
        });

        // The warm-up rounds are at the front.
        var other = otherCpu[^rounds..].Order().ElementAt(rounds / 2);
        Console.WriteLine($"remote-ping-pong pairs={pairs} window={window} payload={payload}: {Measurement.Summary(results)}, other process {other:0.000} us CPU/msg");
        await system.Terminate();
        return 0;
    }

    public static object Payload(string name) => name == "bytes"
        ? new byte[40]
        : new Sample(1234567, TimeProvider.System.GetTimestamp(), 7, "ping-gateway-berlin");

    private static async Task<TimeSpan> CpuOfAsync(ChildProcess child) => new(long.Parse(await child.AskAsync("cpu")));
}

/// <summary>One message at a time over loopback TCP: how long until its echo is back.</summary>
internal static class RoundTrip
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(Options options)
    {
        var messages = options.Number("messages", 5000, min: 100, max: 1_000_000);
        var rounds = options.Number("rounds", 5);
        var payload = options.OneOf("payload", "bytes", "sample");
        options.End();

        await using var child = ChildProcess.Start(EchoNode.Command);
        using var system = LoadSystem.Remote("ping");
        var echo = await child.ReadAsync();
        var ponger = await system.ActorSelection($"{echo}/user/pong-0").ResolveOne(TimeSpan.FromSeconds(10));
        var ball = RemotePingPong.Payload(payload);
        var medians = new List<(double P50, double P99)>();
        for (var i = 0; i < rounds + 2; i++)
        {
            var done = new TaskCompletionSource<double[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            var timer = system.ActorOf(Props.Create(() => new Stopper(ponger, ball, messages, done)));
            var sorted = await done.Task.WaitAsync(Bound);
            system.Stop(timer);

            // Two rounds to get warm.
            if (i >= 2)
                medians.Add((Measurement.Percentile(sorted, 50), Measurement.Percentile(sorted, 99)));
        }

        var middle = medians.OrderBy(one => one.P50).ElementAt(rounds / 2);
        var p99 = medians.Select(one => one.P99).Order().ElementAt(rounds / 2);
        Console.WriteLine($"round-trip payload={payload} messages={messages}: p50 {middle.P50:0.000} ms, p99 {p99:0.000} ms (medians of {rounds} rounds)");
        await system.Terminate();
        return 0;
    }

    private sealed class Stopper(IActorRef partner, object ball, int messages, TaskCompletionSource<double[]> done) : UntypedActor
    {
        private readonly double[] _milliseconds = new double[messages];
        private int _next;
        private long _sentAt;

        protected override void PreStart() => Send();

        protected override void OnReceive(object message)
        {
            _milliseconds[_next++] = Stopwatch.GetElapsedTime(_sentAt).TotalMilliseconds;
            if (_next < messages)
            {
                Send();
                return;
            }

            Array.Sort(_milliseconds);
            done.SetResult(_milliseconds);
            Context.Stop(Self);
        }

        private void Send()
        {
            _sentAt = Stopwatch.GetTimestamp();
            partner.Tell(ball, Self);
        }
    }
}
