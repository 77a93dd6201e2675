namespace Akka.Actor;

/// <summary>Asking: a message with a ref of its own for the one answer.</summary>
public static class Futures
{
    /// <summary>Asks for an answer of a type; a <see cref="Status.Failure"/> throws its cause.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <summary>Asks for an answer of a type; a <see cref="Status.Failure"/> throws its cause.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>Asks with a message that holds the ref for the answer.</summary>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messageFactory);
        var provider = ProviderOf(self)
            ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        var future = new FutureActorRef<T>(provider, timeout ?? provider.Settings.AskTimeout, self, cancellationToken);
        future.Begin(() => self.Tell(messageFactory(future), future));
        return future.Answer;
    }

    private static LocalActorRefProvider? ProviderOf(ICanTell self) => self switch
    {
        IInternalActorRef actorRef when !actorRef.IsNobody() => (LocalActorRefProvider)actorRef.Provider,
        ActorSelection selection => (LocalActorRefProvider)selection.Anchor.Provider,
        _ => ActorCell.Current?.SystemImpl.LocalProvider,
    };
}

/// <summary>Ending an actor and waiting for its end.</summary>
public static class GracefulStopSupport
{
    /// <summary>Sends <see cref="PoisonPill"/>; true when the actor has ended, <see cref="TaskCanceledException"/> when it has not in time.</summary>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends a stop message; true when the actor has ended, <see cref="TaskCanceledException"/> when it has not in time.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        var internalTarget = (IInternalActorRef)target;
        if (internalTarget.IsTerminated) return true;
        var provider = (LocalActorRefProvider)internalTarget.Provider;
        var future = new FutureActorRef<Terminated>(provider, timeout, target, CancellationToken.None);
        future.Begin(() =>
        {
            internalTarget.SendSystemMessage(new Dispatch.SysMsg.Watch(internalTarget, future));
            target.Tell(stopMessage, ActorRefs.NoSender);
        });
        try
        {
            await future.Answer.ConfigureAwait(false);
            return true;
        }
        catch (AskTimeoutException e)
        {
            internalTarget.SendSystemMessage(new Dispatch.SysMsg.Unwatch(internalTarget, future));
            throw new TaskCanceledException($"[{target}] did not stop within {timeout}.", e);
        }
    }
}

/// <summary>The results of tasks as messages.</summary>
public static class PipeToSupport
{
    /// <summary>Sends the result of a task when it is there; a failure is sent as <see cref="Status.Failure"/>.</summary>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null)
    {
        object message;
        try
        {
            var result = await taskToPipe.ConfigureAwait(false);
            message = (success is null ? result : success(result)) ?? throw new InvalidMessageException("The result to pipe is null.");
        }
        catch (Exception e)
        {
            // Whatever the task fails with is the message.
            message = failure is null ? new Status.Failure(e) : failure(e);
        }

        recipient.Tell(message, sender ?? ActorRefs.NoSender);
    }
}
