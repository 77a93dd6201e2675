using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the pieces of one asynchronous handler on its actor, one by one and never beside the actor's messages, with the
/// message and the sender that the handler began with.
/// </summary>
public sealed class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    internal ActorTaskScheduler(ActorCell cell, Envelope envelope, ActorBase? actor)
    {
        _cell = cell;
        Envelope = envelope;
        Actor = actor;
    }

    internal Envelope Envelope { get; }

    internal ActorBase? Actor { get; }

    /// <summary>Runs an asynchronous handler on the current actor, which takes no further messages until it has ended.</summary>
    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be called from within an actor.");
        cell.RunTask(asyncAction);
    }

    /// <inheritdoc />
    protected override void QueueTask(Task task) => _cell.SendSystemMessage(new RunTask(this, task));

    /// <inheritdoc />
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, _cell) && TryExecuteTask(task);

    /// <inheritdoc />
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    internal void Execute(Task task) => TryExecuteTask(task);
}
