// Owns the jobs, one actor each, and knows which monitors are there. Supervised by ManagerSupervisor.
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>
/// Starts the jobs, tells them of the monitors that come and go, and hands each effect of the store to its job. When other jobs are
/// configured it tells those that are different, and them alone; a job that is no more lives on until its last slot has its record.
/// </summary>
internal sealed class JobsActor : ReceiveActor
{
    private readonly JobsMemory _memory;
    private readonly JobWorld _world;
    private readonly Dictionary<JobId, IActorRef> _actors = [];
    private readonly HashSet<JobId> _stopping = [];
    private readonly Dictionary<string, MonitorUp> _monitors = [];

    public JobsActor(JobsMemory memory, JobWorld world)
    {
        (_memory, _world) = (memory, world);

        Receive<Settled>(settled =>
        {
            // A job that is no longer configured leaves results behind on its monitors; they are in the store alone.
            foreach (var write in settled.Writes)
            {
                if (_actors.TryGetValue(write.Lane.Job, out var job))
                    job.Tell(write, Self);
            }
        });
        Receive<MonitorUp>(OnMonitorUp);
        Receive<MonitorDown>(down =>
        {
            _ = _monitors.Remove(down.Monitor);
            TellJobs(down);
        });
        Receive<LaneGranted>(OnGranted);
        Receive<StoreBegunAnew>(TellJobs);
        Receive<GetMonitors>(_ =>
        {
            foreach (var up in _monitors.Values)
                Sender.Tell(up, Self);
        });
        Receive<GetJobs>(_ => Sender.Tell(new JobRefs([.. Refs()])));
        Receive<ApplyJobs>(OnApply);
        Receive<HoldsChanged>(changed => OnHolds(changed.State));
        Receive<JobAtRest>(OnAtRest);
        Receive<Terminated>(OnTerminated);
    }

    public static Props Props(JobsMemory memory, JobWorld world) => Akka.Actor.Props.Create(() => new JobsActor(memory, world));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);

    protected override void PreStart()
    {
        _world.Writer.Tell(Results.EffectsTo.Instance, Self);
        foreach (var job in _memory.Jobs.Values)
            Start(job);
    }

    private void OnMonitorUp(MonitorUp up)
    {
        _monitors[up.Monitor] = up;
        foreach (var job in _memory.Revoking(up.Monitor))
            up.Link.Tell(new Withdraw(job), Self);
        TellJobs(up);
    }

    private void OnGranted(LaneGranted granted)
    {
        if (!granted.IsGranted)
            _memory.Revoked(granted.Monitor, granted.Job);
        if (_actors.TryGetValue(granted.Job, out var job))
            job.Tell(granted, Self);
    }

    private void OnApply(ApplyJobs apply)
    {
        var change = JobsChange.Of(_memory.Configured, apply.Jobs);
        foreach (var job in change.Removed)
        {
            Revoke(job, []);
            Tell(job.Job, null);
        }

        foreach (var job in change.Changed)
        {
            Revoke(_memory.Configured[job.Job], job.Monitors);
            Grant(job);
            Tell(job.Job, job);
        }

        _memory.Configure(apply.Jobs);
        Add(change.Added);
        _world.Grid.Change(apply.Jobs);
        var applied = new JobsApplied(Names(change.Added), Names(change.Changed), Names(change.Removed), change.Unchanged);
        if (applied.IsChange)
            Context.System.EventStream.Publish(new NodeEvent(_world.Clock.Now, "jobs", Success: true, applied.ToString(), IsChange: true));
        Sender.Tell(applied, Self);
    }

    private void Add(ImmutableArray<JobDefinition> jobs)
    {
        List<JobMemory> begun = [];
        foreach (var job in jobs)
        {
            Grant(job);
            // One that still ends goes on; one that is being stopped is started again when it has.
            if (!_actors.ContainsKey(job.Job))
                begun.Add(Begin(job));
            else if (!_stopping.Contains(job.Job))
                Tell(job.Job, job);
        }

        StartNew(begun);
    }

    private JobMemory Begin(JobDefinition job)
    {
        var memory = new JobMemory(job, _world.Clock.Now);
        _ = memory.Hold(_memory.Holds.Of(job.Job));
        return _memory.Jobs[job.Job] = memory;
    }

    // The store knows their lanes before anybody can run a slot of them.
    private void StartNew(IReadOnlyCollection<JobMemory> jobs)
    {
        if (jobs.Count > 0)
            _world.Writer.Tell(new LanesChanged([.. jobs.SelectMany(job => job.Begins())]), Self);
        foreach (var job in jobs)
            Start(job);
    }

    private void Start(JobMemory job)
        => _actors[job.Job.Job] = Context.ActorOf(JobActor.Props(job, _world), Uri.EscapeDataString(job.Job.Job.Name));

    private void Tell(JobId job, JobDefinition? definition)
    {
        if (_stopping.Contains(job) || !_actors.TryGetValue(job, out var actor))
            return;
        _memory.Versions[job] = ++_memory.Version;
        actor.Tell(new ConfigureJob(definition, _memory.Version), Self);
    }

    private void Revoke(JobDefinition before, ImmutableArray<string> stay)
    {
        foreach (var monitor in before.Monitors.Where(monitor => !stay.Contains(monitor)))
        {
            _memory.Revoke(monitor, before.Job);
            if (_monitors.TryGetValue(monitor, out var up))
                up.Link.Tell(new Withdraw(before.Job), Self);
        }
    }

    private void Grant(JobDefinition job)
    {
        foreach (var monitor in job.Monitors)
            _memory.Revoked(monitor, job.Job);
    }

    private void OnAtRest(JobAtRest rest)
    {
        // It may have been configured again since it said so.
        if (_memory.Versions.GetValueOrDefault(rest.Job) != rest.Version || _memory.Configured.ContainsKey(rest.Job) || !_stopping.Add(rest.Job))
            return;
        _ = Context.Watch(Sender);
        Context.Stop(Sender);
    }

    private void OnTerminated(Terminated terminated)
    {
        var job = new JobId(Uri.UnescapeDataString(terminated.ActorRef.Path.Name));
        if (!_stopping.Remove(job))
            return;
        _ = _actors.Remove(job);
        _ = _memory.Jobs.Remove(job);
        _ = _memory.Versions.Remove(job);
        if (_memory.Configured.TryGetValue(job, out var again))
            StartNew([Begin(again)]);
    }

    private void OnHolds(HoldState holds)
    {
        var before = _memory.Holds;
        _memory.Holds = holds;
        foreach (var job in _memory.Order)
        {
            if (holds.Differs(before, job) && _actors.TryGetValue(job.Job, out var actor))
                actor.Tell(new HoldJob(holds.Of(job.Job)), Self);
        }
    }

    private IEnumerable<JobRef> Refs()
    {
        foreach (var job in _memory.Order)
        {
            if (_actors.TryGetValue(job.Job, out var actor))
                yield return new JobRef(job, actor);
        }
    }

    private void TellJobs(object message)
    {
        foreach (var job in _actors.Values)
            job.Tell(message, Self);
    }

    private static ImmutableArray<JobId> Names(ImmutableArray<JobDefinition> jobs) => [.. jobs.Select(job => job.Job)];
}
