using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the pieces of one asynchronous handler on its actor, one by one and never beside the actor's messages, with the
/// message and the sender that the handler began with.
/// </summary>
internal sealed class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    public ActorTaskScheduler(ActorCell cell, Envelope envelope, ActorBase? actor)
    {
        _cell = cell;
        Envelope = envelope;
        Actor = actor;
    }

    public Envelope Envelope { get; }

    public ActorBase? Actor { get; }

    /// <summary>Runs an asynchronous handler on the current actor, which takes no further messages until it has ended.</summary>
    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be called from within an actor.");
        cell.RunTask(asyncAction);
    }

    protected override void QueueTask(Task task) => _cell.SendSystemMessage(new RunTask(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, _cell) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    public void Execute(Task task) => TryExecuteTask(task);
}
