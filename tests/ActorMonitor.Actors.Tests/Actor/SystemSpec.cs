using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

/// <summary>A quiet actor system per test, and probes that messages are awaited on.</summary>
public abstract class SystemSpec : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    protected SystemSpec(string hocon = "")
    {
        Sys = ActorSystem.Create(
            "spec", ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }")));
    }

    protected ActorSystem Sys { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Sys.Terminate().WaitAsync(Patience);

    protected Probe NewProbe() => new(Sys);

    /// <summary>Waits until an actor has handled all that it was sent before.</summary>
    protected static async Task Settle(IActorRef actor) =>
        (await actor.Ask<ActorIdentity>(new Identify("settle"), Patience)).MessageId.ShouldBe("settle");

    protected sealed class Probe
    {
        private readonly Channel<(object Message, IActorRef Sender)> _received = Channel.CreateUnbounded<(object, IActorRef)>();

        public Probe(ActorSystem system)
        {
            var writer = _received.Writer;
            Ref = system.ActorOf(Props.Create(() => new Collector(writer)));
        }

        public IActorRef Ref { get; }

        public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

        public async Task<T> Expect<T>()
        {
            using var giveUp = new CancellationTokenSource(Patience);
            var (message, sender) = await _received.Reader.ReadAsync(giveUp.Token);
            LastSender = sender;
            return message.ShouldBeOfType<T>();
        }

        public async Task<IActorRef> ExpectRef()
        {
            using var giveUp = new CancellationTokenSource(Patience);
            return (await _received.Reader.ReadAsync(giveUp.Token)).Message.ShouldBeAssignableTo<IActorRef>()!;
        }

        public async Task Expect<T>(T expected) => (await Expect<T>()).ShouldBe(expected);

        /// <summary>Nothing came before the sentinel, which is sent now.</summary>
        public async Task ExpectNothing()
        {
            var sentinel = Guid.NewGuid();
            Ref.Tell(sentinel, ActorRefs.NoSender);
            await Expect(sentinel);
        }

        public void Watch(IActorRef subject) => Ref.Tell(new WatchThis(subject), ActorRefs.NoSender);

        public async Task ExpectTerminated(IActorRef subject) => (await Expect<Terminated>()).ActorRef.ShouldBe(subject);
    }

    protected sealed record WatchThis(IActorRef Subject);

    private sealed class Collector(ChannelWriter<(object Message, IActorRef Sender)> received) : ActorBase
    {
        protected override bool Receive(object message)
        {
            // A forwarded Terminated would be dropped here: it is not the probe's own.
            if (message is WatchThis watch) Context.Watch(watch.Subject);
            else received.TryWrite((message, Sender));
            return true;
        }
    }
}

/// <summary>An actor whose behaviour a test gives it.</summary>
internal sealed class FunActor : ReceiveActor
{
    private readonly Hooks _hooks;

    public FunActor(Hooks hooks)
    {
        _hooks = hooks;
        hooks.Constructed?.Invoke();
        ReceiveAny(message => hooks.Receive(message, Context));
    }

    protected override void PreStart() => _hooks.PreStart?.Invoke(Context);

    protected override void PostStop() => _hooks.PostStop?.Invoke(Context);

    protected override void PreRestart(Exception reason, object message)
    {
        _hooks.PreRestart?.Invoke(reason, message);
        if (!_hooks.KeepsChildren) base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _hooks.PostRestart?.Invoke(reason);
        base.PostRestart(reason);
    }

    protected override SupervisorStrategy SupervisorStrategy() => _hooks.Strategy ?? base.SupervisorStrategy();

    internal sealed class Hooks
    {
        public Action? Constructed { get; init; }

        public Action<object, IActorContext> Receive { get; init; } = Throwing;

        public Action<IActorContext>? PreStart { get; init; }

        public Action<IActorContext>? PostStop { get; init; }

        public Action<Exception, object>? PreRestart { get; init; }

        public Action<Exception>? PostRestart { get; init; }

        public bool KeepsChildren { get; init; }

        public SupervisorStrategy? Strategy { get; init; }

        public Props Props => Props.Create(() => new FunActor(this));

        /// <summary>Throws exceptions, makes children of Props, and answers everything else with itself.</summary>
        public static void Throwing(object message, IActorContext context)
        {
            switch (message)
            {
                case Exception e:
                    throw e;
                case Props props:
                    context.Sender.Tell(context.ActorOf(props, "child"), context.Self);
                    break;
                default:
                    context.Sender.Tell(message, context.Self);
                    break;
            }
        }
    }
}
