using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>A message of the machinery; it overtakes what users send.</summary>
internal interface ISystemMessage;

/// <summary>The first message of every actor: make the instance.</summary>
internal sealed class Create : ISystemMessage
{
    public static readonly Create Instance = new();
}

/// <summary>Restart with a fresh instance.</summary>
internal sealed record Recreate(Exception Cause) : ISystemMessage;

/// <summary>Hold back user messages.</summary>
internal sealed class Suspend : ISystemMessage
{
    public static readonly Suspend Instance = new();
}

/// <summary>Take user messages again. With a cause: the failure that is forgiven.</summary>
internal sealed record Resume(Exception? CausedByFailure) : ISystemMessage;

/// <summary>Stop the children, then the actor.</summary>
internal sealed class Terminate : ISystemMessage
{
    public static readonly Terminate Instance = new();
}

/// <summary>The watcher wants to know when the watchee ends.</summary>
internal sealed record Watch(IInternalActorRef Watchee, IInternalActorRef Watcher) : ISystemMessage;

/// <summary>The watcher does not want to know any more.</summary>
internal sealed record Unwatch(IInternalActorRef Watchee, IInternalActorRef Watcher) : ISystemMessage;

/// <summary>To the supervisor: the child failed and has suspended itself.</summary>
internal sealed record Failed(IActorRef Child, Exception Cause, long Uid) : ISystemMessage;

/// <summary>To watchers and the supervisor: the actor has ended.</summary>
internal sealed record DeathWatchNotification(IActorRef Actor, bool ExistenceConfirmed, bool AddressTerminated) : ISystemMessage;

/// <summary>A piece of an asynchronous handler is ready to run.</summary>
internal sealed record RunTask(ActorTaskScheduler Scheduler, Task Task) : ISystemMessage;

/// <summary>An asynchronous handler has ended.</summary>
internal sealed record AsyncHandlerEnded(ActorTaskScheduler Scheduler, Exception? Failure) : ISystemMessage;
