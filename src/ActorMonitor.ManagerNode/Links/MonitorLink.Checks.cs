using ActorMonitor.ManagerNode.Checks;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Links;

/// <content>One-shot checks: sent at once or not at all, and forgotten with the connection.</content>
internal sealed partial class MonitorLink
{
    private readonly Dictionary<long, IActorRef> _oneShots = [];

    private void LinkedChecks()
    {
        Receive<HandOver>(OnHandOver);
        Receive<CallOff>(off =>
        {
            if (_oneShots.Remove(off.Id))
                _session.Tell(new Cancel(_key, off.Id), Self);
        });
        Receive<OnceStarted>(started => WithKey(started, known =>
        {
            if (_oneShots.TryGetValue(known.Id, out var asker))
                asker.Tell(new OneShotRuns(), Self);
        }));
        Receive<OnceEnded>(ended => WithKey(ended, known =>
        {
            if (_oneShots.Remove(known.Id, out var asker))
                asker.Tell(new OneShotEnded(known.Result), Self);
        }));
    }

    private void RefuseCheck()
        => Sender.Tell(new OneShotFailed($"{_monitor.Name} is not connected{(_memory.LastFailure is { } why ? $": {why}" : "")}. Try: monitors list"), Self);

    private void OnHandOver(HandOver handOver)
    {
        if (_memory.Monitor is not { } monitor)
            return;
        if (monitor.OneShots == 0)
        {
            Sender.Tell(new OneShotFailed($"{_monitor.Name} runs an older version, which knows no one-shot checks: update it, or name another with --monitor."), Self);
        }
        else if (!monitor.Services.Contains(handOver.Check.Service))
        {
            Sender.Tell(new OneShotFailed($"{_monitor.Name} has no service {handOver.Check.Service}; it has {string.Join(", ", monitor.Services)}."), Self);
        }
        else
        {
            _oneShots[handOver.Id] = Sender;
            Sender.Tell(new OneShotSent(_monitor.Name), Self);
            _session.Tell(new CheckOnce(_key, _epoch, handOver.Id, handOver.Check), Self);
        }
    }

    private void GiveUpChecks()
    {
        foreach (var asker in _oneShots.Values)
            asker.Tell(new OneShotFailed($"The connection to {_monitor.Name} was lost before the check had ended."), Self);
        _oneShots.Clear();
    }
}
