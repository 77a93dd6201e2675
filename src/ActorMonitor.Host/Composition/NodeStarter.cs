using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Commands;
using ActorMonitor.Host.NodeCommands;
using ActorMonitor.Host.Output;
using ActorMonitor.ManagerNode;
using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode;
using ActorMonitor.MonitorNode.Commands;
using ActorMonitor.Probes;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMonitor.Host.Composition;

/// <summary>Puts nodes together from their configuration.</summary>
internal static class NodeStarter
{
    private static readonly OtherNode OtherMonitor = new("monitor", PbmSettings.DefaultMonitorPort, FirstWords(MonitorCommands.Of(ActorRefs.Nobody, new NodeHealth(TimeProvider.System), TimeProvider.System)));
    private static readonly OtherNode OtherManager = new("manager", PbmSettings.DefaultManagerPort, FirstWords(ManagerCommands.Of(ActorRefs.Nobody, new NodeHealth(TimeProvider.System), Configured.Catalog, TimeProvider.System)));

    /// <summary>Starts a monitor node.</summary>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="hocon">The operator's configuration of its actor system.</param>
    /// <param name="shellPort">Where its shell listens; null for no shell and no console.</param>
    /// <param name="data">Its data folder.</param>
    public static Task<NodeProcess> StartMonitorAsync(NodeRun run, ActorMonitorSettings settings, Config hocon, int? shellPort, DataFolder data)
    {
        var health = new NodeHealth(TimeProvider.System);
        var parts = new MonitorNodeParts(
            data.Id, settings.Monitor, ProbeCatalog.Entries, data.FullPath, health, TimeProvider.System, run.Logging.CreateLogger("monitor"), run.Stopping);
        return NodeProcess.StartAsync(
            MonitorNodeHosting.SystemName,
            hocon.WithFallback(NodeHocon.For(NodeRole.Monitor, settings.Monitor.Probes)),
            run.Logging,
            akka => (shellPort is null ? akka : WithConsole(akka, run, settings.Console, health)).WithMonitor(parts),
            Shell(run, settings, shellPort, data, services =>
            {
                var monitor = services.GetRequiredService<IRequiredActor<MonitorSupervisor>>().ActorRef;
                run.Configuration?.Add(LiveSettings.Probes(monitor, hocon, settings.Monitor.Probes));
                return CommandSet("monitor", MonitorCommands.Of(monitor, health, TimeProvider.System), OtherManager, run, services, data);
            }),
            run.Stopping);
    }

    /// <summary>Starts a manager node.</summary>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="jobs">Its jobs.</param>
    /// <param name="hocon">The operator's configuration of its actor system.</param>
    /// <param name="shellPort">Where its shell listens.</param>
    /// <param name="data">Its data folder.</param>
    /// <param name="again">Reads its jobs again; null when they are built in.</param>
    public static async Task<NodeProcess> StartManagerAsync(
        NodeRun run, ActorMonitorSettings settings, ImmutableArray<JobDefinition> jobs, Config hocon, int shellPort, DataFolder data, JobsAgain? again)
    {
        var health = new NodeHealth(TimeProvider.System);
        var kept = settings.Manager.Store;
        var store = new StoreSettings(kept.MaxBytes, kept.Raw, kept.FiveMinutes, kept.OneHour);
        var parts = new ManagerNodeParts(
            data.Id,
            data.NextEpoch(TimeProvider.System),
            settings.Manager,
            jobs,
            TimeProvider.System,
            run.Logging.CreateLogger("manager"),
            run.Fail,
            async token => await SqliteStore.OpenAsync(data.FullPath, store, TimeProvider.System, token),
            health,
            seen => data.NextEpoch(TimeProvider.System, seen))
        {
            Data = data.FullPath,
        };
        JobsReload? reload = null;
        var manager = await NodeProcess.StartAsync(
            ManagerNodeHosting.SystemName,
            hocon.WithFallback(NodeHocon.For(NodeRole.Manager)),
            run.Logging,
            akka => WithConsole(akka, run, settings.Console, health).WithManager(parts),
            Shell(run, settings, shellPort, data, services =>
            {
                var supervisor = services.GetRequiredService<IRequiredActor<ManagerSupervisor>>().ActorRef;
                reload = again is null ? null : new JobsReload(supervisor, again.ReadAsync, health, TimeProvider.System);
                return CommandSet("manager", ManagerCommands.Of(supervisor, health, Configured.Catalog, TimeProvider.System, reload), OtherMonitor, run, services, data);
            }),
            run.Stopping);
        if (reload is not null && settings.Manager.WatchJobs && again?.File is { } file)
            manager.EndFirst(Watch(reload, file, manager.System));
        return manager;
    }

