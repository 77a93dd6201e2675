using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The base of all refs: equality by path and uid.</summary>
public abstract class ActorRefBase : IActorRef
{
    private protected ActorRefBase()
    {
    }

    /// <inheritdoc/>
    public abstract ActorPath Path { get; }

    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender)
    {
        if (message is null) throw new InvalidMessageException("A message must not be null.");
        TellInternal(message, sender);
    }

    /// <summary>Takes a message that is one.</summary>
    protected abstract void TellInternal(object message, IActorRef sender);

    /// <inheritdoc/>
    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    /// <inheritdoc/>
    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";
}

/// <summary>The ref of an actor of this process: through it one can look at the actor without sending it a message.</summary>
public abstract class ActorRefWithCell : ActorRefBase
{
    private protected ActorRefWithCell()
    {
    }

    /// <summary>What stands behind the ref.</summary>
    public abstract ICell Underlying { get; }

    /// <summary>The actor's children.</summary>
    public abstract IEnumerable<IActorRef> Children { get; }
}

/// <summary>What stands behind the ref of an actor, as others may look at it from any thread.</summary>
public interface ICell
{
    /// <summary>The actor's ref.</summary>
    IActorRef Self { get; }

    /// <summary>The system that it lives in.</summary>
    ActorSystem System { get; }

    /// <summary>The recipe that it was made by.</summary>
    Props Props { get; }

    /// <summary>Whether it is dead.</summary>
    bool IsTerminated { get; }

    /// <summary>Whether messages wait for it.</summary>
    bool HasMessages { get; }

    /// <summary>How many messages wait for it: a glance, as it may take one meanwhile.</summary>
    int NumberOfMessages { get; }
}

/// <summary>What the machinery's refs without an actor behind them have in common: answers for a ref with nothing behind it.</summary>
internal abstract class InternalActorRef : ActorRefBase, IInternalActorRef
{
    public abstract IActorRefProvider Provider { get; }

    public virtual IInternalActorRef Parent => (IInternalActorRef)ActorRefs.Nobody;

    public virtual bool IsLocal => true;

    public virtual bool IsTerminated => false;

    public virtual void SendSystemMessage(ISystemMessage message)
    {
    }

    public virtual IActorRef GetChild(IReadOnlyList<string> names) =>
        names.All(string.IsNullOrEmpty) ? this : ActorRefs.Nobody;

    public virtual void Start()
    {
    }

    public virtual void Stop() => SendSystemMessage(Terminate.Instance);

    public virtual void Suspend() => SendSystemMessage(Dispatch.SysMsg.Suspend.Instance);

    public virtual void Resume(Exception? causedByFailure = null) => SendSystemMessage(new Resume(causedByFailure));

    public virtual void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));
}

/// <summary>Stands for "no such actor".</summary>
internal sealed class NobodyRef : InternalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "all-systems")) / "nobody";

    public override IActorRefProvider Provider => throw new NotSupportedException("Nobody has no provider.");

    public override IInternalActorRef Parent => this;

    protected override void TellInternal(object message, IActorRef sender)
    {
    }
}
