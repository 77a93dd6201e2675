using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A tree of actors with its scheduler, event stream and settings.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    /// <summary>The settings.</summary>
    public abstract Settings Settings { get; }

    /// <summary>The name.</summary>
    public abstract string Name { get; }

    /// <summary>The serializers.</summary>
    public abstract Serialization.Serialization Serialization { get; }

    /// <summary>The bus that log events, dead letters and what actors publish go over.</summary>
    public abstract EventStream EventStream { get; }

    /// <summary>Where messages go that have no receiver.</summary>
    public abstract IActorRef DeadLetters { get; }

    /// <summary>The scheduler.</summary>
    public abstract IScheduler Scheduler { get; }

    /// <summary>The log of the system itself.</summary>
    public abstract ILoggingAdapter Log { get; }

    /// <summary>Ends when the system has stopped.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>Makes and starts a system with the default configuration.</summary>
    public static ActorSystem Create(string name) => Create(name, ActorSystemSetup.Empty);

    /// <summary>Makes and starts a system.</summary>
    public static ActorSystem Create(string name, Config config) => Create(name, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)));

    /// <summary>Makes and starts a system.</summary>
    public static ActorSystem Create(string name, ActorSystemSetup setup)
    {
        var system = new ActorSystemImpl(name, setup.Get<BootstrapSetup>()?.Config ?? ConfigurationFactory.Load(), setup);
        system.Start();
        return system;
    }

    /// <inheritdoc />
    public abstract IActorRef ActorOf(Props props, string? name = null);

    /// <inheritdoc />
    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    /// <inheritdoc />
    public abstract ActorSelection ActorSelection(string actorPath);

    /// <inheritdoc />
    public abstract void Stop(IActorRef actor);

    /// <summary>Runs an action after the last actor has stopped.</summary>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Stops the system: the coordinated shutdown, then the actors.</summary>
    public abstract Task Terminate();

    /// <summary>The extension of an id, made when it is not there.</summary>
    public abstract object GetExtension(IExtensionId extensionId);

    /// <summary>Whether there is an extension of a type.</summary>
    public abstract bool HasExtension<T>()
        where T : class, IExtension;

    /// <summary>Stops the system; it may still be stopping when this returns.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the system.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _ = Terminate();
    }
}

/// <summary>What extensions and serializers may see of a system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    /// <summary>The provider of refs.</summary>
    public abstract IActorRefProvider Provider { get; }

    /// <summary>Makes an actor below <c>/system</c>.</summary>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);
}
