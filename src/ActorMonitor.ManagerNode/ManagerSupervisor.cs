// The root of a manager's actors, /user/manager. Supervised by the user guardian.
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using Akka.Actor;

namespace ActorMonitor.ManagerNode;

/// <summary>Starts jobs, results and links, in this order: a result finds its job, a link its keeper.</summary>
public sealed class ManagerSupervisor : ReceiveActor
{
    private readonly ManagerNodeParts _parts;
    private readonly SlotClock _clock;
    private IActorRef _jobs = ActorRefs.Nobody;
    private IActorRef _links = ActorRefs.Nobody;

    /// <summary>See <see cref="Props"/>.</summary>
    public ManagerSupervisor(ManagerNodeParts parts)
    {
        _parts = parts;
        _clock = new SlotClock(parts.Time);

        Receive<GetJobs>(get => _jobs.Forward(get));
        Receive<LinksActor.GetLinks>(get => _links.Forward(get));
        Receive<Fenced>(fenced =>
        {
            LinkLog.Fenced(parts.Logger, fenced.Monitor, fenced.Seen.Value, parts.Epoch.Value);
            parts.Fenced($"{fenced.Monitor} has seen a newer incarnation of this manager (epoch {fenced.Seen.Value}, this one is {parts.Epoch.Value})");
        });
    }

    /// <summary>How the node makes it.</summary>
    public static Props Props(ManagerNodeParts parts) => Akka.Actor.Props.Create(() => new ManagerSupervisor(parts));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _jobs = Context.ActorOf(JobsActor.Props(_parts.Jobs, _clock), "jobs");
        var results = Context.ActorOf(ResultWriter.Props(_jobs), "results");
        var world = new LinkWorld(_parts.Id, _parts.Settings.Name, _parts.Epoch, _clock, _jobs, results, Self, _parts.Time, _parts.Logger);
        _links = Context.ActorOf(LinksActor.Props(_parts.Settings.Monitors, world), "monitors");
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);
}
