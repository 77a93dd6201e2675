using Akka.Actor;

namespace ActorMonitor.Bench.Load;

/// <summary>Each sender is a thread that tells its own actor as fast as it can; the round ends when the actors have handled all.</summary>
internal static class TellFlood
{
    private static readonly object Message = new();

    public static async Task<int> RunAsync(Options options)
    {
        var senders = options.Number("senders", 1, max: 64);
        var messages = options.Number("messages", 20_000_000, min: 1000);
        var rounds = options.Number("rounds", 7);
        options.End();

        using var system = LoadSystem.Local();
        var counts = Enumerable.Range(0, senders).Select(_ => new Countdown()).ToArray();
        var actors = counts.Select(count => system.ActorOf(Props.Create(() => new Counter(count)))).ToArray();
        var results = await Measurement.RunAsync(rounds, async () =>
        {
            var done = counts.Select(count => count.Start(messages)).ToArray();
            var threads = actors.Select(actor => Task.Factory.StartNew(
                () => Flood(actor, messages), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            await Task.WhenAll(threads);
            await Task.WhenAll(done);
            return (long)messages * senders;
        });

        Console.WriteLine($"tell-flood senders={senders} messages={messages}: {Measurement.Summary(results)}");
        await system.Terminate();
        return 0;
    }

    private static void Flood(IActorRef actor, int messages)
    {
        for (var i = 0; i < messages; i++)
            actor.Tell(Message, ActorRefs.NoSender);
    }

    private sealed class Counter(Countdown countdown) : UntypedActor
    {
        protected override void OnReceive(object message) => countdown.Signal();
    }
}

/// <summary>Counts the messages of one actor; only that actor signals.</summary>
internal sealed class Countdown
{
    private TaskCompletionSource _done = new();
    private long _left;

    public Task Start(long count)
    {
        _left = count;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _done.Task;
    }

    public void Signal()
    {
        if (--_left == 0)
            _done.SetResult();
    }
}
