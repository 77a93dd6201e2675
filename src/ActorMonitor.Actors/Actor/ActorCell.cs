using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// What stands behind a local ref for as long as the actor lives: its mailbox, its current instance and behaviours, its children
/// and watches. Everything but sending runs on the mailbox's turn, one thread at a time.
/// </summary>
internal partial class ActorCell : IActorContext, ICell
{
    [ThreadStatic]
    private static ActorCell? _current;

    private readonly Mailbox _mailbox;

    // The current behaviour, and those below it where there are any.
    private Receive? _behaviour;
    private Stack<Receive>? _behavioursBelow;
    private ActorBase? _actor;
    private Envelope _envelope;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, IInternalActorRef parent)
    {
        SystemImpl = system;
        Self = self;
        Props = props;
        Parent = parent;
        _mailbox = new Mailbox(this, system.Settings.Throughput, props.MailboxPath is { } path ? system.LocalProvider.Mailboxes.Lookup(path).NewBound() : null);
        _mailbox.PostSystem(Create.Instance);
    }

    /// <summary>The cell that runs on this thread.</summary>
    public static ActorCell? Current
    {
        get => _current;
        set => _current = value;
    }

    public LocalActorRef Self { get; }

    public IInternalActorRef Parent { get; }

    public Props Props { get; }

    public ActorSystemImpl SystemImpl { get; }

    public Mailbox Mailbox => _mailbox;

    public object? CurrentMessage => _envelope.Message;

    public IActorRef Sender => _envelope.Sender ?? SystemImpl.DeadLetters;

    public bool IsTerminated => _mailbox.IsClosed;

    IActorRef IActorContext.Self => Self;

    IActorRef IActorContext.Parent => Parent;

    ActorSystem IActorContext.System => SystemImpl;

    IActorRef ICell.Self => Self;

    ActorSystem ICell.System => SystemImpl;

    bool ICell.HasMessages => _mailbox.NumberOfMessages > 0;

    int ICell.NumberOfMessages => _mailbox.NumberOfMessages;

    public static ActorCell CurrentOrThrow() => _current
        ?? throw new NotSupportedException(
            "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    public virtual void SendMessage(object message, IActorRef? sender) =>
        _mailbox.Post(new Envelope(message, sender ?? SystemImpl.DeadLetters));

    public void SendSystemMessage(ISystemMessage message) => _mailbox.PostSystem(message);

    public virtual void Start() => _mailbox.Start();

    /// <summary>Handles one user message, on the mailbox's turn.</summary>
    public void Invoke(in Envelope envelope)
    {
        var influences = InfluencesReceiveTimeout(envelope.Message);
        _envelope = envelope;
        Deliveries++;
        try
        {
            if (influences) CancelReceiveTimeout();
            if (envelope.Message is IAutoReceivedMessage) AutoReceive(envelope.Message);
            else ReceiveMessage(envelope.Message);
            if (_asyncHandlers == 0) _envelope = default;
        }
        catch (Exception e)
        {
            // Any exception of an actor is its supervisor's to judge.
            HandleInvokeFailure(e);
        }
        finally
        {
            if (_asyncHandlers == 0) RestartReceiveTimeout(influences);
        }
    }

    /// <summary>Handles one system message, on the mailbox's turn.</summary>
    public void SystemInvoke(ISystemMessage message)
    {
        try
        {
            switch (message)
            {
                case Create:
                    CreateActor();
                    break;
                case DeathWatchNotification died:
                    WatchedActorTerminated(died);
                    break;
                case Failed failed:
                    HandleFailed(failed);
                    break;
                case Watch watch:
                    AddWatcher(watch.Watchee, watch.Watcher);
                    break;
                case Unwatch unwatch:
                    RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                    break;
                case RunTask run:
                    ExecuteTask(run);
                    break;
                case AsyncHandlerEnded ended:
                    EndAsyncHandler(ended);
                    break;
                case Recreate recreate:
                    FaultRecreate(recreate.Cause);
                    break;
                case Suspend:
                    FaultSuspend();
                    break;
                case Resume resume:
                    FaultResume(resume.CausedByFailure);
                    break;
                case Dispatch.SysMsg.Terminate:
                    Terminate();
                    break;
                default:
                    throw new NotSupportedException($"Unknown system message {message}.");
            }
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }

    /// <summary>What becomes of a user message that finds the actor dead.</summary>
    public void DeadLetter(in Envelope envelope)
    {
        // The tick of a timer is nobody's message, and a dead letter that finds its listener dead ends here.
        if (envelope.Message is AllDeadLetters or IInternalUserMessage) return;
        SystemImpl.DeadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender, Self), envelope.Sender);
    }

    /// <summary>What becomes of a system message that finds the actor dead.</summary>
    public void DeadSystemMessage(ISystemMessage message)
    {
        // Watching the dead is answered at once.
        if (message is Watch watch && !watch.Watcher.Equals(Self) && watch.Watchee.Equals(Self))
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(Self, ExistenceConfirmed: false, AddressTerminated: false));
        }
    }

    public void Become(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        _behaviour = receive;
    }

    public void BecomeStacked(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        if (_behaviour is not null) (_behavioursBelow ??= new Stack<Receive>()).Push(_behaviour);
        _behaviour = receive;
    }

    public void UnbecomeStacked()
    {
        if (_behavioursBelow is { Count: > 0 }) _behaviour = _behavioursBelow.Pop();
    }

    public ActorSelection ActorSelection(ActorPath actorPath) => Akka.Actor.ActorSelection.ForPath(SystemImpl, actorPath);

    public ActorSelection ActorSelection(string actorPath) => Akka.Actor.ActorSelection.ForText(SystemImpl, Self, actorPath);

    /// <summary>Called by the constructor of <see cref="ActorBase"/>: from now on the instance has a behaviour.</summary>
    public void Adopt(ActorBase actor)
    {
        ForgetBehaviours();
        _behaviour = actor.ReceiveInitially;
    }

    private void ForgetBehaviours()
    {
        _behaviour = null;
        _behavioursBelow = null;
    }

    protected virtual ActorBase NewActor()
    {
        ForgetBehaviours();
        var actor = Props.NewActor() ?? throw new ActorInitializationException(Self, "The producer of the actor returned null.");
        if (_behaviour is null) throw new ActorInitializationException(Self, "The producer of the actor returned an instance that was in use.");
        EquipActor(actor);
        return actor;
    }

    private void ReceiveMessage(object message) => _actor?.Handle(_behaviour!, message);

    private void AutoReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                ReceiveTerminated(terminated);
                break;
            case PoisonPill:
                Self.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            case ActorSelectionMessage selection:
                Akka.Actor.ActorSelection.Deliver(Self, Sender, selection);
                break;
            case TimerTick tick:
                if (_timers?.Take(tick) is { } timed) ReceiveTimed(timed);
                break;
            case ReceiveTimeoutTick tick:
                if (ReferenceEquals(tick, _receiveTimeoutTick)) ReceiveTimed(Akka.Actor.ReceiveTimeout.Instance);
                break;
            default:
                ReceiveMessage(message);
                break;
        }
    }

    // The actor, and its stash, see the message itself and not its wrapping.
    private void ReceiveTimed(object message)
    {
        _envelope = new Envelope(message, Self);
        if (message is IAutoReceivedMessage) AutoReceive(message);
        else ReceiveMessage(message);
    }
}

/// <summary>A user message that wraps another one or stands for it.</summary>
internal interface IInternalUserMessage : IAutoReceivedMessage;
