using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.Probes;

namespace ActorMonitor.MonitorNode.Sessions;

/// <content>
/// One-shot checks: they pass the gate and the router like a slot's, before those that wait, and are told to the connection
/// that asked. Nothing of them is written down, so nothing of them is delivered later or counted as a slot.
/// </content>
internal sealed partial class ClientSession
{
    private void OnCheckOnce(CheckOnce once)
    {
        if (IsStale(once.Epoch, Sender) || _memory.OneShots.Knows(once.Id))
            return;
        var check = new OneShot(once.Id, once.Check, NowMicroseconds);
        if (_memory.OneShots.TryAdd(check))
            _world.Gate.Tell(new GateActor.Want(1), Self);
        else
            SkipOnce(check, Cause.Overload, $"{OneShots.MostAtOnce} one-shot checks of this manager are under way");
    }

    private bool TryStartOnce()
    {
        if (!_memory.OneShots.TryTake(out var check))
            return false;
        var id = ++_memory.LastAttempt;
        var now = NowMicroseconds;
        var running = new RunningOneShot(check, now, _memory.Clock.ManagerTime(now), new CancellationTokenSource());
        _memory.OneShots.Started(id, running);
        _world.Probes.Tell(new StartCheck(id, check.Check, Self) { Unwanted = running.Unwanted.Token }, Self);
        _memory.Peer?.Link.Tell(new OnceStarted(_memory.Key, check.Id), Self);
        return true;
    }

    private bool TryEndOnce(CheckEnded ended)
    {
        if (!_memory.OneShots.TryEnd(ended.Id, out var running))
            return false;
        EndOnce(running, ended.Result);
        return true;
    }

    private void SweepOnce(long now)
    {
        if (_memory.OneShots.Count == 0)
            return;
        var expired = _memory.OneShots.TakeArrivedBefore(now - (long)SlotTiming.Patience(TimeSpan.Zero).TotalMicroseconds);
        if (expired.Count > 0)
            _world.Gate.Tell(new GateActor.Withdraw(expired.Count), Self);
        foreach (var check in expired)
            SkipOnce(check, Cause.Expired, $"it found no free place within {SlotTiming.Patience(TimeSpan.Zero).TotalSeconds} s");

        foreach (var id in _memory.OneShots.Overdue(running => now - running.StartedMicroseconds >= (running.Of.Check.Timeout + ProbeGrace).TotalMicroseconds))
        {
            _ = TryEndOnce(new CheckEnded(
                id, new ProbeResult(Outcome.Unknown, Cause.ProbeLost, TimeSpan.Zero, $"the probe did not answer within {ProbeGrace.TotalSeconds} s after its timeout")));
        }
    }

    private void CancelOnce(long id)
    {
        if (_memory.OneShots.TryRemoveWaiting(id))
            _world.Gate.Tell(new GateActor.Withdraw(1), Self);
        else
            _ = _memory.OneShots.FindRunning(id)?.Unwanted.CancelAsync();
    }

    /// <summary>The connection that asked is gone. What runs keeps its place until it has ended.</summary>
    private void CancelAllOnce()
    {
        var waiting = _memory.OneShots.CancelAll();
        if (waiting > 0)
            _world.Gate.Tell(new GateActor.Withdraw(waiting), Self);
    }

    private void EndOnce(RunningOneShot running, ProbeResult result)
    {
        // What the connection before asked for is nobody's business in this one.
        var isWanted = !running.Unwanted.IsCancellationRequested;
        _world.Gate.Tell(new GateActor.Release(1), Self);
        if (!isWanted)
            return;
        running.Unwanted.Dispose();
        Tell(running.Of, new CheckResult(
            running.Of.Check.Job, SlotOf(running.Of), result.Outcome, result.Cause, running.Started,
            TimeSpan.FromMicroseconds(running.StartedMicroseconds - running.Of.ArrivedMicroseconds), result.Elapsed, _memory.Clock.Error, result.ResolvedAddress, result.Message)
        {
            Measurements = result.Measurements,
            Attributes = result.Attributes,
            Attempts = [new Attempt(running.Started, result.Elapsed, result.Outcome, result.Cause)],
        });
    }

    private void SkipOnce(OneShot check, Cause cause, string message)
    {
        var now = NowMicroseconds;
        Tell(check, new CheckResult(
            check.Check.Job, SlotOf(check), Outcome.Skipped, cause, _memory.Clock.ManagerTime(now),
            TimeSpan.FromMicroseconds(now - check.ArrivedMicroseconds), TimeSpan.Zero, _memory.Clock.Error, ResolvedAddress: null, message));
    }

    private void Tell(OneShot check, CheckResult result) => _memory.Peer?.Link.Tell(new OnceEnded(_memory.Key, check.Id, Evidence.Fit(result)), Self);

    private Slot SlotOf(OneShot check) => new(_memory.Clock.ManagerTime(check.ArrivedMicroseconds).ToUnixTimeMilliseconds());
}
