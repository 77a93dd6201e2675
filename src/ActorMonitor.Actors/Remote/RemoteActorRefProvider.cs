using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>Makes and finds the actors of this process, and refs to those of others: the provider <c>remote</c>.</summary>
internal sealed class RemoteActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    : LocalActorRefProvider(systemName, settings, eventStream), IAsyncDisposable
{
    private Remoting? _remoting;

    public Remoting Remoting => _remoting ?? throw new InvalidOperationException("Remoting is not started.");

    public override Address DefaultAddress => _remoting?.Address ?? base.DefaultAddress;

    public override void Init(ActorSystemImpl system)
    {
        // The port comes first: where it is taken, no actor has started yet.
        _remoting = new Remoting(system, this, new RemoteSettings(Settings.Config), Logging.GetLogger(system, "remoting"), TimeProvider.System);
        base.Init(system);
        _remoting.Start();
    }

    public override Task AfterTerminationAsync() => DisposeAsync().AsTask();

    // Runs also after a start that failed.
    public ValueTask DisposeAsync() => _remoting?.DisposeAsync() ?? ValueTask.CompletedTask;

    public override IInternalActorRef RootGuardianAt(Address address) =>
        IsPeer(address) ? new RemoteActorRef(Remoting, new RootActorPath(address)) : base.RootGuardianAt(address);

    public override IActorRef ResolveActorRef(ActorPath actorPath) =>
        IsPeer(actorPath.Address) ? new RemoteActorRef(Remoting, actorPath) : base.ResolveActorRef(actorPath);

    private bool IsPeer(Address address) => address.HasGlobalScope && address.Protocol == Akka.Remote.Remoting.Protocol && !IsOwn(address);
}
