using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace ActorMonitor.Actors.Tests.Remote;

/// <summary>
/// An actor system with remoting on a free loopback port, and an inbox for what its actors get. It waits for a handshake longer than
/// any spec does: a peer that is slow on a busy machine is not late, and one that is closed was closed for what it said.
/// </summary>
internal sealed class RemoteNode : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public RemoteNode(string name, string settings = "", int port = 0, string host = "127.0.0.1")
    {
        var config = ConfigurationFactory.ParseString(settings).WithFallback(ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = remote
              remote {
                handshake-timeout = 1h
                retry-gate-closed-for = 100ms
                flush-wait-on-shutdown = 5s
                transport-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 20s }
                dot-netty.tcp { hostname = "{{host}}", port = {{port}} }
              }
            }
            """));
        System = ActorSystem.Create(name, config);
    }

    public ActorSystem System { get; }

    public IActorRefProvider Provider => ((ExtendedActorSystem)System).Provider;

    public Address Address => Provider.DefaultAddress;

    public Remoting Remoting => ((RemoteActorRefProvider)Provider).Remoting;

    public Channel<object> Inbox { get; } = Channel.CreateUnbounded<object>();

    /// <summary>Starts an actor that puts what it gets into the inbox.</summary>
    public IActorRef Collect(string name)
    {
        var inbox = Inbox;
        return System.ActorOf(Props.Create(() => new Collector(inbox)), name);
    }

    /// <summary>Starts an actor that answers every message with itself.</summary>
    public IActorRef Echo(string name = "echo") => System.ActorOf(Props.Create(() => new EchoActor()), name);

    /// <summary>Puts events of a type into the inbox.</summary>
    public void Subscribe<T>() => System.EventStream.Subscribe(Collect("on-" + typeof(T).Name), typeof(T));

    public ActorSelection Select(RemoteNode peer, string path) => System.ActorSelection(peer.Address + path);

    public async Task<T> NextAsync<T>()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await Inbox.Reader.ReadAsync(timeout.Token) is T found)
                return found;
        }
    }

    /// <summary>Asks until there is an answer: a link that is just coming back may lose messages.</summary>
    public static async Task<T> AskUntilAnsweredAsync<T>(ICanTell target, object message)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await target.Ask<T>(message, TimeSpan.FromMilliseconds(300));
            }
            catch (AskTimeoutException) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
            }
        }
    }

    /// <summary>Waits for something that no message tells of.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException("The condition did not come true.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(Patience);

    private sealed class Collector : UntypedActor
    {
        private readonly Channel<object> _inbox;

        public Collector(Channel<object> inbox) => _inbox = inbox;

        protected override void OnReceive(object message) => _inbox.Writer.TryWrite(message);
    }

    private sealed class EchoActor : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
