using Akka.Event;

namespace Akka.Actor;

/// <summary>The root: it ends when the system's guardian has, and takes no failure.</summary>
internal sealed class RootGuardian : ActorBase
{
    protected override bool Receive(object message)
    {
        if (message is not Terminated) return DeadLettered(message);
        Context.Stop(Self);
        return true;
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private bool DeadLettered(object message)
    {
        Context.System.DeadLetters.Forward(message);
        return true;
    }
}

/// <summary>/system: supervises the loggers and the like, and ends after the user's guardian.</summary>
internal sealed class SystemGuardian : ActorBase
{
    private int _loggersLeft;

    protected override bool Receive(object message)
    {
        if (message is Terminated) EndLoggers();
        else Context.System.DeadLetters.Forward(message);
        return true;
    }

    // A stop would overtake the lines that wait in the loggers' mailboxes: they end by a message behind them.
    private void EndLoggers()
    {
        foreach (var logger in Context.System.EventStream.StopDefaultLoggers())
        {
            _loggersLeft++;
            Context.Watch(logger);
            logger.Tell(PoisonPill.Instance, Self);
        }

        if (_loggersLeft == 0)
        {
            Context.Stop(Self);
            return;
        }

        Context.SetReceiveTimeout(Context.System.Settings.LoggerStartTimeout);
        Context.Become(WaitForLoggers);
    }

    private bool WaitForLoggers(object message)
    {
        switch (message)
        {
            case Terminated when --_loggersLeft == 0:
                Context.Stop(Self);
                break;
            case Terminated:
                break;
            case ReceiveTimeout:
                // The console has the log again.
                Context.GetLogger().Warning("[{0}] loggers are not done after {1}: what they still have to log is lost.", _loggersLeft, Context.System.Settings.LoggerStartTimeout);
                Context.Stop(Self);
                break;
            default:
                Context.System.DeadLetters.Forward(message);
                break;
        }

        return true;
    }
}

/// <summary>/user: supervises what is made by the system's ActorOf.</summary>
internal sealed class UserGuardian : ActorBase
{
    protected override bool Receive(object message)
    {
        Context.System.DeadLetters.Forward(message);
        return true;
    }

    // Its children stay: a user's actor ends only by itself, by its failure or with the system.
    protected override void PreRestart(Exception reason, object message)
    {
    }
}
