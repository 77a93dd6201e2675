namespace Akka.Actor;

/// <summary>The base of the exceptions of the actor machinery.</summary>
public abstract class AkkaException(string? message, Exception? cause = null) : Exception(message, cause);

/// <summary>A name is malformed or taken.</summary>
public class InvalidActorNameException(string message) : AkkaException(message);

/// <summary>An Ask was not answered in time.</summary>
public class AskTimeoutException(string message) : AkkaException(message);

/// <summary>No actor answered to a selection.</summary>
public class ActorNotFoundException(string message, Exception? innerException = null) : AkkaException(message, innerException);

/// <summary>An actor could not be made: its constructor or PreStart failed.</summary>
public class ActorInitializationException(IActorRef? actor, string message, Exception? cause = null) : AkkaException(message, cause)
{
    /// <inheritdoc />
    public override string ToString() => actor is null ? base.ToString() : $"{actor}: {base.ToString()}";
}

/// <summary>PreRestart failed.</summary>
public class PreRestartException(IActorRef actor, Exception restartException, Exception cause) : AkkaException(
    $"PreRestart of [{actor}] failed with [{restartException.GetType()}: {restartException.Message}] when restarted because of [{cause.GetType()}: {cause.Message}].",
    restartException);

/// <summary>The new instance of a restarted actor could not be made.</summary>
public class PostRestartException(IActorRef actor, Exception cause, Exception originalCause) : ActorInitializationException(
    actor, $"Exception post restart ({originalCause.GetType()}: {originalCause.Message})", cause);

/// <summary>The actor was told <see cref="Kill"/>.</summary>
public class ActorKilledException(string message) : AkkaException(message);

/// <summary>A watched actor has ended and the watcher does not handle <see cref="Terminated"/>.</summary>
public class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated");

/// <summary>A null message.</summary>
public class InvalidMessageException(string message) : AkkaException(message);

/// <summary>A message finds no place in a stash.</summary>
public class StashOverflowException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>A handler does not belong to its actor or stash.</summary>
public class IllegalActorStateException(string message) : AkkaException(message);
