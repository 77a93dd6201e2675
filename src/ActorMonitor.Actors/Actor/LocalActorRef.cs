using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The ref of an actor of this process.</summary>
internal class LocalActorRef : ActorRefWithCell, IInternalActorRef
{
    private readonly ActorSystemImpl _system;

    public LocalActorRef(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, Func<LocalActorRef, ActorCell>? makeCell = null)
    {
        _system = system;
        Path = path;
        Parent = supervisor;
        Cell = makeCell is null ? new ActorCell(system, this, props, supervisor) : makeCell(this);
    }

    public override ActorPath Path { get; }

    public virtual IInternalActorRef Parent { get; }

    public IActorRefProvider Provider => _system.Provider;

    public bool IsLocal => true;

    public bool IsTerminated => Cell.IsTerminated;

    public ActorCell Cell { get; }

    public override ICell Underlying => Cell;

    public override IEnumerable<IActorRef> Children => Cell.GetChildren();

    protected override void TellInternal(object message, IActorRef sender) =>
        Cell.SendMessage(_system.SerializeAllMessages ? ThroughItsSerializer(message) : message, sender);

    // For tests: finds messages that could not go to another system. What the machinery sends itself stays as it is.
    private object ThroughItsSerializer(object message)
    {
        if (message is INoSerializationVerificationNeeded || message.GetType().Assembly == typeof(LocalActorRef).Assembly) return message;
        var serializer = _system.Serialization.FindSerializerFor(message);
        var bytes = serializer.ToBinary(message);
        return _system.Serialization.Deserialize(bytes, serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, message));
    }

    public void SendSystemMessage(ISystemMessage message) => Cell.SendSystemMessage(message);

    public void Start() => Cell.Start();

    public void Stop() => SendSystemMessage(Terminate.Instance);

    public void Suspend() => SendSystemMessage(Dispatch.SysMsg.Suspend.Instance);

    public void Resume(Exception? causedByFailure = null) => SendSystemMessage(new Resume(causedByFailure));

    public void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    public IActorRef GetChild(IReadOnlyList<string> names)
    {
        IInternalActorRef at = this;
        foreach (var name in names)
        {
            if (name.Length == 0) continue;
            at = name == ".." ? at.Parent : at is LocalActorRef local ? local.GetSingleChild(name) : (IInternalActorRef)at.GetChild([name]);
            if (at.IsNobody()) return at;
        }

        return at;
    }

    public virtual IInternalActorRef GetSingleChild(string name) => Cell.GetSingleChild(name);
}

/// <summary>The root of the tree, with the parts of it that are no actors.</summary>
internal sealed class RootGuardianRef(ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, LocalActorRefProvider provider)
    : LocalActorRef(system, props, supervisor, path)
{
    public override IInternalActorRef Parent => this;

    public override IInternalActorRef GetSingleChild(string name) => name switch
    {
        "temp" => provider.TempContainer,
        "deadLetters" => (IInternalActorRef)provider.DeadLetters,
        _ => base.GetSingleChild(name),
    };
}

/// <summary>A ref with a sink of its own and no mailbox.</summary>
internal abstract class MinimalActorRef(ActorPath path, IActorRefProvider provider) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    public override void Stop()
    {
    }

    public override void Suspend()
    {
    }

    public override void Resume(Exception? causedByFailure = null)
    {
    }

    public override void Restart(Exception cause)
    {
    }
}

/// <summary>The ref of a path that no actor has: what it is told becomes a dead letter.</summary>
internal class EmptyLocalActorRef(ActorPath path, IActorRefProvider provider, EventStream eventStream) : MinimalActorRef(path, provider)
{
    public override bool IsTerminated => true;

    protected EventStream EventStream { get; } = eventStream;

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch && watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: false, AddressTerminated: false));
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is AllDeadLetters) return;
        Publish(message, sender, this);
    }

    protected void Publish(object message, IActorRef? sender, IActorRef recipient)
    {
        var from = sender ?? Provider.DeadLetters;
        switch (message)
        {
            case Identify identify:
                from.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case ActorSelectionMessage { Message: Identify identify } selection:
                if (!selection.WildcardFanOut) from.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case ActorSelectionMessage selection:
                Publish(selection.Message, from, recipient);
                break;
            case IDeadLetterSuppression suppressed:
                EventStream.Publish(new SuppressedDeadLetter(suppressed, from, recipient));
                break;
            default:
                EventStream.Publish(new DeadLetter(message, from, recipient));
                break;
        }
    }
}

/// <summary>Where messages go that have no receiver; it publishes them on the event stream.</summary>
internal sealed class DeadLetterActorRef(ActorPath path, IActorRefProvider provider, EventStream eventStream)
    : EmptyLocalActorRef(path, provider, eventStream)
{
    public override bool IsTerminated => false;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is DeadLetter letter)
        {
            if (letter.Message is not AllDeadLetters) Publish(letter.Message, letter.Sender, letter.Recipient);
        }
        else if (message is not AllDeadLetters)
        {
            Publish(message, sender, this);
        }
    }
}
