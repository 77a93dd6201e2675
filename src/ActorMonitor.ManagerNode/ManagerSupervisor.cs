// The root of a manager's actors, /user/manager. Supervised by the user guardian.
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Checks;
using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka;
using Akka.Actor;

namespace ActorMonitor.ManagerNode;

/// <summary>
/// Opens the store and brings its books up to the present, then starts writer, jobs and links, in this order: an effect finds
/// its job, a link its keeper. Nobody is connected to before.
/// </summary>
public sealed class ManagerSupervisor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    // Two new managers of one identity would take turns for ever.
    private const int MostEpochsTaken = 3;

    private readonly ManagerNodeParts _parts;
    private readonly CurrentEpoch _epoch;
    private readonly HoldsFile? _holdsFile;
    private IStore? _opened;
    private StoreStart.Started? _started;
    private string? _failure;
    private int _epochsTaken;
    private IActorRef _jobs = ActorRefs.Nobody;
    private IActorRef _links = ActorRefs.Nobody;
    private IActorRef _results = ActorRefs.Nobody;
    private IActorRef _holds = ActorRefs.Nobody;
    private IActorRef _feed = ActorRefs.Nobody;
    private IActorRef _checks = ActorRefs.Nobody;

    /// <summary>See <see cref="Props"/>.</summary>
    public ManagerSupervisor(ManagerNodeParts parts)
    {
        (_parts, _epoch) = (parts, new CurrentEpoch(parts.Epoch));
        _holdsFile = parts.Data is { } data ? new HoldsFile(data, parts.Time) : null;
        Starting();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <summary>How the node makes it.</summary>
    public static Props Props(ManagerNodeParts parts) => Akka.Actor.Props.Create(() => new ManagerSupervisor(parts));

    /// <inheritdoc/>
    protected override void PreStart() => Try();

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_started is null)
            _ = StoreTasks.CloseAsync(_opened);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);

    private void Starting()
    {
        Receive<StoreStart.Started>(OnStarted);
        Receive<StoreStart.Refused>(refused => _parts.Stop(refused.Reason));
        Receive<StoreStart.NotYet>(OnNotYet);
        Receive<TryAgain>(_ => Try());
        Receive<GetStore>(_ => Sender.Tell(new CurrentStore(null, _failure ?? "the store is being opened", _parts.Time.GetUtcNow()), Self));
        Receive<GetJobs>(_ => Stash.Stash());
        Receive<ApplyJobs>(_ => Stash.Stash());
        Receive<GetHolds>(_ => Stash.Stash());
        Receive<HoldCommand>(_ => Stash.Stash());
        Receive<LinksActor.GetLinks>(_ => Stash.Stash());
        Receive<FeedRequest>(_ => Sender.Tell(new NotStarted(_failure), Self));
        Receive<RunCheck>(_ => Sender.Tell(new NotStarted(_failure), Self));
        Receive<GetWriterStatus>(_ => Sender.Tell(new NotStarted(_failure), Self));
        Receive<CloseStore>(close =>
        {
            Timers.CancelAll();
            _ = StoreTasks.CloseAsync(_opened).PipeTo(Sender, Self, _ => Done.Instance);
            _opened = null;
            Become(Closed);
        });
    }

    private void Running()
    {
        Receive<GetJobs>(get => _jobs.Forward(get));
        Receive<ApplyJobs>(apply => _jobs.Forward(apply));
        Receive<GetHolds>(get => _holds.Forward(get));
        Receive<HoldCommand>(command => _holds.Forward(command));
        Receive<LinksActor.GetLinks>(get => _links.Forward(get));
        Receive<GetStore>(get => _results.Forward(get));
        Receive<GetWriterStatus>(get => _results.Forward(get));
        Receive<FeedRequest>(request => _feed.Forward(request));
        Receive<RunCheck>(run => _checks.Forward(run));
        Receive<CloseStore>(close => _results.Forward(close));
        Receive<Fenced>(OnFenced);
    }

    private void Closed()
    {
        // An attempt to open that was under way leaves a store behind.
        Receive<StoreStart.Started>(started => _ = StoreTasks.CloseAsync(started.Store));
        Receive<StoreStart.NotYet>(failed => _ = StoreTasks.CloseAsync(failed.Opened));
    }

    private void Try() => _ = StoreStart.RunAsync(_opened, _parts.OpenStore, _holdsFile, _parts.Jobs, _parts.Time).PipeTo(Self, Self);

    private void OnNotYet(StoreStart.NotYet failed)
    {
        if (_failure is null)
            WriterLog.Failed(_parts.Logger, failed.Failure.Text);
        (_opened, _failure) = (failed.Opened, failed.Failure.Text);
        _parts.Health.Report("store", HealthStatus.Failed, $"{failed.Failure.Text}; the manager begins when it can be opened and written, it is tried again each second");
        Timers.StartSingleTimer(TryAgain.Instance, TryAgain.Instance, TryAgainAfter);
    }

    private void OnStarted(StoreStart.Started started)
    {
        (_started, _failure) = (started, null);
        var opening = started.Store.Opening;
        _parts.Health.Report("store", HealthStatus.Ok, "opened");
        Damage.Report(_parts.Health, opening, started.Lost);
        Announce(started);

        // Before the jobs: it hears their first records.
        var due = new SlotMeter();
        _feed = Context.ActorOf(FeedActor.Props(due, _parts.Time), "feed");

        var plan = started.Plan;
        var credit = LinkWorld.CreditOf(_parts.Settings.Monitors.Length);
        var writer = new WriterWorld(started.Clock, _parts.Time, _parts.Health, _parts.Logger, _parts.OpenStore, credit);
        _results = Context.ActorOf(ResultWriter.Props(new WriterMemory(started.Store, plan.Lanes, plan.Begun), writer), "results");
        var (held, problem) = started.Holds;
        if (problem is not null)
            _parts.Health.Report("holds", HealthStatus.Failed, problem, isSticky: true);
        held = held.Without(started.Clock.Now);
        foreach (var job in plan.Jobs)
            _ = job.Hold(held.Of(job.Job.Job));
        var jobs = new JobWorld(started.Clock, _results, _parts.Settings.Autonomy) { Grid = WakeGrid.For(_parts.Jobs), Due = due };
        _jobs = Context.ActorOf(JobsActor.Props(new JobsMemory(plan.Jobs, held), jobs), "jobs");
        _holds = Context.ActorOf(HoldsActor.Props(new HoldsMemory(held), new HoldsWorld(started.Clock, _jobs, _parts.Health, _holdsFile)), "holds");
        var world = new LinkWorld(_parts.Id, _parts.Settings.Name, _epoch, started.Clock, _jobs, _results, Self, _parts.Time, _parts.Logger)
        {
            Autonomy = _parts.Settings.Autonomy,
            Credit = credit,
            Grants = _parts.Settings.Monitors.ToImmutableDictionary(monitor => monitor.Name, monitor => new GrantBook(
                _parts.Jobs.Where(job => job.Monitors.Contains(monitor.Name)).Select(job => job.Job), plan.Revoked.GetValueOrDefault(monitor.Name, []))),
        };
        _links = Context.ActorOf(LinksActor.Props(_parts.Settings.Monitors, world), "monitors");
        _checks = Context.ActorOf(ChecksActor.Props(_links), "checks");
        _ = Context.ActorOf(LedgerWatch.Props(_results, _parts.Health), "ledger");
        Become(Running);
        Stash.UnstashAll();
    }

    private void Announce(StoreStart.Started started)
    {
        var now = started.Plan.Begun;
        var ahead = now - _parts.Time.GetUtcNow();
        if (ahead > TimeSpan.FromSeconds(1))
            Publish(now, "clock", $"the newest record lies {ahead:hh\\:mm\\:ss} in the future: slots go on from there, at nine tenths of the pace until the clock has caught up");
        if (started.NotRunning > 0)
            Publish(now, "store", $"{started.NotRunning:N0} slots were not looked after while this manager was not running; results that come late replace them");
    }

    private void Publish(DateTimeOffset at, string subject, string details)
        => Context.System.EventStream.Publish(new NodeEvent(at, subject, Success: false, details, IsChange: true));

    private void OnFenced(Fenced fenced)
    {
        // The monitor will have connected again by itself when the new epoch is there.
        if (fenced.Seen < _epoch.Value)
            return;
        if (_started!.Store.Opening.IsNew && !fenced.WasAdmitted && _epochsTaken < MostEpochsTaken && TryTakeEpoch(fenced))
            return;
        LinkLog.Fenced(_parts.Logger, fenced.Monitor, fenced.Seen.Value, _epoch.Value.Value);
        _parts.Stop($"{fenced.Monitor} has seen a newer incarnation of this manager (epoch {fenced.Seen.Value}, this one is {_epoch.Value.Value})");
    }

    private bool TryTakeEpoch(Fenced fenced)
    {
        try
        {
            _epoch.Value = _parts.NextEpoch(fenced.Seen);
        }
        catch (DataFolderException e)
        {
            LinkLog.NoEpoch(_parts.Logger, e.Message);
            return false;
        }

        _epochsTaken++;
        LinkLog.EpochTaken(_parts.Logger, fenced.Monitor, fenced.Seen.Value, _epoch.Value.Value);
        return true;
    }

    private sealed record TryAgain
    {
        public static readonly TryAgain Instance = new();
    }
}

/// <summary>The answer to what only a manager that has its store can do.</summary>
/// <param name="Failure">What keeps it from opening; null when nothing is known to.</param>
internal sealed record NotStarted(string? Failure);
