using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The base of all refs: equality by path and uid, and answers for a ref with nothing behind it.</summary>
internal abstract class InternalActorRef : IInternalActorRef
{
    public abstract ActorPath Path { get; }

    public abstract IActorRefProvider Provider { get; }

    public virtual IInternalActorRef Parent => (IInternalActorRef)ActorRefs.Nobody;

    public virtual bool IsLocal => true;

    public virtual bool IsTerminated => false;

    public void Tell(object message, IActorRef sender)
    {
        if (message is null) throw new InvalidMessageException("A message must not be null.");
        TellInternal(message, sender);
    }

    protected abstract void TellInternal(object message, IActorRef sender);

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

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";
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
