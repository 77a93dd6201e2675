using System.Reflection;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;
using ActorMonitor.Host.Output;
using ActorMonitor.LoopbackTargets;

namespace ActorMonitor.Host.Commands;

/// <summary>The first lines of a run: what runs, where it listens, what to do next.</summary>
internal static class Announcement
{
    public static string Version { get; } = typeof(Announcement).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static void Monitor(ConsoleLog console, Configured configured, NodeProcess monitor)
    {
        console.Note($"ActorMonitor {Version}: monitor {configured.Settings.Monitor.Name} at {monitor.Address}{From(configured)}");
        console.Note($"data {Folder(configured, "monitor")}; pbm {monitor.ShellAddress} clients list; Ctrl-C stops");
    }

    public static void Manager(ConsoleLog console, Configured configured, NodeProcess manager)
    {
        var settings = configured.Settings.Manager;
        console.Note($"ActorMonitor {Version}: manager {settings.Name} at {manager.Address}{From(configured)}");
        console.Note($"{Count(configured.Jobs.Length, "job")} from {configured.JobsFile} on {Count(settings.Monitors.Length, "monitor")}: {string.Join(", ", settings.Monitors.Select(Named))}");
        console.Note($"data {Folder(configured, "manager")}; pbm {manager.ShellAddress} jobs list; Ctrl-C stops");
    }

    public static void Up(ConsoleLog console, Configured configured, NodeProcess manager, NodeProcess monitor, LoopbackServers? targets)
    {
        console.Note($"ActorMonitor {Version}: manager at {manager.Address}, monitor at {monitor.Address}{From(configured)}");
        if (targets is not null)
        {
            console.Note($"no jobs given, so every service is shown against targets of this program's own on 127.0.0.1: "
                + $"http {targets.Http.Port}, https {targets.Https.Port}, tcp {targets.Tcp.Port}, udp {targets.UdpEcho.Port}, dns {targets.Dns.Port}, ntp {targets.Ntp.Port}");
            console.Note("your own: --jobs FILE (hocon/jobs.json is a sample)");
        }
        else
        {
            console.Note($"{Count(configured.Jobs.Length, "job")} from {configured.JobsFile}");
        }

        console.Note($"data {Folder(configured, "")} (manager, monitor); pbm {manager.ShellAddress} jobs list; pbm {monitor.ShellAddress} clients list; Ctrl-C stops");
    }

    private static string From(Configured configured) => configured.File is null ? "" : $", configured by {configured.File}";

    // In full: where a node has kept its results is looked for later, from another folder.
    private static string Folder(Configured configured, string node) => Path.GetFullPath(Path.Combine(configured.Settings.Data, node));

    private static string Named(MonitorAddress monitor) => $"{monitor.Name} ({monitor.HostAndPort})";

    private static string Count(int count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";
}
