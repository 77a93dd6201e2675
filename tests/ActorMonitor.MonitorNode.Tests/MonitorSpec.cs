using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Journal;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.Probes;
using ActorMonitor.Shell;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.Configuration;
using Akka.Routing;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests;

/// <summary>A whole monitor in virtual time, as MonitorNodeHosting puts it together, with probes that the test controls.</summary>
public abstract class MonitorSpec : TestKit
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly TestProbe _questions;
    private readonly SteppingTime _time;
    private readonly int _probes;
    private readonly string? _ownFolder;
    private int _starts;

    protected MonitorSpec(ITestOutputHelper output, MonitorSettings? settings = null, int probes = 2, string? data = null)
        : base(
            // The deadlines are those of a busy machine: nothing waits for them that does not fail.
            ConfigurationFactory.ParseString($$"""
                akka {
                  actor.deployment { /probes { router = round-robin-pool, nr-of-instances = {{probes}} } }
                  test { single-expect-default = 15s, default-timeout = 15s, filter-leeway = 15s }
                }
                """).WithFallback(TestConfigs.TestSchedulerConfig),
            output: output)
    {
        Probing = CreateTestProbe();
        _questions = CreateTestProbe();
        Settings = settings ?? Default;
        _time = new SteppingTime(TestSchedulerTime.Of(Sys));
        Health = new NodeHealth(_time);
        _probes = probes;
        _ownFolder = data is null ? Directory.CreateTempSubdirectory("monitor-spec-").FullName : null;
        Data = Path.Combine(data ?? _ownFolder!, "1");
        Start();
    }

    /// <summary>Two checks at a time for each of the two probe actors.</summary>
    protected static MonitorSettings Default { get; } = MonitorSettings.Default with
    {
        Name = "eu-1",
        Location = "Frankfurt",
        Domain = "dc-1",
        ChecksPerProbe = 2,
        Probes = new PoolBounds(2, 2),
    };

    protected NodeId Id { get; } = NodeId.New();

    protected MonitorSettings Settings { get; }

    protected TimeProvider Time => _time;

    protected IActorRef Monitor { get; private set; } = ActorRefs.Nobody;

    /// <summary>The monitor's data folder.</summary>
    protected string Data { get; private set; }

    protected NodeHealth Health { get; }

    protected CancellationTokenSource Stopping { get; } = new();

    /// <summary>Hears of each check that starts.</summary>
    protected TestProbe Probing { get; }

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    internal GateActor.Occupancy Occupancy()
    {
        _questions.Send(Monitor, GateActor.GetOccupancy.Instance);
        return _questions.ExpectMsg<GateActor.Occupancy>();
    }

    internal IReadOnlyList<ClientStatus> Clients()
    {
        _questions.Send(Monitor, ClientsActor.GetSessions.Instance);
        return [.. _questions.ExpectMsg<ClientsActor.Sessions>().Refs.Select(StatusOf)];
    }

    internal ClientStatus StatusOf(IActorRef session)
    {
        _questions.Send(session, GetClientStatus.Instance);
        return _questions.ExpectMsg<ClientStatus>();
    }

    internal int PoolSize()
    {
        Sys.ActorSelection("/user/probes").Tell(GetRoutees.Instance, _questions.Ref);
        return _questions.ExpectMsg<Routees>().Members.Count();
    }

    private IActorRef Probes()
    {
        Sys.ActorSelection("/user/probes").Tell(new Identify(1), _questions.Ref);
        return _questions.ExpectMsg<ActorIdentity>().Subject;
    }

    internal ScriptedProbe.Run NextRun() => Probing.ExpectMsg<ScriptedProbe.Run>();

    /// <summary>Sets the monitor's wall clock.</summary>
    protected void StepWall(TimeSpan step) => _time.StepWall(step);

    /// <summary>Lets time pass in small steps; after each, everybody has done what was due. The managers given stay alive.</summary>
    internal void Pass(TimeSpan time, params FakeManager[] alive)
    {
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            foreach (var manager in alive)
                manager.SendHeartbeat();
            Settle();
            Scheduler.Advance(left < Step ? left : Step);
            Settle();
        }
    }

    /// <summary>The same, and each check that starts ends at once.</summary>
    internal List<ScriptedProbe.Run> RunFor(TimeSpan time, params FakeManager[] alive)
    {
        var runs = new List<ScriptedProbe.Run>();
        var step = Step / 2;
        for (var left = time; left > TimeSpan.Zero; left -= step)
        {
            Pass(left < step ? left : step, alive);
            AwaitAssert(
                () =>
                {
                    while (Probing.HasMessages)
                    {
                        runs.Add(NextRun());
                        runs[^1].Up();
                    }

                    Settle();
                    (Occupancy().InUse, Occupancy().Waiting).ShouldBe((0, 0));
                },
                interval: TimeSpan.FromMilliseconds(2));
        }

        return runs;
    }

    /// <summary>
    /// The monitor's process is killed, and after some time it is started again: what is left is what was written until then.
    /// </summary>
    internal void KillAndRestart(TimeSpan deadFor = default, TimeSpan wallStep = default)
    {
        Settle();
        var killed = Path.Combine(Path.GetDirectoryName(Data)!, $"{_starts + 1}");
        Copy(Data, killed);
        foreach (var actor in new[] { Monitor, Probes() })
        {
            Watch(actor);
            Sys.Stop(actor);
            ExpectTerminated(actor);
        }

        Data = killed;
        if (deadFor > TimeSpan.Zero)
            Scheduler.Advance(deadFor);
        StepWall(wallStep);
        Start();
    }

    /// <summary>What another process would find in a session's journal now.</summary>
    internal JournalRecovery Reopened(NodeId manager)
    {
        Settle();
        var copy = Path.Combine(_ownFolder!, $"copy-{Guid.NewGuid():N}");
        Copy(Path.Combine(Data, "clients", manager.ToString()), copy);
        using var journal = SessionJournal.Open(copy, new JournalSettings(1 << 20, TimeSpan.FromHours(24)), Time);
        return journal.Recovery;
    }

    /// <summary>Moves on to a moment where slots of such an interval are due.</summary>
    internal void ToWholeSeconds(int interval)
    {
        var ticks = interval * TimeSpan.TicksPerSecond;
        var passed = (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks % ticks;
        Scheduler.Advance(TimeSpan.FromTicks(ticks - passed + TimeSpan.TicksPerMillisecond));
    }

    internal Slot NextSlot(int intervalSeconds)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        return new Slot(((now / (intervalSeconds * 1_000)) + 1) * intervalSeconds * 1_000);
    }

    internal static Slot NextOf(Slot slot, int seconds) => new(slot.DueUnixMilliseconds + (seconds * 1_000L));

    /// <summary>Waits until the sessions and the gate have worked off what they have been told.</summary>
    internal void Settle()
    {
        _ = Clients();
        _ = Occupancy();
        _ = Clients();
    }

    internal FakeManager NewManager(NodeId? id = null, long epoch = 1, string token = "", string name = "manager")
        => new(this, CreateTestProbe(), id ?? NodeId.New(), epoch, token, name);

    /// <summary>A manager that is connected.</summary>
    internal FakeManager Connected(NodeId? id = null, long epoch = 1, string name = "manager")
    {
        var manager = NewManager(id, epoch, name: name);
        manager.Connect();
        return manager;
    }

    protected override void AfterAll()
    {
        Stopping.Dispose();
        base.AfterAll();
        if (_ownFolder is not null)
            Directory.Delete(_ownFolder, recursive: true);
    }

    private void Start()
    {
        _starts++;
        var listener = Probing.Ref;
        Monitor = MonitorNodeHosting.Start(Sys, new MonitorNodeParts(
            Id, Settings, [new ProbeCatalogEntry(ScriptedProbe.Definition, _ => new ScriptedProbe(listener))], Data, Health, Time, NullLogger.Instance, Stopping.Token));
        // The gate knows its capacity as soon as the pool has answered.
        AwaitAssert(() => Xunit.Assert.Equal(_probes, Occupancy().Probes));
    }

    private static void Copy(string from, string to)
    {
        _ = Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <summary>The manager's end of a session, by hand.</summary>
    internal sealed class FakeManager(MonitorSpec spec, TestProbe link, NodeId id, long epoch, string token, string name)
    {
        private long _heartbeats;

        public TestProbe Link => link;

        public NodeId Id => id;

        public IActorRef Session { get; private set; } = ActorRefs.Nobody;

        public Connected Admission { get; private set; } = null!;

        public void SendConnect(int protocol = ActorMonitor.Messages.Connect.CurrentProtocol)
            => link.Send(spec.Monitor, new Connect(protocol, id, name, new Epoch(epoch), token, spec.Time.GetUtcNow()));

        /// <summary>Connects; from then on heartbeats are not shown.</summary>
        public void Connect(long creditBytes = 1 << 20)
        {
            SendConnect();
            Admission = link.ExpectMsg<Connected>();
            Session = link.Sender;
            _ = link.ExpectMsg<Heartbeat>();
            link.IgnoreMessages(message => message is Heartbeat);
            SendCredit(creditBytes);
            _ = Status(); // it has been heard before time goes on
        }

        public void SendCredit(long bytes, SessionKey? key = null) => link.Send(Session, new Credit(key ?? Admission.Key, bytes));

        /// <summary>Grants a job whose slots are due at whole multiples of its interval, from the next one on.</summary>
        public GrantTerms SendGrant(string job, double intervalSeconds = 10, long revision = 5, TimeSpan? validFor = null, Slot? notBefore = null, double timeoutSeconds = 2, long? incarnation = null)
        {
            var milliseconds = (long)(intervalSeconds * 1_000);
            var next = new Slot(((spec.Time.GetUtcNow().ToUnixTimeMilliseconds() / milliseconds) + 1) * milliseconds);
            var terms = new GrantTerms(
                revision, Definition(job, intervalSeconds, timeoutSeconds), PhaseMilliseconds: 0, spec.Time.GetUtcNow() + (validFor ?? TimeSpan.FromHours(24)), notBefore ?? next);
            link.Send(Session, new Grant(Admission.Key, new Epoch(incarnation ?? epoch), terms));
            return terms;
        }

        /// <summary>The same, taken by the monitor.</summary>
        public GrantTerms Grant(string job, double intervalSeconds = 10, long revision = 5, TimeSpan? validFor = null, Slot? notBefore = null, double timeoutSeconds = 2)
        {
            var terms = SendGrant(job, intervalSeconds, revision, validFor, notBefore, timeoutSeconds);
            link.ExpectMsg<Granted>().ShouldBe(new Granted(Admission.Key, new JobId(job), revision));
            return terms;
        }

        public void SendRevoke(string job, long? incarnation = null) => link.Send(Session, new Revoke(Admission.Key, new Epoch(incarnation ?? epoch), new JobId(job)));

        /// <summary>An Execute without the definition.</summary>
        public void ExecuteGranted(string job, Slot slot, long revision = 5, long? incarnation = null)
            => link.Send(Session, new Execute(Admission.Key, new Epoch(incarnation ?? epoch), new JobId(job), slot, revision, Check: null));

        public void SendHeartbeat(long echo = 0, long held = 0, SessionKey? key = null, TimeSpan autonomy = default)
            => link.Send(Session, new Heartbeat(key ?? Admission.Key, ++_heartbeats, Microseconds(spec.Time.GetUtcNow()), echo, held) { Autonomy = autonomy });

        /// <summary>A heartbeat of a manager whose clock shows another time.</summary>
        public void SendHeartbeatAt(DateTimeOffset managerNow, long echo)
            => link.Send(Session, new Heartbeat(Admission.Key, ++_heartbeats, Microseconds(managerNow), echo, HeldMicroseconds: 0));

        public Slot Execute(string job, Slot? slot = null, double intervalSeconds = 10, double timeoutSeconds = 2, string service = ScriptedProbe.Service, SessionKey? key = null, long? incarnation = null)
        {
            var due = slot ?? new Slot(spec.Time.GetUtcNow().ToUnixTimeMilliseconds());
            link.Send(Session, new Execute(key ?? Admission.Key, new Epoch(incarnation ?? epoch), new JobId(job), due, 5, Definition(job, intervalSeconds, timeoutSeconds, service)));
            return due;
        }

        public Completed NextResult() => link.ExpectMsg<Completed>();

        /// <summary>The next result, acknowledged.</summary>
        public Completed TakeResult()
        {
            var completed = NextResult();
            Acknowledge(completed.Seq, completed.Seq);
            return completed;
        }

        /// <summary>The next heartbeat after more time.</summary>
        public Heartbeat NextHeartbeat()
        {
            link.IgnoreNoMessages();
            spec.Scheduler.Advance(TimeSpan.FromSeconds(1));
            var heartbeat = link.ExpectMsg<Heartbeat>();
            link.IgnoreMessages(message => message is Heartbeat);
            return heartbeat;
        }

        public void Acknowledge(long first, long last) => link.Send(Session, new Acknowledge(Admission.Key, Admission.Outbox, [new SeqRange(first, last)]));

        public ClientStatus Status() => spec.StatusOf(Session);

        private static CheckDefinition Definition(string job, double intervalSeconds, double timeoutSeconds, string service = ScriptedProbe.Service) => new(
            new JobId(job), service, "host.example", 80, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromSeconds(timeoutSeconds), SettingMap.Empty, SettingMap.Empty);

        private static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
    }
}
