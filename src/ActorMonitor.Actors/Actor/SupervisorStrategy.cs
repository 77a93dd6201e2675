using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>What becomes of an actor that failed.</summary>
public enum Directive
{
    /// <summary>It goes on with the next message and its state.</summary>
    Resume,

    /// <summary>It goes on with a fresh instance.</summary>
    Restart,

    /// <summary>Its supervisor fails in turn.</summary>
    Escalate,

    /// <summary>It is stopped.</summary>
    Stop,
}

/// <summary>Turns a failure into a directive.</summary>
public interface IDecider
{
    /// <summary>The directive for a failure.</summary>
    Directive Decide(Exception cause);
}

/// <summary>A decider made of a function.</summary>
public sealed class LocalOnlyDecider : IDecider
{
    private readonly Func<Exception, Directive> _decide;

    /// <summary>By a function.</summary>
    public LocalOnlyDecider(Func<Exception, Directive> decider) => _decide = decider;

    /// <inheritdoc />
    public Directive Decide(Exception cause) => _decide(cause);
}

/// <summary>How a supervisor answers the failures of its children.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>The directives of <see cref="DefaultStrategy"/>: Stop for failures of making, killing and death pacts, else Restart.</summary>
    public static readonly IDecider DefaultDecider = new LocalOnlyDecider(cause => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    });

    /// <summary>One child at a time by <see cref="DefaultDecider"/>, without limits.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Every child that fails is stopped.</summary>
    public static readonly SupervisorStrategy StoppingStrategy = new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>The decider.</summary>
    public abstract IDecider Decider { get; }

    /// <summary>Whether failures are logged.</summary>
    protected bool LoggingEnabled { get; init; } = true;

    /// <summary>Applies a restart or a stop to the child, and to its siblings where the strategy says so.</summary>
    internal abstract void ProcessFailure(ActorCell supervisor, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children);

    /// <summary>Answers a failure; false to escalate it.</summary>
    internal bool HandleFailure(ActorCell supervisor, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children)
    {
        var directive = Decider.Decide(cause);
        if (directive != Directive.Escalate && LoggingEnabled) LogFailure(supervisor, failed.Child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                failed.Child.Resume(cause);
                return true;
            case Directive.Restart:
                ProcessFailure(supervisor, restart: true, failed, cause, children);
                return true;
            case Directive.Stop:
                ProcessFailure(supervisor, restart: false, failed, cause, children);
                return true;
            case Directive.Escalate:
            default:
                return false;
        }
    }

    internal static SupervisorStrategy FromConfigured(string typeName)
    {
        if (typeName.Length == 0) return DefaultStrategy;
        var type = TypeNames.Resolve(typeName, "akka.actor.guardian-supervisor-strategy");
        return Activator.CreateInstance(type) is SupervisorStrategyConfigurator configurator
            ? configurator.Create()
            : throw new ConfigurationException($"[{typeName}] is no SupervisorStrategyConfigurator.");
    }

    private static void LogFailure(ActorCell supervisor, IActorRef child, Exception cause, Directive directive)
    {
        var message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        var source = child.Path.ToString();
        supervisor.SystemImpl.EventStream.Publish(directive == Directive.Resume
            ? new Warning(cause, source, typeof(SupervisorStrategy), message)
            : new Error(cause, source, typeof(SupervisorStrategy), message));
    }
}

/// <summary>Applies a directive to the child that failed, and to no other.</summary>
public class OneForOneStrategy : SupervisorStrategy
{
    /// <summary>With limits: so many restarts in a time; null for no limit.</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    /// <summary>With limits: so many restarts in a time; null for no limit.</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, withinTimeRange, decider, loggingEnabled: true)
    {
    }

    /// <summary>With limits: so many restarts in a time; negative for no limit.</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    /// <summary>With limits: so many restarts in a time; negative for no limit.</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : this(maxNrOfRetries, TimeSpan.FromMilliseconds(withinTimeMilliseconds), decider, loggingEnabled)
    {
    }

    /// <summary>Without limits.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, null, new LocalOnlyDecider(localOnlyDecider), loggingEnabled: true)
    {
    }

    /// <summary>Without limits.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled)
        : this(-1, null, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    /// <summary>Without limits.</summary>
    public OneForOneStrategy(IDecider decider)
        : this(-1, null, decider, loggingEnabled: true)
    {
    }

    private OneForOneStrategy(int maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider, bool loggingEnabled)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        Window = withinTimeRange ?? Timeout.InfiniteTimeSpan;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    /// <inheritdoc />
    public override IDecider Decider { get; }

    /// <summary>How many restarts are allowed; negative for no limit.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>The time that they are counted in, in milliseconds; negative for all time.</summary>
    public int WithinTimeRangeMilliseconds => (int)Window.TotalMilliseconds;

    private TimeSpan Window { get; }

    /// <summary>The same strategy with another limit.</summary>
    public OneForOneStrategy WithMaxNrOfRetries(int maxNrOfRetries) => new(maxNrOfRetries, Window, Decider, LoggingEnabled);

    internal override void ProcessFailure(ActorCell supervisor, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children)
    {
        if (restart && failed.RequestRestartPermission(MaxNumberOfRetries, Window)) failed.Child.Restart(cause);
        else supervisor.Stop(failed.Child);
    }
}

/// <summary>Makes the strategy of the user's guardian, by <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
public abstract class SupervisorStrategyConfigurator
{
    /// <summary>Makes the strategy.</summary>
    public abstract SupervisorStrategy Create();
}

/// <summary>Makes <see cref="SupervisorStrategy.DefaultStrategy"/>.</summary>
public class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc />
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

/// <summary>Makes <see cref="SupervisorStrategy.StoppingStrategy"/>.</summary>
public class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc />
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}
