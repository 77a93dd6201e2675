using Akka.Actor;

namespace ActorMonitor.Bench.Load;

/// <summary>Pairs of actors of one system with a number of messages between them; messages are counted on both sides.</summary>
internal static class PingPong
{
    private static readonly object Ball = new();

    public static async Task<int> RunAsync(Options options)
    {
        var pairs = options.Number("pairs", 1, max: 10_000);
        var window = options.Number("window", 1000, max: 1_000_000);
        var messages = options.Number("messages", 20_000_000, min: 1000);
        var rounds = options.Number("rounds", 7);
        options.End();

        using var system = LoadSystem.Local();
        var perPair = Math.Max(window, messages / pairs / 2);
        var pingers = Enumerable.Range(0, pairs).Select(_ =>
        {
            var ponger = system.ActorOf(Props.Create(() => new Ponger()));
            return system.ActorOf(Props.Create(() => new Pinger(ponger)));
        }).ToArray();
        var results = await Measurement.RunAsync(rounds, async () =>
        {
            await Task.WhenAll(pingers.Select(pinger => Run.OnAsync(pinger, perPair, window, Ball)));
            return 2L * perPair * pairs;
        });

        Console.WriteLine($"ping-pong pairs={pairs} window={window} messages={2L * perPair * pairs}: {Measurement.Summary(results)}");
        await system.Terminate();
        return 0;
    }
}

/// <summary>Has a pinger play one round.</summary>
internal sealed class Run(long replies, int window, object ball) : INoSerializationVerificationNeeded
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Replies => replies;

    public int Window => window;

    public object Ball => ball;

    public static Task OnAsync(IActorRef pinger, long replies, int window, object ball)
    {
        var run = new Run(replies, window, ball);
        pinger.Tell(run, ActorRefs.NoSender);
        return run._done.Task;
    }

    public void Done() => _done.SetResult();
}

/// <summary>Answers every message with itself.</summary>
internal sealed class Ponger : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message, Self);
}

/// <summary>Keeps a number of messages on their way to its partner until all replies of a run are in.</summary>
internal sealed class Pinger(IActorRef partner) : UntypedActor
{
    private Run? _run;
    private long _toSend;
    private long _toReceive;

    protected override void OnReceive(object message)
    {
        if (message is Run run)
        {
            _run = run;
            _toSend = run.Replies;
            _toReceive = run.Replies;
            for (var i = 0; i < run.Window && _toSend > 0; i++, _toSend--)
                partner.Tell(run.Ball, Self);
            return;
        }

        if (_toSend > 0)
        {
            _toSend--;
            partner.Tell(message, Self);
        }

        if (--_toReceive == 0)
            _run?.Done();
    }
}