    private static JobsFileWatch Watch(JobsReload reload, string file, ActorSystem system) => new(
        () => reload.File ?? file,
        async cancellationToken =>
        {
            var reloaded = await reload.RunAsync(progress: null, cancellationToken);
            foreach (var error in reloaded.Read.Errors)
                system.EventStream.Publish(new NodeEvent(TimeProvider.System.GetUtcNow(), "jobs", Success: false, error.ToString(), IsChange: true));
            return reloaded.Failure is null;
        },
        TimeProvider.System);

    /// <summary>Opens a node's data folder.</summary>
    /// <exception cref="StartException">It cannot be used; the message says why.</exception>
    public static DataFolder Open(ActorMonitorSettings settings, string node)
    {
        try
        {
            return DataFolder.Open(Path.Combine(settings.Data, node));
        }
        catch (DataFolderException e)
        {
            throw new StartException(e.Message, e);
        }
    }

    /// <summary>A node's own commands, and those that every node has.</summary>
    private static ShellCommandSet CommandSet(
        string kind, ImmutableArray<ShellCommand> commands, OtherNode other, NodeRun run, IServiceProvider services, DataFolder data)
    {
        var system = services.GetRequiredService<ActorSystem>();
        if (run.Configuration is { } configuration && commands.FirstOrDefault(command => command.Name == "jobs reload") is { } reload)
            configuration.ReloadJobs = reload;
        return new ShellCommandSet(kind, [.. commands, .. AnyNodeCommands.Of(kind, system, run, data.FullPath, TimeProvider.System)], other);
    }

    // Before the node's own actors, so that nothing which they say at their start is missed.
    private static AkkaConfigurationBuilder WithConsole(AkkaConfigurationBuilder akka, NodeRun run, ConsoleMode mode, NodeHealth health)
        => akka.WithActors((system, _) =>
        {
            var console = system.ActorOf(ConsoleActor.Props(run.Lines, mode), "console");
            run.Configuration?.Add(LiveSettings.Console(console));
            health.Changed += check => system.EventStream.Publish(new NodeEvent(
                TimeProvider.System.GetUtcNow(), "health", check.Status == HealthStatus.Ok, $"{check.Name}: {check.Message}", IsChange: true));
        });

    private static Func<IServiceProvider, ShellEndpoint>? Shell(NodeRun run, ActorMonitorSettings settings, int? port, DataFolder data, Func<IServiceProvider, ShellCommandSet> commands)
    {
        if (port is not { } shellPort)
            return null;
        var endpoint = new ShellEndpointSettings
        {
            Host = settings.Pbm.Host,
            Port = shellPort,
            TokenFile = data.TokenPath,
            AuditFile = data.AuditPath,
            Token = settings.Pbm.Token.Length == 0 ? data.Token() : settings.Pbm.Token,
        };
        return services => new ShellEndpoint(
            settings.Pbm.Tls is { } tls ? endpoint with { Certificate = ServerCertificate.Read(tls.Certificate, tls.Key, TimeProvider.System) } : endpoint,
            commands(services),
            run.Logging);
    }

    private static ImmutableArray<string> FirstWords(IEnumerable<ShellCommand> commands)
        => [.. commands.SelectMany(command => command.Aliases.Prepend(command.Palette)).Distinct()];
}
