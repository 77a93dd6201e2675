// Owns the jobs, one actor each, and knows which monitors are there. Supervised by ManagerSupervisor.
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>Starts the jobs, tells them of the monitors that come and go, and hands each result to its job.</summary>
internal sealed class JobsActor : ReceiveActor
{
    // Slots begin a little after the start, when the links have had time to connect: a start alone skips none.
    private static readonly TimeSpan FirstSlotAfter = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<JobDefinition> _jobs;
    private readonly SlotClock _clock;
    private readonly Dictionary<JobId, IActorRef> _actors = [];
    private readonly Dictionary<string, MonitorUp> _monitors = [];

    public JobsActor(ImmutableArray<JobDefinition> jobs, SlotClock clock)
    {
        (_jobs, _clock) = (jobs, clock);

        Receive<SlotResult>(result =>
        {
            // A job that is no longer configured leaves results behind on its monitors; they are kept by the writer alone.
            if (_actors.TryGetValue(result.Result.Job, out var job))
                job.Tell(result, Self);
        });
        Receive<MonitorUp>(up =>
        {
            _monitors[up.Monitor] = up;
            TellJobs(up);
        });
        Receive<MonitorDown>(down =>
        {
            _ = _monitors.Remove(down.Monitor);
            TellJobs(down);
        });
        Receive<GetMonitors>(_ =>
        {
            foreach (var up in _monitors.Values)
                Sender.Tell(up, Self);
        });
        Receive<GetJobs>(_ => Sender.Tell(new JobRefs([.. _jobs.Select(job => _actors[job.Job])])));
    }

    public static Props Props(ImmutableArray<JobDefinition> jobs, SlotClock clock) => Akka.Actor.Props.Create(() => new JobsActor(jobs, clock));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);

    protected override void PreStart()
    {
        var begin = _clock.Now + FirstSlotAfter;
        foreach (var job in _jobs)
            _actors[job.Job] = Context.ActorOf(JobActor.Props(new JobMemory(job, begin), _clock), Uri.EscapeDataString(job.Job.Name));
    }

    private void TellJobs(object message)
    {
        foreach (var job in _actors.Values)
            job.Tell(message, Self);
    }
}
