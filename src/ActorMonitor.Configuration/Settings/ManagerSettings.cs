using System.Collections.Immutable;

namespace ActorMonitor.Configuration;

/// <summary>A process as a manager: <c>actor-monitor.manager { }</c>.</summary>
/// <param name="Name"><c>name</c>: a label for people, 1 to 128 characters; default the host's name.</param>
/// <param name="Monitors"><c>monitors</c>: the monitors in order; a job's <c>server_number</c> counts them from 1. Required for a manager, at most 1024.</param>
/// <param name="Jobs"><c>jobs</c>: the jobs file, relative to the working folder; null when not configured.</param>
/// <param name="Token"><c>token</c>: what is shown to monitors that name no token of their own; default empty.</param>
/// <param name="Autonomy"><c>autonomy</c>: for how long monitors go on by themselves without this manager, a minute to 30 days; default 24 hours.</param>
/// <param name="Store"><c>store { }</c>: what it keeps of its results, and for how long.</param>
/// <param name="WatchJobs"><c>watch-jobs</c>: whether a jobs file that changes is read and followed by itself, on or off; default on.</param>
public sealed record ManagerSettings(
    string Name, ImmutableArray<MonitorAddress> Monitors, string? Jobs, string Token, TimeSpan Autonomy, ManagerStoreSettings Store, bool WatchJobs = true)
{
    internal static readonly TimeSpan LeastAutonomy = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan MostAutonomy = TimeSpan.FromDays(30);

    /// <summary>What a manager has whose section is empty.</summary>
    public static ManagerSettings Default { get; } = new(Environment.MachineName, [], null, "", TimeSpan.FromHours(24), ManagerStoreSettings.Default);

    /// <summary>Without the token.</summary>
    public override string ToString() => $"ManagerSettings {{ Name = {Name}, Monitors = [{string.Join(", ", Monitors)}], Jobs = {Jobs} }}";
}

/// <summary>What a manager keeps in its data folder. Each time is from 3 hours (records are sealed by the hour, two hours later) to 10 years.</summary>
/// <param name="MaxBytes"><c>max-size</c>: at this size the oldest is removed first, 16 MiB to 16 TiB; default 20 GiB.</param>
/// <param name="Raw"><c>raw</c>: how long every record is kept; default 7 days. More than monitors keep results (<c>monitor.outbox.age</c>).</param>
/// <param name="FiveMinutes"><c>five-minutes</c>: how long rollups of five minutes are kept, at least as long as <paramref name="Raw"/>; default 30 days.</param>
/// <param name="OneHour"><c>one-hour</c>: how long rollups of an hour are kept, at least as long as <paramref name="Raw"/>; default 730 days.</param>
public sealed record ManagerStoreSettings(long MaxBytes, TimeSpan Raw, TimeSpan FiveMinutes, TimeSpan OneHour)
{
    internal const long LeastBytes = 16L << 20;
    internal const long MostBytes = 16L << 40;
    internal static readonly TimeSpan LeastKept = TimeSpan.FromHours(3);
    internal static readonly TimeSpan MostKept = TimeSpan.FromDays(3650);

    /// <summary>20 GiB; 7 days, 30 days, 2 years.</summary>
    public static ManagerStoreSettings Default { get; } = new(20L << 30, TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromDays(730));
}

/// <summary>A monitor as its manager reaches it.</summary>
/// <param name="Name"><c>name</c>: unique within the manager, 1 to 128 characters.</param>
/// <param name="Host">The host of <c>address</c>: a name or an address literal without brackets.</param>
/// <param name="Port">The port of <c>address</c>, 1 to 65535; default <see cref="DefaultPort"/>.</param>
/// <param name="Location"><c>location</c>: where it stands, for jobs that name locations; default <paramref name="Name"/>.</param>
/// <param name="Token"><c>token</c>: what it asks for; default the manager's.</param>
public sealed record MonitorAddress(string Name, string Host, int Port, string Location, string Token)
{
    /// <summary>The remoting port of a monitor when none is configured.</summary>
    public const int DefaultPort = 8091;

    /// <summary>The remoting port of a manager when none is configured.</summary>
    public const int DefaultManagerPort = 8090;

    /// <summary><c>HOST:PORT</c>, with an IPv6 literal in brackets.</summary>
    public string HostAndPort => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Name} ({HostAndPort}, {Location})";
}
