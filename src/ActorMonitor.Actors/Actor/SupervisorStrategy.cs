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

/// <summary>How a supervisor answers the failures of its children.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stop for failures of making, killing and death pacts, else Restart.</summary>
    internal static readonly Func<Exception, Directive> DefaultDecider = cause => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    };

    /// <summary>One child at a time, without limits: Stop for failures of making, killing and death pacts, else Restart.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Every child that fails is stopped.</summary>
    public static readonly SupervisorStrategy StoppingStrategy = new OneForOneStrategy(_ => Directive.Stop);

    private protected SupervisorStrategy()
    {
    }

    /// <summary>Answers a failure; false to escalate it.</summary>
    internal abstract bool HandleFailure(ActorCell supervisor, ChildStats failed, Exception cause);
    internal static SupervisorStrategy FromConfigured(string typeName)
    {
        if (typeName.Length == 0) return DefaultStrategy;
        var type = TypeNames.Resolve(typeName, "akka.actor.guardian-supervisor-strategy");
        return Activator.CreateInstance(type) is SupervisorStrategyConfigurator configurator
            ? configurator.Create()
            : throw new ConfigurationException($"[{typeName}] is no SupervisorStrategyConfigurator.");
    }

    private protected static void LogFailure(ActorCell supervisor, IActorRef child, Exception cause, Directive directive)
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
    private readonly Func<Exception, Directive> _decide;
    private readonly int _maxRetries;
    private readonly TimeSpan _window;

    /// <summary>With limits: so many restarts in a time; null for no limit.</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
    {
        _decide = localOnlyDecider;
        _maxRetries = maxNrOfRetries ?? -1;
        _window = withinTimeRange ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>Without limits.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(null, null, localOnlyDecider)
    {
    }

    internal override bool HandleFailure(ActorCell supervisor, ChildStats failed, Exception cause)
    {
        var directive = _decide(cause);
        if (directive == Directive.Escalate) return false;
        LogFailure(supervisor, failed.Child, cause, directive);
        if (directive == Directive.Resume) failed.Child.Resume(cause);
        else if (directive == Directive.Restart && failed.RequestRestartPermission(_maxRetries, _window)) failed.Child.Restart(cause);
        else supervisor.Stop(failed.Child);
        return true;
    }
}

/// <summary>Makes the strategy of the user's guardian, by <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
public abstract class SupervisorStrategyConfigurator
{
    /// <summary>Makes the strategy.</summary>
    public abstract SupervisorStrategy Create();
}
