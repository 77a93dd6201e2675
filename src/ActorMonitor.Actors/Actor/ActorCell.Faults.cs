using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Birth, failure, restart and end. A failing actor holds back its messages and those of its children, tells its supervisor and
/// waits for the verdict. Holds are counted: each verdict (Resume, Recreate) takes back exactly one.
/// </summary>
internal partial class ActorCell
{
    private IActorRef? _perpetrator;
    private Failed? _failedBeingHandled;
    private List<Failed>? _deferredFailures;

    // The instance has been made and has not been told PostStop or PreRestart.
    private bool _alive;

    private int SuspendedByFault => _mailbox.SuspendCount - _asyncHandlers;

    private void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _alive = true;
            _actor.AroundPreStart();
            RestartReceiveTimeout(influenced: true);
        }
        catch (Exception e)
        {
            if (_actor is not null) DismissActor(_actor);
            _actor = null;
            throw new ActorInitializationException(Self, "Exception during creation", e);
        }
    }

    private void HandleInvokeFailure(Exception cause, IReadOnlyList<ChildStats>? survivors = null)
    {
        if (_perpetrator is not null)
        {
            // Its verdict is on its way, or it is ending: there is nobody to tell but the log.
            PublishError(cause, cause.Message);
            return;
        }

        try
        {
            _mailbox.Suspend();
            var failedChild = _failedBeingHandled?.Child;
            _perpetrator = failedChild ?? Self;
            foreach (var stats in AllChildren())
            {
                // The child that failed holds itself back already, and those that wait for their restart too.
                if (stats.Child.Equals(failedChild) || survivors?.Contains(stats) == true) continue;
                stats.Child.Suspend();
            }

            Parent.SendSystemMessage(new Failed(Self, cause, Self.Path.Uid));
        }
        catch (Exception e)
        {
            // The supervisor cannot be told: end, rather than stay held back for ever.
            PublishError(e, "emergency stop: exception in failure handling for " + cause.GetType());
            Terminate();
        }
    }

    private void HandleFailed(Failed failed)
    {
        if (_children?.Get(failed.Child) is not { } stats || stats.Child.Path.Uid != failed.Uid) return;
        _failedBeingHandled = failed;
        var before = _envelope;
        _envelope = new Envelope(failed, failed.Child);
        try
        {
            if (!Strategy().HandleFailure(this, stats, failed.Cause)) throw failed.Cause;
            _envelope = before;
        }
        catch (Exception e)
        {
            // Escalated: this actor fails with the child's failure. If it is failing already, the child's waits for its own verdict.
            if (_perpetrator is null) HandleInvokeFailure(e);
            else (_deferredFailures ??= []).Add(failed);
        }
        finally
        {
            _failedBeingHandled = null;
        }
    }

    private void FaultSuspend()
    {
        _mailbox.Suspend();
        foreach (var stats in AllChildren()) stats.Child.Suspend();
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (_actor is null)
        {
            // Its creation failed and nevertheless it shall go on: only by being created again.
            FaultCreate();
            return;
        }

        if (!_alive && causedByFailure is not null)
        {
            Self.Restart(causedByFailure);
            return;
        }

        var perpetrator = _perpetrator;
        _mailbox.Resume();
        if (causedByFailure is not null && !IsEnding) Forgive();
        foreach (var stats in AllChildren())
        {
            // Only the child that the failure came from is forgiven it; the others just go on.
            stats.Child.Resume(stats.Child.Equals(perpetrator) ? causedByFailure : null);
        }
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        if (_children is { IsNormal: false })
        {
            // It is restarting or ending already: only the count of holds has to stay right.
            FaultResume(null);
            return;
        }

        if (_alive)
        {
            try
            {
                _actor.AroundPreRestart(cause, CurrentMessage!);
            }
            catch (Exception e)
            {
                var failure = new PreRestartException(Self, e, cause);
                PublishError(failure, failure.Message);
            }
            finally
            {
                DismissActor(_actor);
            }
        }

        if (_children?.WaitFor(ChildrenWait.Recreation, cause) != true) FinishRecreate(cause);
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = AllChildren();
        _mailbox.Resume();
        Forgive();
        _envelope = default;
        try
        {
            _actor = NewActor();
            _alive = true;
            _actor.AroundPostRestart(cause);
            RestartReceiveTimeout(influenced: true);
            foreach (var stats in survivors) stats.Child.Restart(cause);
        }
        catch (Exception e)
        {
            if (_alive) DismissActor(_actor!);
            HandleInvokeFailure(new PostRestartException(Self, e, cause), survivors);
        }
    }

    private void Forgive()
    {
        _perpetrator = null;
        if (_deferredFailures is not { } deferred) return;
        _deferredFailures = null;
        foreach (var failed in deferred) SendSystemMessage(failed);
    }

    private void FaultCreate()
    {
        if (IsEnding) return;
        CancelReceiveTimeout();
        foreach (var child in GetChildren()) Stop(child);
        if (_children?.WaitFor(ChildrenWait.Creation) != true) FinishCreate();
    }

    private void FinishCreate()
    {
        _mailbox.Resume();
        Forgive();
        try
        {
            CreateActor();
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }

    private void HandleChildTerminated(IActorRef child)
    {
        Exception? cause = null;
        var wait = _children?.Remove(child, out cause) ?? ChildrenWait.None;
        switch (wait)
        {
            case ChildrenWait.Recreation:
                FinishRecreate(cause!);
                break;
            case ChildrenWait.Creation:
                FinishCreate();
                break;
            case ChildrenWait.Termination:
                FinishTerminate();
                break;
            case ChildrenWait.None:
                break;
        }
    }

    private void Terminate()
    {
        _receiveTimeout = null;
        CancelReceiveTimeout();
        UnwatchAll();
        var wasTerminating = IsEnding;
        var children = Children();
        foreach (var stats in children.Close()) Stop(stats.Child);
        if (!children.WaitFor(ChildrenWait.Termination))
        {
            FinishTerminate();
            return;
        }

        if (wasTerminating) return;
        _mailbox.Suspend();

        // What fails while ending is nobody's business any more.
        _perpetrator = Self;
    }

    private void FinishTerminate()
    {
        try
        {
            if (_alive) _actor!.AroundPostStop();
        }
        catch (Exception e)
        {
            PublishError(e, e.Message);
        }
        finally
        {
            if (_alive) DismissActor(_actor!, forGood: true);
            _actor = null;
            _envelope = default;
            ForgetBehaviours();
            UnwatchAll();
            _mailbox.Close();
            SystemImpl.EventStream.Forget(Self);
            Parent.SendSystemMessage(new DeathWatchNotification(Self, ExistenceConfirmed: true, AddressTerminated: false));
            TellWatchersWeDied();
        }
    }

    private SupervisorStrategy Strategy() =>
        Props.SupervisorStrategy ?? _actor?.OwnSupervisorStrategy() ?? SupervisorStrategy.DefaultStrategy;

    private void PublishError(Exception cause, string message) =>
        SystemImpl.EventStream.Publish(new Error(cause, Self.Path.ToString(), _actor?.GetType() ?? GetType(), message));
}
