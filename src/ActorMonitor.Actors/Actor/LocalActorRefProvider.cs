using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Routing;

namespace Akka.Actor;

/// <summary>Makes and finds the actors of this process. Remoting builds on it.</summary>
internal class LocalActorRefProvider : IActorRefProvider
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Deployer _deployer;
    private LocalActorRef? _rootGuardian;
    private LocalActorRef? _guardian;
    private LocalActorRef? _systemGuardian;
    private long _lastTempName;

    public LocalActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    {
        Settings = settings;
        EventStream = eventStream;
        RootPath = new RootActorPath(new Address("akka", systemName));
        DeadLetters = new DeadLetterActorRef(RootPath / "deadLetters", this, eventStream);
        TempContainer = new TempContainerRef(RootPath / "temp", this);
        _deployer = new Deployer(settings.Config);
        Mailboxes = new Mailboxes(settings.Config, eventStream);
    }

    public ActorPath RootPath { get; }

    public Settings Settings { get; }

    public IActorRef DeadLetters { get; }

    public TempContainerRef TempContainer { get; }

    public EventStream EventStream { get; }

    public Mailboxes Mailboxes { get; }

    public virtual Address DefaultAddress => RootPath.Address;

    public Task TerminationTask => _terminated.Task;

    public LocalActorRef RootGuardian => _rootGuardian ?? throw new InvalidOperationException("The provider is not started.");

    public LocalActorRef Guardian => _guardian ?? throw new InvalidOperationException("The provider is not started.");

    public LocalActorRef SystemGuardian => _systemGuardian ?? throw new InvalidOperationException("The provider is not started.");

    /// <summary>Makes the guardians; remoting starts listening here.</summary>
    public virtual void Init(ActorSystemImpl system)
    {
        var above = new AboveRootRef(RootPath / "_above", this, _terminated);
        _rootGuardian = new RootGuardianRef(system, Props.Create(() => new RootGuardian()), above, RootPath, this);
        _rootGuardian.Start();
        _systemGuardian = (LocalActorRef)_rootGuardian.Cell.MakeChild(Props.Create(() => new SystemGuardian()), "system", isSystemService: true);
        var strategy = SupervisorStrategy.FromConfigured(Settings.GuardianStrategyClass);
        _guardian = (LocalActorRef)_rootGuardian.Cell.MakeChild(
            Props.Create(() => new UserGuardian()).WithSupervisorStrategy(strategy), "user", isSystemService: true);

        // The end goes from user over system to root: each waits for the one before.
        _systemGuardian.SendSystemMessage(new Watch(_guardian, _systemGuardian));
        _rootGuardian.SendSystemMessage(new Watch(_systemGuardian, _rootGuardian));
    }

    /// <summary>Runs after the last actor has ended; remoting closes its links here.</summary>
    public virtual Task AfterTerminationAsync() => Task.CompletedTask;

    /// <summary>Makes the ref of a new actor. It has its first message, but runs only after Start.</summary>
    public virtual IInternalActorRef ActorOf(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool isSystemService)
    {
        if (props.MailboxPath is not null) Mailboxes.Check(props, path);
        if (isSystemService || props.RouterConfig is not { } router) return new LocalActorRef(system, props, supervisor, path);
        if (router is FromConfig) router = _deployer.Lookup(path);
        return router is RoundRobinPool pool
            ? RoutedActorCell.MakeRef(system, props, pool, supervisor, path)
            : throw new ConfigurationException($"Configuration missing for router [{path}] in 'akka.actor.deployment' section.");
    }

    /// <summary>The root of the system at an address: selections are delivered there.</summary>
    public virtual IInternalActorRef RootGuardianAt(Address address) =>
        IsOwn(address) ? RootGuardian : new EmptyLocalActorRef(new RootActorPath(address), this, EventStream);

    public virtual IActorRef ResolveActorRef(string path) =>
        ActorPath.TryParse(path, out var parsed) ? ResolveActorRef(parsed) : DeadLetters;

    public virtual IActorRef ResolveActorRef(ActorPath actorPath) =>
        IsOwn(actorPath.Address) ? ResolveLocal(actorPath) : new EmptyLocalActorRef(actorPath, this, EventStream);

    /// <summary>The local ref of a path, whatever its address says.</summary>
    public IInternalActorRef ResolveLocal(ActorPath path)
    {
        var found = (IInternalActorRef)RootGuardian.GetChild(path.ElementsWithUid);
        if (!found.IsNobody()) return found;
        var local = path.Elements.Aggregate((ActorPath)RootPath, (at, name) => at / name).WithUid(path.Uid);
        return new EmptyLocalActorRef(local, this, EventStream);
    }

    /// <summary>A path for a ref that lives as long as one question.</summary>
    public ActorPath TempPath(string prefix = "") =>
        TempContainer.Path / ActorCell.ShortName(Interlocked.Increment(ref _lastTempName), prefix.Length == 0 ? "$" : prefix + "$");

    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => TempContainer.Add(path.Name, actorRef);

    public void UnregisterTempActor(ActorPath path) => TempContainer.Remove(path.Name);

    protected virtual bool IsOwn(Address address) => address == RootPath.Address || address == DefaultAddress;

    /// <summary>Stands above the root: a failure that gets here, or the root's end, ends the system.</summary>
    private sealed class AboveRootRef(ActorPath path, LocalActorRefProvider provider, TaskCompletionSource terminated)
        : MinimalActorRef(path, provider)
    {
        private readonly LocalActorRefProvider _provider = provider;

        public override void SendSystemMessage(ISystemMessage message)
        {
            switch (message)
            {
                case Failed failed:
                    _provider.EventStream.Publish(new Error(failed.Cause, Path.ToString(), GetType(), $"guardian {failed.Child} failed, shutting down!"));
                    ((IInternalActorRef)failed.Child).Stop();
                    break;
                case DeathWatchNotification:
                    terminated.TrySetResult();
                    break;
            }
        }

        protected override void TellInternal(object message, IActorRef sender) => _provider.DeadLetters.Tell(message, sender);
    }
}

/// <summary>The refs that live as long as one question.</summary>
internal sealed class TempContainerRef(ActorPath path, IActorRefProvider provider) : MinimalActorRef(path, provider)
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _refs = new(StringComparer.Ordinal);

    public void Add(string name, IInternalActorRef actorRef) => _refs[name] = actorRef;

    public void Remove(string name) => _refs.TryRemove(name, out _);

    public override IActorRef GetChild(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return this;
        if (names.Count > 1) return ActorRefs.Nobody;
        return _refs.TryGetValue(names[0].Split('#')[0], out var found) ? found : ActorRefs.Nobody;
    }

    protected override void TellInternal(object message, IActorRef sender) => Provider.DeadLetters.Tell(message, sender);
}
