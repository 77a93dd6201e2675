using System.Linq.Expressions;
using Akka.Actor;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>Makes an actor below /user.</summary>
    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <summary>Makes an actor below /user.</summary>
    public IActorRef ActorOf<TActor>()
        where TActor : ActorBase, new()
        => Sys.ActorOf(Props.Create<TActor>());

    /// <summary>Makes an actor below /user.</summary>
    public IActorRef ActorOf<TActor>(string name)
        where TActor : ActorBase, new()
        => Sys.ActorOf(Props.Create<TActor>(), name);

    /// <summary>Makes an actor below /user.</summary>
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory)
        where TActor : ActorBase
        => Sys.ActorOf(Props.Create(factory));

    /// <summary>Makes an actor below /user.</summary>
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string name)
        where TActor : ActorBase
        => Sys.ActorOf(Props.Create(factory), name);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    /// <inheritdoc/>
    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    /// <inheritdoc/>
    void IActorRefFactory.Stop(IActorRef actor) => Sys.Stop(actor);
}
