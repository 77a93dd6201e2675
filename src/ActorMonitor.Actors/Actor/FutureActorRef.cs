using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A ref for one answer; it is gone when the answer is there, the time is up or the question is cancelled.</summary>
internal sealed class FutureActorRef<T> : MinimalActorRef, IDisposable
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalActorRefProvider _provider;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;
    private readonly ICanTell _target;
    private CancellationTokenSource? _timer;
    private CancellationTokenRegistration _timedOut;
    private CancellationTokenRegistration _cancelled;

    public FutureActorRef(LocalActorRefProvider provider, TimeSpan timeout, ICanTell target, CancellationToken cancellationToken)
        : base(provider.TempPath(), provider)
    {
        _provider = provider;
        _timeout = timeout;
        _cancellationToken = cancellationToken;
        _target = target;
    }

    public Task<T> Answer => _answer.Task;

    public override bool IsTerminated => _answer.Task.IsCompleted;

    /// <summary>Registers the ref, sends the question and starts the clock.</summary>
    public void Begin(Action send)
    {
        _provider.RegisterTempActor(this, Path);
        try
        {
            if (_timeout > TimeSpan.Zero && _timeout != Timeout.InfiniteTimeSpan)
            {
                _timer = new CancellationTokenSource(_timeout);
                _timedOut = _timer.Token.UnsafeRegister(static self => ((FutureActorRef<T>)self!).TimeOut(), this);
            }

            if (_cancellationToken.CanBeCanceled)
            {
                _cancelled = _cancellationToken.UnsafeRegister(static self => ((FutureActorRef<T>)self!).Cancel(), this);
            }

            if (!_answer.Task.IsCompleted) send();
        }
        catch (Exception e)
        {
            // The caller of Ask meets a failing message factory in the task, like any other failure.
            _answer.TrySetException(e);
        }

        _ = _answer.Task.ContinueWith(
            static (_, self) => ((FutureActorRef<T>)self!).Dispose(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is DeathWatchNotification died) Tell(new Terminated(died.Actor, died.ExistenceConfirmed, died.AddressTerminated), died.Actor);
    }

    public void Dispose()
    {
        _provider.UnregisterTempActor(Path);
        _timedOut.Dispose();
        _cancelled.Dispose();
        _timer?.Dispose();
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        var taken = message switch
        {
            T answer => _answer.TrySetResult(answer),
            Status.Failure failure => _answer.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => _answer.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (!taken) _provider.DeadLetters.Tell(new Event.DeadLetter(message, sender ?? _provider.DeadLetters, this), sender!);
    }

    private void TimeOut() => _answer.TrySetException(new AskTimeoutException($"Timeout after {_timeout} at the question to {_target}."));

    private void Cancel() => _answer.TrySetCanceled(_cancellationToken);
}
