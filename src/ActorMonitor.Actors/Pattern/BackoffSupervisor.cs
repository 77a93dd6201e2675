using Akka.Actor;

namespace Akka.Pattern;

/// <summary>
/// Supervises one child and starts it again after a growing delay. It passes what it is told to the child, and what the child
/// tells it to its own parent; while there is no child, messages are dead letters.
/// </summary>
public sealed class BackoffSupervisor : UntypedActor
{
    private readonly BackoffOptions _options;
    private IActorRef? _child;
    private int _restarts;
    private bool _failed;

    internal BackoffSupervisor(BackoffOptions options) => _options = options;

    /// <summary>The recipe of a supervisor.</summary>
    public static Props Props(BackoffOptions options) => options.Props;

    /// <inheritdoc />
    protected override void PreStart() => StartTheChild();

    /// <inheritdoc />
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartChild:
                StartTheChild();
                break;
            case ResetRestartCount reset:
                if (reset.Current == _restarts) _restarts = 0;
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_child):
                ChildEnded();
                break;
            case GetCurrentChild:
                Sender.Tell(new CurrentChild(_child ?? ActorRefs.Nobody));
                break;
            case GetRestartCount:
                Sender.Tell(new RestartCount(_restarts));
                break;
            case Reset when _options.ResetAfter is null:
                _restarts = 0;
                break;
            default:
                Pass(message);
                break;
        }
    }

    private Directive Decide(Exception cause)
    {
        var directive = Actor.SupervisorStrategy.DefaultDecider(cause);
        if (directive != Directive.Restart || !_options.OnFailure) return directive;

        // Stopped now and started again later: that is what a restart is here.
        _failed = true;
        return Directive.Stop;
    }

    private void ChildEnded()
    {
        _child = null;
        var startsAgain = !_options.OnFailure || _failed;
        _failed = false;
        if (!startsAgain || (_options.MaxNrOfRetries >= 0 && _restarts >= _options.MaxNrOfRetries))
        {
            Context.Stop(Self);
            return;
        }

        Context.System.Scheduler.ScheduleTellOnce(_options.DelayAt(_restarts), Self, StartChild.Instance, Self);
        _restarts++;
    }

    private void StartTheChild()
    {
        if (_child is not null) return;
        _child = Context.Watch(Context.ActorOf(_options.ChildProps, _options.ChildName));
        if (_options.ResetAfter is { } time && _restarts > 0)
        {
            Context.System.Scheduler.ScheduleTellOnce(time, Self, new ResetRestartCount(_restarts), Self);
        }
    }

    private void Pass(object message)
    {
        if (_child is not null && Sender.Equals(_child))
        {
            Context.Parent.Tell(message, Self);
            return;
        }

        if (_child is not null) _child.Forward(message);
        else Context.System.DeadLetters.Forward(message);
    }

    /// <summary>Asks for the child; answered by <see cref="CurrentChild"/>.</summary>
    public sealed class GetCurrentChild
    {
        /// <summary>The question.</summary>
        public static readonly GetCurrentChild Instance = new();

        private GetCurrentChild()
        {
        }
    }

    /// <summary>The child, or Nobody while it is not started.</summary>
    public sealed class CurrentChild
    {
        /// <summary>An answer.</summary>
        public CurrentChild(IActorRef @ref) => Ref = @ref;

        /// <summary>The child.</summary>
        public IActorRef Ref { get; }
    }

    /// <summary>Makes the delay begin small again, with <see cref="BackoffOptions.WithManualReset"/>.</summary>
    public sealed class Reset
    {
        /// <summary>The message.</summary>
        public static readonly Reset Instance = new();

        private Reset()
        {
        }
    }

    /// <summary>Asks how often the child was started again; answered by <see cref="RestartCount"/>.</summary>
    public sealed class GetRestartCount
    {
        /// <summary>The question.</summary>
        public static readonly GetRestartCount Instance = new();

        private GetRestartCount()
        {
        }
    }

    /// <summary>How often the child was started again since the last reset.</summary>
    public sealed class RestartCount
    {
        /// <summary>An answer.</summary>
        public RestartCount(int count) => Count = count;

        /// <summary>The number.</summary>
        public int Count { get; }
    }

    private sealed class StartChild : IDeadLetterSuppressed
    {
        public static readonly StartChild Instance = new();
    }

    private sealed record ResetRestartCount(int Current) : IDeadLetterSuppressed;

    // Its own schedules outlive the supervisor: nobody misses them.
    private interface IDeadLetterSuppressed : Event.IDeadLetterSuppression;
}
