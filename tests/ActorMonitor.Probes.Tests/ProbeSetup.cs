using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Quality;
using ActorMonitor.Probes.Targets;
using Xunit;

namespace ActorMonitor.Probes.Tests;

/// <summary>What tests of probes have in common: an environment without the system's resolver, requests, closed ports.</summary>
internal static class ProbeSetup
{
    public static readonly TimeSpan LongTimeout = TimeSpan.FromSeconds(30);

    /// <summary>An environment that knows the names given and no other.</summary>
    public static ProbeEnvironment Environment(TimeProvider? time = null, TargetPolicy? policy = null, params (string Host, string[] Addresses)[] names)
        => Environment(SteadyPulse.Instance, time, policy, names);

    /// <summary>An environment in a process with this pulse.</summary>
    public static ProbeEnvironment Environment(IPulse pulse, TimeProvider? time = null, TargetPolicy? policy = null, params (string Host, string[] Addresses)[] names)
        => new(time ?? TimeProvider.System, new TargetResolver(policy ?? TargetPolicy.Default, LookUp(names)), pulse);

    public static ProbeRequest Request(string host, int port, SettingMap? settings = null, SettingMap? expect = null, TimeSpan? timeout = null)
        => new("job", host, port, timeout ?? LongTimeout, settings ?? SettingMap.Empty, expect ?? SettingMap.Empty);

    public static SettingMap Map(params (string Name, string Value)[] values)
        => values.Aggregate(SettingMap.Empty, (map, pair) => map.With(pair.Name, pair.Value));

    public static SettingMap WithList(this SettingMap map, string name, params string[] items) => map.With(name, SettingValue.ListOf(items));

    public static string? Attribute(this ProbeResult result, string name)
        => result.Attributes.Where(attribute => attribute.Name == name).Select(attribute => attribute.Value).FirstOrDefault();

    public static double? Measured(this ProbeResult result, string name, int ordinal = 0)
        => result.Measurements.Where(m => m.Name == name && m.Ordinal == ordinal).Select(m => (double?)m.Value).FirstOrDefault();

    /// <summary>Holds a port at which nobody answers, over TCP and over UDP alike, so that no other test gets it meanwhile.</summary>
    public static IDisposable ClosedPort(out int port, IPAddress? address = null)
    {
        var closed = new ClosedPorts(address ?? IPAddress.Loopback);
        port = closed.Port;
        return closed;
    }

    private static Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> LookUp((string Host, string[] Addresses)[] names)
        => (host, family, _) =>
        {
            var found = names.Where(name => name.Host == host).SelectMany(name => name.Addresses).Select(IPAddress.Parse)
                .Where(address => family is AddressFamily.Unspecified || address.AddressFamily == family).ToArray();
            return found.Length > 0 ? Task.FromResult(found) : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        };
}

/// <summary>Two sockets on one port, neither of which takes anything.</summary>
internal sealed class ClosedPorts : IDisposable
{
    private readonly Socket _stream;
    private readonly Socket _datagram;

    public ClosedPorts(IPAddress address)
    {
        for (var attempt = 0; ; attempt++)
        {
            _stream = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _datagram = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                // Bound and not listening, it refuses. Connected to its own port, it gets datagrams of its own alone: others are refused.
                _stream.Bind(new IPEndPoint(address, 0));
                _datagram.Bind(_stream.LocalEndPoint!);
                _datagram.Connect(_stream.LocalEndPoint!);
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < 100)
            {
                Dispose();
            }
        }
    }

    public int Port => ((IPEndPoint)_stream.LocalEndPoint!).Port;

    public void Dispose()
    {
        _stream.Dispose();
        _datagram.Dispose();
    }
}

/// <summary>A fact that needs an IPv6 loopback.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute()
    {
        try
        {
            ProbeSetup.ClosedPort(out _, address: IPAddress.IPv6Loopback).Dispose();
        }
        catch (SocketException e)
        {
            Skip = $"there is no IPv6 loopback here ({e.SocketErrorCode})";
        }
    }
}
