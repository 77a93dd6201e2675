using System.Net;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>What <c>akka.remote</c> says, checked.</summary>
internal sealed class RemoteSettings
{
    private const string Tcp = "akka.remote.dot-netty.tcp.";
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private readonly Config _config;

    public RemoteSettings(Config system)
    {
        _config = system.WithFallback(RemoteReference.Config);

        Tls = _config.GetBoolean(Tcp + "enable-ssl") ? new TlsSettings(_config) : null;
        Hostname = Host("hostname", "127.0.0.1");
        PublicHostname = Host("public-hostname", Hostname);
        if (IPAddress.TryParse(PublicHostname, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            throw new ConfigurationException(
                $"{Tcp}public-hostname is missing: {Tcp}hostname = \"{Hostname}\" listens everywhere and is no address that a peer can be told.");
        }

        Port = Number("port", 0, IPEndPoint.MaxPort);
        PublicPort = Number("public-port", 0, IPEndPoint.MaxPort);
        Backlog = Number("backlog", 1, 65_535);
        MaximumFrameBytes = Size("maximum-frame-size", 32_000, 64 * 1024 * 1024);
        SocketSendBytes = Size("send-buffer-size", 0, 64 * 1024 * 1024);
        SocketReceiveBytes = Size("receive-buffer-size", 0, 64 * 1024 * 1024);
        QueueMessages = Number("send-queue-size", 1, 10_000_000);
        QueueBytes = Size("send-queue-bytes", 1, int.MaxValue);
        MaximumConnections = Number("maximum-connections", 1, 1_000_000);
        ConnectTimeout = Duration(Tcp + "connection-timeout", Shortest);
        HandshakeTimeout = Duration("akka.remote.handshake-timeout", Shortest);
        RetryGateClosedFor = Duration("akka.remote.retry-gate-closed-for", TimeSpan.Zero);
        FlushWait = Duration("akka.remote.flush-wait-on-shutdown", TimeSpan.Zero);
        HeartbeatInterval = Duration("akka.remote.transport-failure-detector.heartbeat-interval", Shortest);
        HeartbeatPause = Duration("akka.remote.transport-failure-detector.acceptable-heartbeat-pause", Shortest);
        UntrustedMode = _config.GetBoolean("akka.remote.untrusted-mode");
        TrustedSelectionPaths = _config.GetStringList("akka.remote.trusted-selection-paths").ToHashSet(StringComparer.Ordinal);
        LogLifecycleEvents = _config.GetBoolean("akka.remote.log-remote-lifecycle-events");
    }

    /// <summary>Null without <c>enable-ssl</c>.</summary>
    public TlsSettings? Tls { get; }
    public string Hostname { get; }
    public string PublicHostname { get; }
    public int Port { get; }
    public int PublicPort { get; }
    public int Backlog { get; }
    public int MaximumFrameBytes { get; }
    public int SocketSendBytes { get; }
    public int SocketReceiveBytes { get; }
    public int QueueMessages { get; }
    public int QueueBytes { get; }
    public int MaximumConnections { get; }
    public TimeSpan ConnectTimeout { get; }
    public TimeSpan HandshakeTimeout { get; }
    public TimeSpan RetryGateClosedFor { get; }
    public TimeSpan FlushWait { get; }
    public TimeSpan HeartbeatInterval { get; }
    public TimeSpan HeartbeatPause { get; }
    public bool UntrustedMode { get; }
    public HashSet<string> TrustedSelectionPaths { get; }
    public bool LogLifecycleEvents { get; }

    private int Number(string key, int min, int max) => InRange(key, _config.GetInt(Tcp + key), min, max);

    private int Size(string key, int min, int max) => InRange(key, _config.GetByteSize(Tcp + key) ?? 0, min, max);

    private static int InRange(string key, long value, int min, int max) =>
        value >= min && value <= max ? (int)value : throw new ConfigurationException($"{Tcp}{key} = {value}: must be from {min} to {max}.");

    private TimeSpan Duration(string path, TimeSpan min)
    {
        var value = _config.GetTimeSpan(path, allowInfinite: false);
        return value >= min && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ConfigurationException($"{path} must be from {min.TotalMilliseconds} ms to a day.");
    }

    private string Host(string key, string otherwise) => _config.GetString(Tcp + key, "") is { Length: > 0 } host ? host.Trim('[', ']') : otherwise;
}
