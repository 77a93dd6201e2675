using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Journal;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.Probes;

namespace ActorMonitor.MonitorNode.Sessions;

/// <content>What is run: the manager's commands, what is permitted without them, and the checks on their way through the gate.</content>
internal sealed partial class ClientSession
{
    /// <summary>How long after its timeout a probe may answer.</summary>
    public static readonly TimeSpan ProbeGrace = TimeSpan.FromSeconds(2);

    // A timer cannot wait for ever; one that wakes for nothing is armed again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private long? _armedForMicroseconds;

    private void OnGrant(Grant grant)
    {
        if (IsStale(grant.Epoch, Sender))
            return;
        var job = grant.Terms.Check.Job;
        if (!_memory.Grants.TryGrant(grant.Terms, ManagerNow))
        {
            Sender.Tell(new Granted(_memory.Key, job, Revision: 0), Self);
            return;
        }

        _mustWriteClock = true;
        if (_memory.WrittenClock is null)
            WriteClock(NowMicroseconds);
        _memory.Journal.Grant(grant.Terms);
        TellGranted(job, grant.Terms.Revision);
        Arm();
    }

    private void OnRevoke(Revoke revoke)
    {
        if (IsStale(revoke.Epoch, Sender))
            return;
        _memory.Grants.Revoke(revoke.Job);
        _memory.Journal.Revoke(revoke.Job);
        TellGranted(revoke.Job, revision: 0);
    }

    // What is not on the disk is not acknowledged: the manager says it again.
    private void TellGranted(JobId job, long revision)
    {
        if (_memory.Journal.IsHealthy)
            Sender.Tell(new Granted(_memory.Key, job, revision), Self);
    }

    private void OnExecute(Execute execute)
    {
        if (IsStale(execute.Epoch, Sender))
            return;
        var held = _memory.Grants.Find(execute.Job);
        var check = execute.Check ?? (held?.Revision == execute.Revision ? held.Check : null);
        if (check is null)
        {
            Sender.Tell(new Granted(_memory.Key, execute.Job, held?.Revision ?? 0), Self);
            return;
        }

        var now = NowMicroseconds;
        while (_memory.Grants.TryTakeBefore(execute.Job, execute.Slot, _memory.Clock.ManagerTime(now), out var due))
            Take(new WaitingCheck(due.Terms.Check, due.Slot, _memory.HighestEpoch, due.Terms.Revision, Trigger.Grant, now));
        if (_memory.Grants.TryAccept(execute.Job, execute.Slot))
            Take(new WaitingCheck(check, execute.Slot, execute.Epoch, execute.Revision, Trigger.Execute, now));
        else
            _memory.Counters.RepeatedSlots++;
    }

    private void OnStartTick()
    {
        _armedForMicroseconds = null;
        var now = NowMicroseconds;
        while (_memory.Clock.IsKnown && _memory.Grants.TryTakeDue(_memory.Clock.ManagerTime(now), out var due))
            Take(new WaitingCheck(due.Terms.Check, due.Slot, _memory.HighestEpoch, due.Terms.Revision, Trigger.Grant, now));
        Arm();
    }

    /// <summary>
    /// Has the timer wake at the next start. One that wakes before that is left alone: with Executes coming in time the next
    /// start moves on and on, and the timer only now and then.
    /// </summary>
    private void Arm()
    {
        if (!_memory.Clock.IsKnown || _memory.Grants.NextStart is not { } next)
            return;
        var now = NowMicroseconds;
        var at = Math.Min(_memory.Clock.OwnMicroseconds(next), now + (long)LongestWait.TotalMicroseconds);
        if (_armedForMicroseconds <= at)
            return;
        _armedForMicroseconds = at;
        var wait = TimeSpan.FromMicroseconds(at - now);
        Timers.StartSingleTimer(StartTick.Instance, StartTick.Instance, wait < ShortestWait ? ShortestWait : wait);
    }

    private void Refuse(WaitingCheck waiting)
    {
        _memory.Counters.Refused++;
        Skip(waiting, Cause.Overload, $"the queue of {_memory.Queue.Bound} checks was full");
    }

    /// <summary>Decides what becomes of a slot that has just been accepted.</summary>
    private void Take(WaitingCheck waiting)
    {
        var job = waiting.Check.Job;
        if (_memory.RunningJobs.Contains(job) || _memory.Queue.Holds(job))
            Skip(waiting, Cause.Overrun, "the previous slot was still running");
        else if (IsExpired(waiting))
            Skip(waiting, Cause.Expired, "it came after its deadline");
        else if (!_memory.Queue.TryAdd(waiting))
            Refuse(waiting);
        else
            _world.Gate.Tell(new GateActor.Want(1), Self);
    }

