using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.Probes;
using ActorMonitor.Probes.Quality;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Shell;
using Akka.Actor;
using Akka.Hosting;
using Akka.Routing;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.MonitorNode;

/// <summary>What a monitor node is made of.</summary>
/// <param name="Id">The monitor's identity.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Services">The services that it can check.</param>
/// <param name="DataFolder">Where it keeps its sessions' journals, in the folder <c>clients</c>. No other process uses it.</param>
/// <param name="Health">What it says of itself.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where operators read what happened.</param>
/// <param name="Stopping">Ends running checks when the node stops.</param>
public sealed record MonitorNodeParts(
    NodeId Id,
    MonitorSettings Settings,
    ImmutableArray<ProbeCatalogEntry> Services,
    string DataFolder,
    NodeHealth Health,
    TimeProvider Time,
    ILogger Logger,
    CancellationToken Stopping);

/// <summary>Puts a monitor's actors into an actor system.</summary>
public static class MonitorNodeHosting
{
    /// <summary>The name of a monitor's actor system, as its address shows it.</summary>
    public const string SystemName = "monitor";

    /// <summary>Starts <c>/user/probes</c> and <c>/user/monitor</c>; the latter is registered as <see cref="MonitorSupervisor"/>.</summary>
    public static AkkaConfigurationBuilder WithMonitor(this AkkaConfigurationBuilder builder, MonitorNodeParts parts)
        => builder.WithActors((system, registry) => registry.Register<MonitorSupervisor>(Start(system, parts)));

    /// <summary>Starts the actors in a system; returns the supervisor.</summary>
    public static IActorRef Start(ActorSystem system, MonitorNodeParts parts)
    {
        var targets = new TargetPolicy(parts.Settings.Targets.Allow, parts.Settings.Targets.Deny ?? TargetPolicy.DeniedByDefault);
        var names = parts.Settings.Resolver;
        var resolver = new TargetResolver(targets, new ResolverOptions(names.Servers, names.CacheSize, names.MaxTtl), parts.Time);
        var environment = new ProbeEnvironment(parts.Time, resolver, new ProcessPulse());
        var probes = parts.Services.ToFrozenDictionary(entry => entry.Definition.Name, entry => entry.Create(environment));
        system.RegisterOnTermination(() =>
        {
            foreach (var probe in probes.Values.OfType<IDisposable>())
                probe.Dispose();
            environment.Dispose();
        });
        var board = new ProbeBoard(parts.Time);
        var router = system.ActorOf(ProbeActor.Props(probes, board, parts.Stopping).WithRouter(FromConfig.Instance), "probes");
        return system.ActorOf(MonitorSupervisor.Props(parts, router, board), "monitor");
    }
}
