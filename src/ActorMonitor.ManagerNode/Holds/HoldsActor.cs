// Owns what is held: paused jobs and drained monitors, their file, and their ends. Supervised by ManagerSupervisor.
using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Holds;

/// <summary>
/// Takes the word of operators, tells the jobs at once, and answers when it is on disk. When it cannot be written it holds all the same, and
/// says so: a restart would forget it.
/// </summary>
internal sealed class HoldsActor : ReceiveActor, IWithTimers
{
    private const string Check = "holds";
    private const int MostNamed = 10;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly HoldsMemory _memory;
    private readonly HoldsWorld _world;
    private ImmutableArray<IActorRef> _waiting = [];
    private ImmutableArray<IActorRef> _served = [];
    private bool _isWriting;
    private bool _mustWrite;

    public HoldsActor(HoldsMemory memory, HoldsWorld world)
    {
        (_memory, _world) = (memory, world);

        Receive<GetHolds>(_ => Sender.Tell(_memory.State, Self));
        Receive<PauseJobs>(OnPause);
        Receive<ResumeJobs>(resume => Take(_memory.State.Resume(resume.Jobs), $"{Named(resume.Jobs, "job")} resumed by {resume.By}"));
        Receive<DrainMonitor>(drain => Take(
            _memory.State.Drain(drain.Monitor, new Hold(drain.By, _world.Clock.Now, drain.Reason)), $"{drain.Monitor} is drained by {drain.By}{Because(drain.Reason)}"));
        Receive<ResumeMonitor>(resume => Take(_memory.State.ResumeMonitor(resume.Monitor), $"{resume.Monitor} resumed by {resume.By}"));
        Receive<Look>(_ => OnLook());
        Receive<TryAgain>(_ => Write());
        Receive<Written>(OnWritten);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(HoldsMemory memory, HoldsWorld world) => Akka.Actor.Props.Create(() => new HoldsActor(memory, world));

    protected override void PreStart() => Arm();

    private void OnPause(PauseJobs pause)
    {
        var now = _world.Clock.Now;
        var state = _memory.State.Pause(pause.Jobs, new Hold(pause.By, now, pause.Reason, now + pause.For));
        if (state.Jobs.Count > HoldState.MostHolds)
        {
            Sender.Tell(new HoldsKept($"more than {HoldState.MostHolds:N0} jobs would be paused"), Self);
            return;
        }

        Take(state, $"{Named(pause.Jobs, "job")} paused by {pause.By}{Because(pause.Reason)}");
    }

    private void Take(HoldState state, string told)
    {
        Follow(state, told);
        _waiting = _waiting.Add(Sender);
        Write();
    }

    private void Follow(HoldState state, string told)
    {
        _memory.State = state;
        _world.Jobs.Tell(new HoldsChanged(state), Self);
        Context.System.EventStream.Publish(new NodeEvent(_world.Clock.Now, "jobs", Success: true, told, IsChange: true));
        Arm();
    }

    // A pause that was to last so long has ended.
    private void OnLook()
    {
        var state = _memory.State.Without(_world.Clock.Now);
        if (state != _memory.State)
        {
            var ended = _memory.State.Jobs.Keys.Where(job => !state.Jobs.ContainsKey(job)).ToImmutableArray();
            Follow(state, $"{Named(ended, "job")} resumed: the pause has ended");
            Write();
        }

        Arm();
    }

    private void Write()
    {
        if (_isWriting)
        {
            _mustWrite = true;
            return;
        }

        (_served, _waiting, _mustWrite, _isWriting) = (_waiting, [], false, true);
        var (file, state) = (_world.File, _memory.State);
        _ = Task.Run(() =>
        {
            try
            {
                file?.Write(state);
                return new Written(null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new Written(e.Message);
            }
        }).PipeTo(Self, Self);
    }

    private void OnWritten(Written written)
    {
        _isWriting = false;
        foreach (var asker in _served)
            asker.Tell(new HoldsKept(written.Failure), Self);
        _served = [];
        if (written.Failure is { } failure)
        {
            _world.Health.Report(Check, HealthStatus.Warning, $"what is paused and drained cannot be written down, a restart would forget it: {failure}");
            Timers.StartSingleTimer(TryAgain.Instance, TryAgain.Instance, TryAgainAfter);
        }
        else
        {
            _world.Health.Report(Check, HealthStatus.Ok, "what is paused and drained is on disk");
        }

        if (_mustWrite)
            Write();
    }

    private void Arm()
    {
        if (_memory.State.NextEnd is not { } end)
            return;
        var wait = end - _world.Clock.Now;
        Timers.StartSingleTimer(Look.Instance, Look.Instance, wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait);
    }

    private static string Because(string? reason) => reason is null ? "" : $": {reason}";

    private static string Named(ImmutableArray<string> names, string thing)
        => names.Length == 1 ? names[0] : $"{names.Length:N0} {thing}s ({string.Join(", ", names.Take(MostNamed))}{(names.Length > MostNamed ? ", ..." : "")})";

    private sealed record Written(string? Failure);

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record TryAgain
    {
        public static readonly TryAgain Instance = new();
    }
}

/// <summary>What is held, over the restarts of its actor. Touched by it alone.</summary>
internal sealed class HoldsMemory(HoldState state)
{
    public HoldState State { get; set; } = state;
}

/// <summary>What the actor of holds works with.</summary>
/// <param name="Clock">The slot clock.</param>
/// <param name="Jobs">The parent of the jobs.</param>
/// <param name="Health">The node's board.</param>
/// <param name="File">Where they are kept; null when they are not.</param>
internal sealed record HoldsWorld(SlotClock Clock, IActorRef Jobs, NodeHealth Health, HoldsFile? File);

/// <summary>A word of an operator on what is to be held. Answered by <see cref="HoldsKept"/>.</summary>
internal abstract record HoldCommand(string By);

/// <summary>These jobs are not to run, for a while or until they are resumed.</summary>
internal sealed record PauseJobs(ImmutableArray<string> Jobs, string By, string? Reason, TimeSpan? For) : HoldCommand(By);

/// <summary>These jobs are to run again.</summary>
internal sealed record ResumeJobs(ImmutableArray<string> Jobs, string By) : HoldCommand(By);

/// <summary>A monitor is to run nothing new.</summary>
internal sealed record DrainMonitor(string Monitor, string By, string? Reason) : HoldCommand(By);

/// <summary>A monitor is to run again.</summary>
internal sealed record ResumeMonitor(string Monitor, string By) : HoldCommand(By);

/// <summary>Asks for the <see cref="HoldState"/>.</summary>
internal sealed record GetHolds
{
    public static readonly GetHolds Instance = new();
}

/// <summary>It holds.</summary>
/// <param name="Failure">Why it is not on disk; null when it is.</param>
internal sealed record HoldsKept(string? Failure);
