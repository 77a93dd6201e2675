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
    protected override bool Receive(object message)
    {
        if (message is Terminated)
        {
            Context.System.EventStream.StopDefaultLoggers();
            Context.Stop(Self);
        }
        else
        {
            Context.System.DeadLetters.Forward(message);
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
