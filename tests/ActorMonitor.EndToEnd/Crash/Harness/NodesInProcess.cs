using System.Collections.Immutable;
using System.Text;
using ActorMonitor.Configuration;
using ActorMonitor.EndToEnd.Processes;
using ActorMonitor.ManagerNode;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode;
using ActorMonitor.Probes;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>A manager and a monitor in this process over real remoting, each with a wall clock that can be set.</summary>
internal sealed class NodesInProcess : IAsyncDisposable
{
    private const string MonitorName = "eu-1";

    private readonly TestFolder _folder = new();
    private readonly NodeId _managerId = NodeId.New();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ActorSystem _monitor;
    private readonly ManagerSettings _settings;
    private readonly ImmutableArray<JobDefinition> _jobs;
    private ActorSystem _manager;
    private long _epoch = 1;

    internal NodesInProcess(int jobs)
    {
        Journals = new JournalArchive(Path.Combine(MonitorData, "clients"), Path.Combine(_folder.Path, "kept"), keepsAll: true);
        _monitor = Started(MonitorNodeHosting.SystemName, NodeRole.Monitor, system => MonitorNodeHosting.Start(system, new MonitorNodeParts(
            NodeId.New(), MonitorSettings.Default with { Name = MonitorName }, ProbeCatalog.Entries, MonitorData, MonitorHealth, MonitorTime, NullLogger.Instance, _stopping.Token)));
        var address = ((ExtendedActorSystem)_monitor).Provider.DefaultAddress;
        _settings = ManagerSettings.Default with { Monitors = [new MonitorAddress(MonitorName, address.Host!, address.Port!.Value, MonitorName, "")] };
        _jobs = Jobs(jobs);
        _manager = StartManager();
    }

    internal SteppingTime ManagerTime { get; } = new(TimeProvider.System);

    internal SteppingTime MonitorTime { get; } = new(TimeProvider.System);

    internal NodeHealth ManagerHealth { get; private set; } = null!;

    internal NodeHealth MonitorHealth { get; } = new(TimeProvider.System);

    internal CountingEcho Target { get; } = new();

    internal JournalArchive Journals { get; }

    /// <summary>Why the manager stopped by itself; null when it did not.</summary>
    internal string? Stopped { get; private set; }

    internal Books Books => new() { Journals = Journals, ManagerData = ManagerData, Interval = TimeSpan.FromSeconds(1), Calls = Target.Counts };

    private string ManagerData => Path.Combine(_folder.Path, "manager");

    private string MonitorData => Path.Combine(_folder.Path, "monitor");

    /// <summary>Ends the manager in order and starts it again.</summary>
    internal async Task RestartManagerAsync()
    {
        await _manager.Terminate();
        _manager = StartManager();
    }

    /// <summary>Waits until nothing is in the outbox of what is in it now.</summary>
    internal Task<TimeSpan> DeliveredAsync(TimeSpan within)
    {
        var newest = Journals.Read().Newest;
        return Until.TrueAsync(() => Journals.Read().Unacknowledged(newest) == 0, within, () => $"{Journals.Read().Unacknowledged(newest)} results are not acknowledged");
    }

    public async ValueTask DisposeAsync()
    {
        await _manager.Terminate();
        await _stopping.CancelAsync();
        await _monitor.Terminate();
        await Journals.DisposeAsync();
        await Target.DisposeAsync();
        _stopping.Dispose();
        _folder.Dispose();
    }

    private static ActorSystem Started(string name, NodeRole role, Action<ActorSystem> start)
    {
        var system = ActorSystem.Create(name, ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.port = 0").WithFallback(NodeHocon.For(role)));
        start(system);
        return system;
    }

    private ActorSystem StartManager()
    {
        ManagerHealth = new NodeHealth(ManagerTime);
        return Started(ManagerNodeHosting.SystemName, NodeRole.Manager, system => ManagerNodeHosting.Start(system, new ManagerNodeParts(
            _managerId, new Epoch(++_epoch), _settings, _jobs, ManagerTime, NullLogger.Instance, reason => Stopped = reason, OpenStoreAsync, ManagerHealth, seen => new Epoch(_epoch = seen.Value + 1))));
    }

    private async Task<IStore> OpenStoreAsync(CancellationToken cancellationToken) => await SqliteStore.OpenAsync(ManagerData, StoreSettings.Default, ManagerTime, cancellationToken);

    private ImmutableArray<JobDefinition> Jobs(int count)
    {
        var jobs = string.Join(",\n", Enumerable.Range(1, count).Select(i =>
            $$"""{ "name": "job-{{i}}", "service": "udp", "host": "127.0.0.1", "port": {{Target.Port}}, "interval": "1s", "timeout": "500ms", "settings": { "payload": "job-{{i}}" } }"""));
        var reading = JobsReader.Parse(Encoding.UTF8.GetBytes($"[{jobs}]"), "jobs.json", new ServiceCatalog(ProbeCatalog.Entries.Select(entry => entry.Definition)), _settings.Monitors);
        return reading.File?.Jobs ?? throw new InvalidOperationException(string.Join('\n', reading.Errors));
    }
}
