using Akka.Actor;

namespace ActorMonitor.Bench.Load;

/// <summary>What an actor costs that has handled one message and waits for the next: live bytes of the heap after a full collection.</summary>
internal static class IdleActors
{
    public static async Task<int> RunAsync(Options options)
    {
        var actors = options.Number("actors", 100_000, min: 1000, max: 5_000_000);
        var withTimers = options.Flag("timers");
        options.End();

        using var system = LoadSystem.Local();
        var refs = new IActorRef[actors];

        // The first thousand pay for what is made once.
        var countdown = new Countdown();
        var kind = withTimers ? Props.Create(() => new Timed(countdown)) : Props.Create(() => new Idle(countdown));
        await MakeAsync(system, kind, countdown, 1000, new IActorRef[1000]);
        var before = Live();
        await MakeAsync(system, kind, countdown, actors, refs);
        var after = Live();

        Console.WriteLine($"idle-actors actors={actors} timers={(withTimers ? "yes" : "no")}: {(after - before) / (double)actors:0} B/actor");
        GC.KeepAlive(refs);
        await system.Terminate();
        return 0;
    }

    private static async Task MakeAsync(ActorSystem system, Props kind, Countdown countdown, int count, IActorRef[] refs)
    {
        var done = countdown.Start(count);
        var parent = system.ActorOf(Props.Create(() => new Parent(kind, refs)));
        parent.Tell("go", ActorRefs.NoSender);
        await done.WaitAsync(TimeSpan.FromMinutes(2));
    }

    private static long Live()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed class Parent(Props kind, IActorRef[] refs) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            for (var i = 0; i < refs.Length; i++)
            {
                refs[i] = Context.ActorOf(kind);
                refs[i].Tell(message, Self);
            }
        }
    }

    private sealed class Idle : ReceiveActor
    {
        public Idle(Countdown countdown) => Receive<string>(_ => Count(countdown));
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(Countdown countdown) => Receive<string>(_ => Count(countdown));

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("slot", "tick", TimeSpan.FromHours(1));
    }

    private static void Count(Countdown countdown)
    {
        lock (countdown) countdown.Signal();
    }
}
