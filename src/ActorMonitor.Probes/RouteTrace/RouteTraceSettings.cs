using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>How a job traces; read from its settings.</summary>
internal sealed record RouteTraceSettings(
    string Method, int MaxHops, int Tries, int Flows, TimeSpan? HopTimeout, bool SlowPass, int Port, int Size, bool DontFragment, bool Names, SocketSettings Sockets)
{
    public const string Udp = "udp";
    public const string Icmp = "icmp";
    public const int MostFlows = 16;
    private const int UsualTries = 3;

    private static readonly Setting<string> MethodChoice = Setting.Choice("method", "auto", "What is sent: auto takes ICMP echoes where the monitor may send them, else UDP.", "auto", Icmp, Udp);
    private static readonly Setting<int> MaxHopsCount = Setting.Integer("maxHops", 30, 1, 64, "The farthest hop to ask.");
    private static readonly Setting<int?> TriesCount = Setting.OptionalInteger("tries", 1, 10, "Probes a hop and flow. When left out 3, or 1 with several flows, because many routers answer no more than 6 at a time.");
    private static readonly Setting<int> FlowsCount = Setting.Integer("flows", 1, 1, MostFlows, "How many flows to trace side by side. Routers that share load between links keep a flow on one of them and send another perhaps over another; each flow keeps its ports (UDP) or its id (ICMP), also from check to check.");
    private static readonly Setting<TimeSpan?> HopTimeoutTime = Setting.OptionalDuration("hopTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "How long a hop's answer is waited for; when left out, up to 1s so that the trace ends within the job's timeout. All hops are asked together, so this is about how long a trace with silent hops takes.");
    private static readonly Setting<bool> SlowPassFlag = Setting.Flag("slowPass", false, "Ask hops that stayed silent once more afterwards, one probe at a time, while the job's timeout allows: for routers that limit the rate of their answers.");
    private static readonly Setting<int> PortNumber = Setting.Integer("port", 33434, 1, 65535, "The port that UDP probes go to.");
    private static readonly Setting<int> SizeBytes = Setting.Integer("size", 32, EchoPayload.MinimumBytes, 9000, "The payload of a probe, in bytes.");
    private static readonly Setting<bool> DontFragmentFlag = Setting.Flag("dontFragment", false, "Forbid fragments, so that the trace ends at the router whose link is too small for size.");
    private static readonly Setting<bool> NamesFlag = Setting.Flag("names", false, "Look up the names of the hops' addresses at the first name server of the monitor's system, in the time that the trace leaves.");

    /// <summary>What the settings of a traceroute job can be.</summary>
    public static readonly ImmutableArray<Setting> All =
    [
        MethodChoice, MaxHopsCount, TriesCount, FlowsCount, HopTimeoutTime, SlowPassFlag, PortNumber, SizeBytes, DontFragmentFlag, NamesFlag,
        .. SocketSettings.All, .. TargetResolver.Settings,
    ];

    /// <summary>Reads a job's settings.</summary>
    public static RouteTraceSettings Read(SettingMap settings)
    {
        var flows = FlowsCount.Read(settings);
        return new RouteTraceSettings(
            MethodChoice.Read(settings), MaxHopsCount.Read(settings), TriesCount.Read(settings) ?? (flows > 1 ? 1 : UsualTries), flows,
            HopTimeoutTime.Read(settings), SlowPassFlag.Read(settings), PortNumber.Read(settings), SizeBytes.Read(settings),
            DontFragmentFlag.Read(settings), NamesFlag.Read(settings), SocketSettings.Read(settings));
    }

    /// <summary>The plan of each flow.</summary>
    public TracePlan Plan(TimeSpan remaining) => TracePlan.Within(remaining, MaxHops, Tries, HopTimeout, Flows) with { HasSlowPass = SlowPass };
}
