using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.HttpFetch;
using ActorMonitor.Probes.IcmpEcho;
using ActorMonitor.Probes.NtpQuery;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.TcpConnect;
using ActorMonitor.Probes.UdpExchange;

namespace ActorMonitor.Probes;

/// <summary>A service: what the outside needs to know of it, and how its probe is made.</summary>
/// <param name="Definition">Name, aliases, default port, settings and expectations.</param>
/// <param name="Create">Makes the probe; called once a monitor.</param>
public sealed record ProbeCatalogEntry(ServiceDefinition Definition, Func<ProbeEnvironment, IProbe> Create);

/// <summary>All services, one line each. Nothing else in the system lists them.</summary>
public static class ProbeCatalog
{
    /// <summary>The services in the order in which they are shown.</summary>
    public static ImmutableArray<ProbeCatalogEntry> Entries { get; } =
    [
        new(HttpFetchSettings.Http, environment => new HttpFetchProbe(environment, HttpFetchSettings.Http)),
        new(HttpFetchSettings.Https, environment => new HttpFetchProbe(environment, HttpFetchSettings.Https)),
        new(TcpSettings.Definition, environment => new TcpConnectProbe(environment)),
        new(UdpSettings.Definition, environment => new UdpExchangeProbe(environment)),
        new(DnsProbe.Definition, environment => new DnsProbe(environment)),
        new(NtpProbe.Definition, environment => new NtpProbe(environment)),
        new(IcmpEchoProbe.Definition, environment => new IcmpEchoProbe(environment)),
        new(RouteTraceProbe.Definition, environment => new RouteTraceProbe(environment)),
    ];
}
