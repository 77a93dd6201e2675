using System.Collections.Immutable;
using System.Text;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;
using ActorMonitor.LoopbackTargets;
using Akka.Configuration;

namespace ActorMonitor.Host.Commands;

/// <summary><c>actormonitor up</c>: a manager and a monitor as two actor systems in this process, over loopback remoting.</summary>
internal static class UpCommand
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var source = new ConfigurationSource(options, NodeRole.Up, "up");
        if (source.Read(Console.Error) is not { } configured)
            return ExitCode.BadConfiguration;
        var settings = configured.Settings;
        await using var run = NodeRun.OfNodes(source, configured, cancellationToken);
        using var managerData = NodeStarter.Open(settings, "manager");
        using var monitorData = NodeStarter.Open(settings, "monitor");

        await using var targets = configured.JobsFile is null ? await DemoTargets.StartAsync(monitorData, cancellationToken) : null;
        var (managerPbm, monitorPbm) = settings.Pbm.Port is { } port ? (port, NextPort(port)) : (PbmSettings.DefaultManagerPort, PbmSettings.DefaultMonitorPort);
        await using var monitor = await NodeStarter.StartMonitorAsync(run, settings, OnMonitorsPort(configured.Hocon), monitorPbm, monitorData);

        // The embedded monitor is the first of the list; only now is it known where it listens.
        var monitors = settings.Manager.Monitors;
        var embedded = monitors[0] with { Host = monitor.Address.Host!.Trim('[', ']'), Port = monitor.Address.Port!.Value };
        settings = settings with { Manager = settings.Manager with { Monitors = monitors.SetItem(0, embedded) } };
        var jobs = targets is null ? configured.Jobs : DemoJobs(targets, settings.Manager.Monitors);

        // Declared last, so it is stopped first: what its monitor still measures has nobody to go to.
        await using var manager = await NodeStarter.StartManagerAsync(
            run, settings, jobs, configured.Hocon, managerPbm, managerData, targets is null ? new JobsAgain(source, configured) : null);
        Announcement.Up(run.Lines, configured with { Settings = settings, Jobs = jobs }, manager, monitor, targets);
        await run.UntilStoppedAsync();
        return run.End();
    }

    /// <summary>The operator's configuration with the port of the second system: the one after the first's, or a free one when that is free too.</summary>
    private static Config OnMonitorsPort(Config hocon)
    {
        const string Path = "akka.remote.dot-netty.tcp.port";
        var port = hocon.HasPath(Path) ? NextPort(hocon.GetInt(Path)) : MonitorAddress.DefaultPort;
        return ConfigurationFactory.ParseString($"{Path} = {port}").WithFallback(hocon);
    }

    private static int NextPort(int port) => port == 0 ? 0 : port + 1;

    /// <summary>A job of every service against the program's own targets, in the form that operators write.</summary>
    private static ImmutableArray<JobDefinition> DemoJobs(LoopbackServers targets, ImmutableArray<MonitorAddress> monitors)
    {
        var json = $$"""
            [
              { "name": "ping", "service": "ping", "host": "127.0.0.1", "interval": 3 },
              { "name": "traceroute", "service": "traceroute", "host": "127.0.0.1", "interval": 3 },
              { "name": "http", "service": "http", "host": "127.0.0.1", "port": {{targets.Http.Port}}, "interval": 3, "settings": { "path": "/health" } },
              { "name": "https", "service": "https", "host": "127.0.0.1", "port": {{targets.Https.Port}}, "interval": 3, "settings": { "insecure": true } },
              { "name": "tcp", "service": "tcp", "host": "127.0.0.1", "port": {{targets.Tcp.Port}}, "interval": 3 },
              { "name": "udp", "service": "udp", "host": "127.0.0.1", "port": {{targets.UdpEcho.Port}}, "interval": 3 },
              { "name": "dns", "service": "dns", "host": "127.0.0.1", "port": {{targets.Dns.Port}}, "interval": 3, "settings": { "query": "www.{{LoopbackServers.Zone}}" } },
              { "name": "ntp", "service": "ntp", "host": "127.0.0.1", "port": {{targets.Ntp.Port}}, "interval": 3 }
            ]
            """;
        var reading = JobsReader.Parse(Encoding.UTF8.GetBytes(json), "the built-in jobs", Configured.Catalog, monitors);
        return reading.File?.Jobs ?? throw new InvalidOperationException(string.Join("; ", reading.Errors));
    }
}
