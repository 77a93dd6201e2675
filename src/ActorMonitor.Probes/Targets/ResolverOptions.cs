using System.Collections.Immutable;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>How a monitor resolves names.</summary>
/// <param name="Servers">The name servers to ask in place of the system's; empty for the system's.</param>
/// <param name="CacheSize">The most names kept.</param>
/// <param name="MaxTtl">The longest time that an answer is kept, whatever its own TTL.</param>
public sealed record ResolverOptions(ImmutableArray<IPEndPoint> Servers, int CacheSize, TimeSpan MaxTtl)
{
    /// <summary>The system's servers, 10,000 names, 5 minutes.</summary>
    public static ResolverOptions Default { get; } = new([], 10_000, TimeSpan.FromMinutes(5));

    /// <summary>Where the system's own configuration stands.</summary>
    internal SystemFiles Files { get; init; } = SystemFiles.OfThisHost;
}

/// <summary>The files that say how a system resolves names; null for those that it does not have.</summary>
/// <param name="Hosts">The hosts file.</param>
/// <param name="Resolver">resolv.conf; null where name servers are configured elsewhere.</param>
/// <param name="Sources">nsswitch.conf.</param>
internal sealed record SystemFiles(string? Hosts, string? Resolver, string? Sources)
{
    /// <summary>Those of this host. macOS has a resolv.conf that says of itself that nobody reads it.</summary>
    public static SystemFiles OfThisHost { get; } = OperatingSystem.IsWindows()
        ? new(Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts"), null, null)
        : new("/etc/hosts", OperatingSystem.IsMacOS() ? null : "/etc/resolv.conf", OperatingSystem.IsMacOS() ? null : "/etc/nsswitch.conf");
}
