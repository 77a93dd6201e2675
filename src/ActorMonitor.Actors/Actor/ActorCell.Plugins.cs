using System.Runtime.ExceptionServices;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>What an instance is equipped with: stash, timers, receive timeout, asynchronous handlers.</summary>
internal partial class ActorCell
{
    private ActorStash? _stash;
    private TimerScheduler? _timers;
    private TimeSpan? _receiveTimeout;
    private ReceiveTimeoutTick? _receiveTimeoutTick;
    private ICancelable? _receiveTimeoutCancelable;
    private int _asyncHandlers;

    /// <summary>Grows with each message that is handled.</summary>
    public long Deliveries { get; private set; }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A receive timeout is positive.");
        _receiveTimeout = timeout;
        CancelReceiveTimeout();
        _receiveTimeoutTick = null;
    }

    /// <summary>Runs a handler up to its end or its first await that has to wait; then user messages are held back until it has ended.</summary>
    public void RunTask(Func<Task> handler)
    {
        var scheduler = new ActorTaskScheduler(this, _envelope, _actor);
        var start = new Task<Task>(handler);
        start.RunSynchronously(scheduler);
        var running = start.Unwrap();
        if (running.IsCompleted)
        {
            // Throws what the handler has thrown.
            running.GetAwaiter().GetResult();
            return;
        }

        _asyncHandlers++;
        _mailbox.Suspend();
        _ = running.ContinueWith(
            static (task, state) =>
            {
                var (cell, of) = ((ActorCell, ActorTaskScheduler))state!;
                var failure = task.Exception?.InnerException ?? (task.IsCanceled ? new TaskCanceledException(task) : null);
                cell.SendSystemMessage(new AsyncHandlerEnded(of, failure));
            },
            (this, scheduler),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void ExecuteTask(RunTask run)
    {
        _envelope = run.Scheduler.Envelope;
        run.Scheduler.Execute(run.Task);
    }

    private void EndAsyncHandler(AsyncHandlerEnded ended)
    {
        _asyncHandlers--;
        _mailbox.Resume();
        _envelope = ended.Scheduler.Envelope;
        if (ReferenceEquals(ended.Scheduler.Actor, _actor) && _alive)
        {
            RestartReceiveTimeout(InfluencesReceiveTimeout(_envelope.Message));
            if (ended.Failure is not null) ExceptionDispatchInfo.Throw(ended.Failure);
        }
        else if (ended.Failure is not null)
        {
            // The instance that began it has been replaced: its failure is not the new one's.
            PublishError(ended.Failure, ended.Failure.Message);
        }

        _envelope = default;
    }

    private void EquipActor(ActorBase actor)
    {
        if (actor is ReceiveActor receiving) receiving.EndOfConstructor();
        if (actor is IWithStash stashing)
        {
            _stash ??= new ActorStash(this, stashing is IWithUnboundedStash ? 0 : SystemImpl.LocalProvider.Mailboxes.StashCapacity(Props.MailboxPath));
            stashing.Stash = _stash;
        }

        if (actor is IWithTimers timed)
        {
            _timers = new TimerScheduler(this);
            timed.Timers = _timers;
        }
    }

    /// <summary>Takes leave of an instance: its timers end, and what it has stashed goes back to the mailbox.</summary>
    private void DismissActor(ActorBase actor, bool forGood = false)
    {
        _alive = false;
        _timers?.CancelAll();
        _timers = null;
        _stash?.UnstashAll();
        if (forGood) _stash = null;
        _receiveTimeout = null;
        CancelReceiveTimeout();
        actor.Clear(Self);
        Props.Release(actor);
    }

    private bool InfluencesReceiveTimeout(object message) => _receiveTimeout is not null && message switch
    {
        INotInfluenceReceiveTimeout => false,
        ReceiveTimeoutTick tick => ReferenceEquals(tick, _receiveTimeoutTick),
        _ => true,
    };

    private void CancelReceiveTimeout()
    {
        _receiveTimeoutCancelable?.Cancel();
        _receiveTimeoutCancelable = null;
    }

    private void RestartReceiveTimeout(bool influenced)
    {
        if (_receiveTimeout is not { } timeout || (!influenced && _receiveTimeoutCancelable is not null)) return;
        CancelReceiveTimeout();
        _receiveTimeoutTick = new ReceiveTimeoutTick();
        _receiveTimeoutCancelable = SystemImpl.Scheduler.ScheduleTellOnceCancelable(timeout, Self, _receiveTimeoutTick, Self);
    }

    private sealed class ReceiveTimeoutTick : IInternalUserMessage, INoSerializationVerificationNeeded;
}
