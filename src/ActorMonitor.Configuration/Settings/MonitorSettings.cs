using System.Collections.Immutable;
using System.Net;

namespace ActorMonitor.Configuration;

/// <summary>A process as a monitor: <c>actor-monitor.monitor { }</c>.</summary>
/// <param name="Name"><c>name</c>: a label for people, 1 to 128 characters; default the host's name.</param>
/// <param name="Location"><c>location</c>: where it stands, 1 to 128 characters; default <paramref name="Name"/>.</param>
/// <param name="Domain"><c>domain</c>: what it fails together with, 1 to 128 characters; default <paramref name="Location"/>.</param>
/// <param name="Labels"><c>labels { }</c>: free texts by name, at most <see cref="LabelBounds.MaxLabels"/>; default none.</param>
/// <param name="Token"><c>token</c>: what managers must show; default empty, which asks for none.</param>
/// <param name="ChecksPerProbe"><c>checks-per-probe</c>: checks at a time a probe actor, 1 to 100,000; default 256.</param>
/// <param name="Queue"><c>queue</c>: the most checks that wait, for each client, 1 to 1,000,000; default 1024.</param>
/// <param name="MaxClients"><c>max-clients</c>: the most managers at a time, 1 to 4096; default 64.</param>
/// <param name="Outbox"><c>outbox { size, age }</c>: what is kept on disk for each client until it is acknowledged.</param>
/// <param name="Probes"><c>probes { min, max }</c>: the bounds within which the pool of probe actors grows and shrinks.</param>
/// <param name="Targets"><c>targets { allow, deny }</c>: what may be probed from here.</param>
/// <param name="Resolver"><c>resolver { }</c>: how names are resolved here.</param>
public sealed record MonitorSettings(
    string Name,
    string Location,
    string Domain,
    ImmutableSortedDictionary<string, string> Labels,
    string Token,
    int ChecksPerProbe,
    int Queue,
    int MaxClients,
    OutboxSettings Outbox,
    PoolBounds Probes,
    TargetSettings Targets,
    ResolverSettings Resolver)
{
    /// <summary>What a monitor has whose section is empty.</summary>
    public static MonitorSettings Default { get; } = new(
        Environment.MachineName,
        Environment.MachineName,
        Environment.MachineName,
        LabelBounds.None,
        Token: "",
        ChecksPerProbe: 256,
        Queue: 1024,
        MaxClients: 64,
        OutboxSettings.Default,
        PoolBounds.Default,
        TargetSettings.Default,
        ResolverSettings.Default);

    /// <summary>Without the token.</summary>
    public override string ToString() => $"MonitorSettings {{ Name = {Name}, Location = {Location}, Domain = {Domain} }}";
}

/// <summary>The bounds on what a monitor keeps on disk for one client. At either the oldest is given up, and the client is told of it.</summary>
/// <param name="MaxBytes"><c>size</c>: 1 MiB to 1 TiB; default 1 GiB.</param>
/// <param name="MaxAge"><c>age</c>: a minute to 30 days; default 24 hours. Less than the manager keeps raw records.</param>
public sealed record OutboxSettings(long MaxBytes, TimeSpan MaxAge)
{
    internal const long LeastBytes = 1L << 20;
    internal const long MostBytes = 1L << 40;
    internal static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan MostAge = TimeSpan.FromDays(30);

    /// <summary>1 GiB, 24 hours.</summary>
    public static OutboxSettings Default { get; } = new(1L << 30, TimeSpan.FromHours(24));
}

/// <summary>The bounds of a pool of actors.</summary>
/// <param name="Min"><c>min</c>: 1 to 10,000; default 1.</param>
/// <param name="Max"><c>max</c>: <paramref name="Min"/> to 10,000; default 64.</param>
public sealed record PoolBounds(int Min, int Max)
{
    /// <summary>1 to 64.</summary>
    public static PoolBounds Default { get; } = new(1, 64);
}

/// <summary>Which addresses a monitor may probe, checked after resolution and at each redirect.</summary>
/// <param name="Allow"><c>allow</c>: networks (CIDR) allowed; empty, the default, for all.</param>
/// <param name="Deny"><c>deny</c>: networks (CIDR) denied; null when not configured: then the networks that monitors deny by default.</param>
public sealed record TargetSettings(ImmutableArray<IPNetwork> Allow, ImmutableArray<IPNetwork>? Deny)
{
    /// <summary>All but what monitors deny by default.</summary>
    public static TargetSettings Default { get; } = new([], null);
}

/// <summary>How a monitor resolves the names of its targets.</summary>
/// <param name="Servers"><c>servers</c>: DNS servers, at most <see cref="MaxServers"/>, as ADDRESS, ADDRESS:PORT or [IPV6]:PORT; empty, the default, for the system's way of resolving.</param>
/// <param name="CacheSize"><c>cache-size</c>: the most names kept, 1 to 1,000,000; default 10,000.</param>
/// <param name="MaxTtl"><c>max-ttl</c>: the longest time that an answer is kept, whatever its own TTL, 1 s to 7 days; default 5 minutes.</param>
public sealed record ResolverSettings(ImmutableArray<IPEndPoint> Servers, int CacheSize, TimeSpan MaxTtl)
{
    /// <summary>The most servers.</summary>
    public const int MaxServers = 8;

    internal const int DefaultPort = 53;
    internal const int MostNames = 1_000_000;
    internal static readonly TimeSpan LeastTtl = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MostTtl = TimeSpan.FromDays(7);

    /// <summary>The system's way, 10,000 names, 5 minutes.</summary>
    public static ResolverSettings Default { get; } = new([], 10_000, TimeSpan.FromMinutes(5));
}

/// <summary>The bounds on labels, of monitors and of jobs alike.</summary>
public static class LabelBounds
{
    /// <summary>The most labels on one thing.</summary>
    public const int MaxLabels = 64;

    /// <summary>The longest name or value, in characters.</summary>
    public const int MaxLength = 128;

    internal static string Accepts => $"1 to {MaxLength} characters without control characters";

    internal static bool IsName(string text) => text.Length is > 0 and <= MaxLength && !text.Any(char.IsControl);

    internal static bool IsValue(string text) => text.Length <= MaxLength && !text.Any(char.IsControl);

    /// <summary>No labels.</summary>
    public static ImmutableSortedDictionary<string, string> None { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
