using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.LoopbackTargets;

/// <summary>
/// Real little servers on free ports of a loopback address, one for each service: something to monitor where there is no
/// network. They hold nothing, serve anyone on this machine, and stop when disposed.
/// </summary>
public sealed class LoopbackServers : IAsyncDisposable
{
    /// <summary>The zone that the DNS server answers for.</summary>
    public const string Zone = "loopback.test";

    private const int PortAttempts = 32;
    private readonly List<IAsyncDisposable> _servers = [];

    private LoopbackServers(LoopbackServerOptions options)
    {
        Certificate = LoopbackCertificate.Create(options.Time);
        var http = new HttpTarget(options.Time);
        Http = Listen(new StreamServer(BoundNear(SocketType.Stream, options, 0), options, http.ServeAsync));
        Https = Listen(new StreamServer(BoundNear(SocketType.Stream, options, 1), options, http.ServeAsync, Certificate));
        Tcp = Listen(new StreamServer(BoundNear(SocketType.Stream, options, 2), options, GreeterTarget.ServeAsync));
        UdpEcho = Listen(new DatagramServer(BoundNear(SocketType.Dgram, options, 3), datagram => datagram.ToArray()));
        Ntp = Listen(new DatagramServer(BoundNear(SocketType.Dgram, options, 5), new NtpTarget(options.Time).Respond));

        var (stream, datagram) = BoundPair(options, 4);
        Dns = Listen(new StreamServer(stream, options, DnsTarget.ServeAsync));
        Listen(new DatagramServer(datagram, DnsTarget.RespondToDatagram));
    }

    /// <summary>HTTP: <c>/</c>, <c>/health</c>, <c>/status/404</c> and any other status, <c>/redirect</c>.</summary>
    public IPEndPoint Http { get; }

    /// <summary>The same over TLS, with <see cref="Certificate"/>.</summary>
    public IPEndPoint Https { get; }

    /// <summary>TCP: greets with <c>220 loopback.test ready</c>, then returns what it gets.</summary>
    public IPEndPoint Tcp { get; }

    /// <summary>UDP: returns each datagram.</summary>
    public IPEndPoint UdpEcho { get; }

    /// <summary>DNS over UDP and TCP: <see cref="Zone"/>, the root's NS, NXDOMAIN for all else.</summary>
    public IPEndPoint Dns { get; }

    /// <summary>NTP: stratum 1, reference <c>LOCL</c>.</summary>
    public IPEndPoint Ntp { get; }

    /// <summary>The ports: http, https, tcp, udp, dns, ntp.</summary>
    public IReadOnlyList<int> Ports => [Http.Port, Https.Port, Tcp.Port, UdpEcho.Port, Dns.Port, Ntp.Port];

    /// <summary>The HTTPS server's certificate: made at the start, self-signed, for localhost, 127.0.0.1 and ::1.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Starts all servers.</summary>
    /// <exception cref="SocketException">There is no free port, or no such address on this machine.</exception>
    public static Task<LoopbackServers> StartAsync(LoopbackServerOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var settings = options ?? new LoopbackServerOptions();
        return IPAddress.IsLoopback(settings.Address)
            ? Task.FromResult(new LoopbackServers(settings))
            : throw new ArgumentException($"{settings.Address} is no loopback address", nameof(options));
    }

    /// <summary>Closes every socket and waits for what is being served.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _servers.Clear();
        Certificate.Dispose();
    }

    private IPEndPoint Listen(StreamServer server)
    {
        _servers.Add(server);
        return server.EndPoint;
    }

    private IPEndPoint Listen(DatagramServer server)
    {
        _servers.Add(server);
        return server.EndPoint;
    }

    private static Socket BoundNear(SocketType type, LoopbackServerOptions options, int place)
    {
        try
        {
            return Bound(type, Preferred(options, place));
        }
        catch (SocketException) when (Preferred(options, place).Port != 0)
        {
            // It was wished for, not asked for.
            return Bound(type, new IPEndPoint(options.Address, 0));
        }
    }

    private static IPEndPoint Preferred(LoopbackServerOptions options, int place)
        => new(options.Address, place < options.PreferredPorts.Count && options.PreferredPorts[place] is > 0 and <= IPEndPoint.MaxPort and var port ? port : 0);

    private static Socket Bound(SocketType type, IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // DNS is at one port over both transports; the port that is free over TCP may be taken over UDP.
    private static (Socket Stream, Socket Datagram) BoundPair(LoopbackServerOptions options, int place)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stream = attempt == 1 ? BoundNear(SocketType.Stream, options, place) : Bound(SocketType.Stream, new IPEndPoint(options.Address, 0));
            try
            {
                return (stream, Bound(SocketType.Dgram, (IPEndPoint)stream.LocalEndPoint!));
            }
            catch (SocketException e)
            {
                stream.Dispose();
                if (e.SocketErrorCode != SocketError.AddressAlreadyInUse || attempt == PortAttempts)
                    throw;
            }
        }
    }
}
