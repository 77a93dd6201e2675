using System.Net;

namespace ActorMonitor.LoopbackTargets;

/// <summary>How the loopback servers run.</summary>
public sealed record LoopbackServerOptions
{
    /// <summary>The loopback address to listen on: 127.0.0.1 unless given, or ::1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The ports of <see cref="LoopbackServers.Ports"/>, in their order, where they are free; others are chosen freely.</summary>
    public IReadOnlyList<int> PreferredPorts { get; init; } = [];

    /// <summary>The clock that the NTP server serves, and that times idle connections.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many connections a server over TCP holds at a time; more wait in the listener's backlog.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>How long a connection may last.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
