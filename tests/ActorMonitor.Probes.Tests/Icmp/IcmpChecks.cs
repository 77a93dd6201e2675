using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.IcmpEcho;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Tests.Icmp;

/// <summary>Runs checks as a monitor would.</summary>
internal static class IcmpChecks
{
    public static readonly ProbeEnvironment Environment = new(TimeProvider.System, new TargetResolver(TargetPolicy.Default));

    public static SettingMap Map(string text)
        => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Aggregate(SettingMap.Empty, (map, pair) => map.With(pair[0], pair[1]));

    public static ProbeRequest Request(string host, string settings = "", string expect = "", double seconds = 5)
        => new("job", host, 0, TimeSpan.FromSeconds(seconds), Map(settings), Map(expect));

    public static async Task<ProbeResult> PingAsync(IcmpSocketSource sockets, string host, string settings = "", string expect = "", double seconds = 5, CancellationToken cancellationToken = default)
    {
        using var engine = new EchoEngine(sockets, TimeProvider.System);
        return await PingAsync(engine, host, settings, expect, seconds, cancellationToken);
    }

    public static Task<ProbeResult> PingAsync(IEchoEngine engine, string host, string settings = "", string expect = "", double seconds = 5, CancellationToken cancellationToken = default)
        => Probe(engine).ProbeAsync(Request(host, settings, expect, seconds), cancellationToken);

    /// <summary>A probe over an engine that the caller disposes.</summary>
    public static IcmpEchoProbe Probe(IEchoEngine engine) => new(Environment, engine);

    public static Task<ProbeResult> TraceAsync(IcmpSocketSource sockets, string host, string settings = "", string expect = "", double seconds = 5, CancellationToken cancellationToken = default)
        => new RouteTraceProbe(Environment, sockets).ProbeAsync(Request(host, settings, expect, seconds), cancellationToken);

    public static IcmpSocketSource Refusing { get; } = new((_, _, _) => throw new SocketException((int)SocketError.AccessDenied));

    public static double Number(this ProbeResult result, string name, int ordinal = 0)
        => result.Measurements.Single(measurement => measurement.Name == name && measurement.Ordinal == ordinal).Value;

    public static string? Text(this ProbeResult result, string name)
        => result.Attributes.Where(attribute => attribute.Name == name).Select(attribute => attribute.Value).SingleOrDefault();

    /// <summary>All values of attributes whose name fits a pattern in which a star stands for any number.</summary>
    public static IEnumerable<string> Texts(this ProbeResult result, string pattern)
        => result.Attributes.Where(attribute => Regex.IsMatch(attribute.Name, "^" + pattern.Replace(".", "\\.", StringComparison.Ordinal).Replace("*", "[0-9]+", StringComparison.Ordinal) + "$")).Select(attribute => attribute.Value);

    public static int Ignored(this ProbeResult result) => int.Parse(result.Text("ignored") ?? "0", CultureInfo.InvariantCulture);
}