    private void OnAdmitted(int count)
    {
        for (; count > 0; count--)
        {
            // Somebody sits and waits for it.
            if (TryStartOnce())
                continue;
            if (!TryTakeFresh(out var waiting))
            {
                // What the place was wanted for has expired meanwhile.
                _world.Gate.Tell(new GateActor.Release(count), Self);
                return;
            }

            var id = ++_memory.LastAttempt;
            var now = NowMicroseconds;
            var running = new RunningCheck(waiting, now, _memory.Clock.ManagerTime(now));
            _memory.InFlight.Add(id, running);
            _ = _memory.RunningJobs.Add(waiting.Check.Job);

            // Before the first packet: after a restart this slot is known to have been run.
            _memory.Journal.Started(new StartedCheck(waiting.Check.Job, waiting.Slot, waiting.Epoch, waiting.Revision, waiting.Trigger, running.Started));
            _world.Metrics.Started(waiting.Trigger);
            _world.Tallies.Started(running.Started - waiting.Slot.Due);
            _world.Probes.Tell(new StartCheck(id, waiting.Check, Self), Self);
        }
    }

    private bool TryTakeFresh(out WaitingCheck waiting)
    {
        while (_memory.Queue.TryTake(out waiting))
        {
            if (!IsExpired(waiting))
                return true;
            _world.Gate.Tell(new GateActor.Withdraw(1), Self);
            Skip(waiting, Cause.Expired, "it waited past its deadline");
        }

        return false;
    }

    private void SkipExpired()
    {
        var expired = _memory.Queue.TakeExpired(IsExpired);
        if (expired.Count > 0)
            _world.Gate.Tell(new GateActor.Withdraw(expired.Count), Self);
        foreach (var waiting in expired)
            Skip(waiting, Cause.Expired, "it waited past its deadline");
    }

    private void OnCheckEnded(CheckEnded ended)
    {
        if (_memory.InFlight.TryGetValue(ended.Id, out var running))
            Complete(ended.Id, running, ended.Result);
        else if (!TryEndOnce(ended))
            _memory.Counters.LateAnswers++;
    }

    private void GiveUpOverdue(long now)
    {
        foreach (var (id, running) in _memory.InFlight.Where(pair => IsOverdue(pair.Value, now)).ToList())
            Complete(id, running, new ProbeResult(Outcome.Unknown, Cause.ProbeLost, TimeSpan.Zero, $"the probe did not answer within {ProbeGrace.TotalSeconds} s after its timeout"));
    }

    private void Complete(long id, RunningCheck running, ProbeResult result)
    {
        _ = _memory.InFlight.Remove(id);
        _ = _memory.RunningJobs.Remove(running.Of.Check.Job);
        _world.Gate.Tell(new GateActor.Release(1), Self);
        _world.Tallies.Ended(running.Of.Check.Service, result);
        Keep(running.Of, new CheckResult(
            running.Of.Check.Job, running.Of.Slot, result.Outcome, result.Cause, running.Started,
            TimeSpan.FromMicroseconds(running.StartedMicroseconds - running.Of.ArrivedMicroseconds), result.Elapsed, _memory.Clock.Error, result.ResolvedAddress, result.Message)
        {
            Measurements = result.Measurements,
            Attributes = result.Attributes,
            Attempts = [new Attempt(running.Started, result.Elapsed, result.Outcome, result.Cause)],
        });
    }

    private void Skip(WaitingCheck waiting, Cause cause, string message)
    {
        var now = NowMicroseconds;
        Keep(waiting, new CheckResult(
            waiting.Check.Job, waiting.Slot, Outcome.Skipped, cause, _memory.Clock.ManagerTime(now),
            TimeSpan.FromMicroseconds(now - waiting.ArrivedMicroseconds), TimeSpan.Zero, _memory.Clock.Error, ResolvedAddress: null, message));
    }

    private bool IsExpired(WaitingCheck waiting) => ManagerNow > waiting.Slot.Due + SlotTiming.Patience(waiting.Check.Interval);

    private static bool IsOverdue(RunningCheck running, long nowMicroseconds)
        => nowMicroseconds - running.StartedMicroseconds >= (running.Of.Check.Timeout + ProbeGrace).TotalMicroseconds;
}
