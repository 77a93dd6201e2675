// Owns the jobs, one actor each, and knows which monitors are there. Supervised by ManagerSupervisor.
using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>Starts the jobs, tells them of the monitors that come and go, and hands each effect of the store to its job.</summary>
internal sealed class JobsActor : ReceiveActor
{
    private readonly ImmutableArray<JobMemory> _jobs;
    private readonly JobWorld _world;
    private readonly Dictionary<JobId, IActorRef> _actors = [];
    private readonly Dictionary<string, MonitorUp> _monitors = [];

    public JobsActor(ImmutableArray<JobMemory> jobs, JobWorld world)
    {
        (_jobs, _world) = (jobs, world);

        Receive<Settled>(settled =>
        {
            // A job that is no longer configured leaves results behind on its monitors; they are in the store alone.
            foreach (var write in settled.Writes)
            {
                if (_actors.TryGetValue(write.Lane.Job, out var job))
                    job.Tell(write, Self);
            }
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
        Receive<LaneGranted>(granted =>
        {
            if (_actors.TryGetValue(granted.Job, out var job))
                job.Tell(granted, Self);
        });
        Receive<StoreBegunAnew>(TellJobs);
        Receive<GetMonitors>(_ =>
        {
            foreach (var up in _monitors.Values)
                Sender.Tell(up, Self);
        });
        Receive<GetJobs>(_ => Sender.Tell(new JobRefs([.. _jobs.Select(job => _actors[job.Job.Job])])));
    }

    public static Props Props(ImmutableArray<JobMemory> jobs, JobWorld world) => Akka.Actor.Props.Create(() => new JobsActor(jobs, world));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);

    protected override void PreStart()
    {
        foreach (var job in _jobs)
            _actors[job.Job.Job] = Context.ActorOf(JobActor.Props(job, _world), Uri.EscapeDataString(job.Job.Job.Name));
        _world.Writer.Tell(Results.EffectsTo.Instance, Self);
    }

    private void TellJobs(object message)
    {
        foreach (var job in _actors.Values)
            job.Tell(message, Self);
    }
}
