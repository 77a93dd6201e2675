using System.Collections.Immutable;

namespace ActorMonitor.Configuration;

/// <summary>A process as a manager: <c>actor-monitor.manager { }</c>.</summary>
/// <param name="Name"><c>name</c>: a label for people, 1 to 128 characters; default the host's name.</param>
/// <param name="Monitors"><c>monitors</c>: the monitors in order; a job's <c>server_number</c> counts them from 1. Required for a manager, at most 1024.</param>
/// <param name="Jobs"><c>jobs</c>: the jobs file, relative to the working folder; null when not configured.</param>
/// <param name="Token"><c>token</c>: what is shown to monitors that name no token of their own; default empty.</param>
public sealed record ManagerSettings(string Name, ImmutableArray<MonitorAddress> Monitors, string? Jobs, string Token)
{
    /// <summary>What a manager has whose section is empty.</summary>
    public static ManagerSettings Default { get; } = new(Environment.MachineName, [], null, "");

    /// <summary>Without the token.</summary>
    public override string ToString() => $"ManagerSettings {{ Name = {Name}, Monitors = [{string.Join(", ", Monitors)}], Jobs = {Jobs} }}";
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
