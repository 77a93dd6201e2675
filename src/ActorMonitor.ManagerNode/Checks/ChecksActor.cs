// Owns the one-shot checks under way, an actor each. Supervised by ManagerSupervisor.
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Checks;

/// <summary>Takes one-shot checks from the shell, so many at a time. They are no slots: nothing of them reaches the ledger or the store.</summary>
internal sealed class ChecksActor : ReceiveActor
{
    /// <summary>The most at a time.</summary>
    public const int MostAtOnce = 16;

    private readonly IActorRef _links;
    private long _lastId;

    public ChecksActor(IActorRef links)
    {
        _links = links;
        Receive<RunCheck>(OnRun);
    }

    public static Props Props(IActorRef links) => Akka.Actor.Props.Create(() => new ChecksActor(links));

    // Whoever waits for a check that met a bug is told by the end of its news.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Stop);

    private void OnRun(RunCheck run)
    {
        if (Context.GetChildren().Count() >= MostAtOnce)
        {
            Sender.Tell(new CheckRefused($"This manager runs {MostAtOnce} one-shot checks at a time, and has that many; try again."), Self);
            return;
        }

        var id = ++_lastId;
        Sender.Tell(new CheckTaken(Context.ActorOf(OneShotActor.Props(id, run, _links), $"{id}")), Self);
    }
}
