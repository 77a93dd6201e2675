namespace Akka.Actor;

/// <summary>The base of the exceptions of the actor machinery.</summary>
public abstract class AkkaException : Exception
{
    /// <summary>An exception.</summary>
    protected AkkaException(string? message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>A name is malformed or taken.</summary>
public class InvalidActorNameException : AkkaException
{
    /// <summary>With what is wrong.</summary>
    public InvalidActorNameException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>An Ask was not answered in time.</summary>
public class AskTimeoutException : AkkaException
{
    /// <summary>With what was asked.</summary>
    public AskTimeoutException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>No actor answered to a selection.</summary>
public class ActorNotFoundException : AkkaException
{
    /// <summary>With what was looked for.</summary>
    public ActorNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>An actor could not be made: its constructor or PreStart failed.</summary>
public class ActorInitializationException : AkkaException
{
    /// <summary>With what is wrong.</summary>
    public ActorInitializationException(string message)
        : base(message)
    {
    }

    /// <summary>With the actor and the cause.</summary>
    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(message, cause) => Actor = actor;

    /// <summary>The actor.</summary>
    public IActorRef? Actor { get; }

    /// <inheritdoc />
    public override string ToString() => Actor is null ? base.ToString() : $"{Actor}: {base.ToString()}";
}

/// <summary>PreRestart failed.</summary>
public class PreRestartException : AkkaException
{
    /// <summary>With both failures.</summary>
    public PreRestartException(IActorRef actor, Exception restartException, Exception cause, object? optionalMessage)
        : base($"PreRestart of [{actor}] failed with [{restartException.GetType()}: {restartException.Message}] when restarted because of [{cause.GetType()}: {cause.Message}].", restartException) =>
        OptionalMessage = optionalMessage;

    /// <summary>The message that the actor had failed at.</summary>
    public object? OptionalMessage { get; }
}

/// <summary>The new instance of a restarted actor could not be made.</summary>
public class PostRestartException : ActorInitializationException
{
    /// <summary>With both failures.</summary>
    public PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause.GetType()}: {originalCause.Message})", cause) => OriginalCause = originalCause;

    /// <summary>Why the actor was restarted.</summary>
    public Exception OriginalCause { get; }
}

/// <summary>The actor was told <see cref="Kill"/>.</summary>
public class ActorKilledException : AkkaException
{
    /// <summary>With its message.</summary>
    public ActorKilledException(string message)
        : base(message)
    {
    }
}

/// <summary>A watched actor has ended and the watcher does not handle <see cref="Terminated"/>.</summary>
public class DeathPactException : AkkaException
{
    /// <summary>With the actor that has ended.</summary>
    public DeathPactException(IActorRef deadActor)
        : base($"Monitored actor [{deadActor}] terminated") => DeadActor = deadActor;

    /// <summary>The actor that has ended.</summary>
    public IActorRef DeadActor { get; }
}

/// <summary>A null message.</summary>
public class InvalidMessageException : AkkaException
{
    /// <summary>With what is wrong.</summary>
    public InvalidMessageException(string message)
        : base(message)
    {
    }
}

/// <summary>A handler does not belong to its actor or stash.</summary>
public class IllegalActorStateException : AkkaException
{
    /// <summary>With what is wrong.</summary>
    public IllegalActorStateException(string message)
        : base(message)
    {
    }
}
