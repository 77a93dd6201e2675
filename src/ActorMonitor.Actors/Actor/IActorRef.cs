using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Something that messages can be sent to.</summary>
public interface ICanTell
{
    /// <summary>Sends a message; <paramref name="sender"/> is where replies go.</summary>
    void Tell(object message, IActorRef sender);
}

/// <summary>A handle of an actor. Two are equal when path and uid are.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>
{
    /// <summary>The path of the actor, with the uid of this incarnation.</summary>
    ActorPath Path { get; }
}

/// <summary>What the machinery needs of a ref beyond sending.</summary>
internal interface IInternalActorRef : IActorRef
{
    IInternalActorRef Parent { get; }

    IActorRefProvider Provider { get; }

    /// <summary>Whether the actor lives in this system.</summary>
    bool IsLocal { get; }

    /// <summary>Whether the actor is known to be dead; false says nothing.</summary>
    bool IsTerminated { get; }

    /// <summary>The descendant with these names (".." is the parent), or Nobody.</summary>
    IActorRef GetChild(IReadOnlyList<string> names);

    void SendSystemMessage(ISystemMessage message);

    void Start();

    void Stop();

    void Suspend();

    void Resume(Exception? causedByFailure = null);

    void Restart(Exception cause);
}

/// <summary>The two refs that are always there.</summary>
public static class ActorRefs
{
    /// <summary>No sender: null.</summary>
    public static readonly IActorRef NoSender = null!;

    /// <summary>A ref that drops what it is told and stands for "not found".</summary>
    public static readonly IActorRef Nobody = new NobodyRef();
}

/// <summary>Sending with the current actor, or its current sender, as the sender.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends a message with the actor that is running on this thread, if any, as its sender.</summary>
    public static void Tell(this IActorRef receiver, object message) =>
        receiver.Tell(message, ActorCell.Current?.Self ?? ActorRefs.NoSender);

    /// <summary>Passes a message on with the sender that it came with.</summary>
    public static void Forward(this IActorRef receiver, object message) =>
        receiver.Tell(message, ActorCell.Current?.Sender ?? ActorRefs.NoSender);
}

/// <summary>Questions about refs.</summary>
public static class ActorRefExtensions
{
    /// <summary>Whether the ref is null or <see cref="ActorRefs.Nobody"/>.</summary>
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or NobodyRef;
}
