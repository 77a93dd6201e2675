using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>Opens the channel of each flow of a trace: all by ICMP, or all by UDP.</summary>
internal sealed class TraceChannels : IDisposable
{
    private readonly List<IEchoChannel> _flows = [];
    private readonly HashSet<ushort> _identities = [];

    private TraceChannels()
    {
    }

    /// <summary>What is sent.</summary>
    public string Method { get; private set; } = RouteTraceSettings.Icmp;

    /// <summary>The channels, one a flow.</summary>
    public IReadOnlyList<IEchoChannel> Flows => _flows;

    /// <summary>Opens them.</summary>
    /// <exception cref="TargetException">This process may not, or the platform cannot.</exception>
    public static TraceChannels Open(IcmpSocketSource sockets, RouteTraceSettings settings, string job, IPAddress target, TimeSpan hopTimeout, TimeProvider time)
    {
        var channels = new TraceChannels();
        try
        {
            if (OperatingSystem.IsLinux())
                channels.OpenLinux(sockets, settings, job, target, time);
            else
                channels.OpenManaged(settings, target, hopTimeout, time);
            return channels;
        }
        catch
        {
            channels.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _flows.ForEach(flow => flow.Dispose());

    private void OpenLinux(IcmpSocketSource sockets, RouteTraceSettings settings, string job, IPAddress target, TimeProvider time)
    {
        for (var flow = 0; flow < settings.Flows; flow++)
        {
            IEchoChannel? echo = Method == RouteTraceSettings.Icmp ? OpenEcho(sockets, settings, job, flow, target, time) : null;
            if (echo is null)
                Method = RouteTraceSettings.Udp;
            _flows.Add(echo ?? OpenUdp(sockets, settings, job, flow, target, time));
        }
    }

    // The system's ping service sends what it likes: it has one flow, from an address and with a mark of its own choice.
    private void OpenManaged(RouteTraceSettings settings, IPAddress target, TimeSpan hopTimeout, TimeProvider time)
    {
        if (settings.Method == RouteTraceSettings.Udp)
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "method udp needs Linux; this monitor traces with method icmp");
        if (settings.Flows > 1 || settings.Sockets != SocketSettings.None)
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "flows, source and dscp of a traceroute need Linux");
        _flows.Add(new ManagedEchoChannel(target, settings.Size, settings.DontFragment, hopTimeout, time));
    }

    private EchoTraceChannel? OpenEcho(IcmpSocketSource sockets, RouteTraceSettings settings, string job, int flow, IPAddress target, TimeProvider time)
    {
        if (settings.Method == RouteTraceSettings.Udp)
            return null;
        var socket = settings.Method == RouteTraceSettings.Icmp || flow > 0 ? sockets.OpenIcmp(target.AddressFamily) : sockets.TryOpenIcmp(target.AddressFamily);
        return socket is null ? null : EchoTraceChannel.Over(socket, target, Bind(socket, settings.Sockets, job, flow), settings.Size, settings.DontFragment, time);
    }

    private UdpTraceChannel OpenUdp(IcmpSocketSource sockets, RouteTraceSettings settings, string job, int flow, IPAddress target, TimeProvider time)
    {
        var socket = sockets.OpenUdp(target.AddressFamily);
        return UdpTraceChannel.Over(socket, new IPEndPoint(target, settings.Port), Bind(socket, settings.Sockets, job, flow), settings.Size, settings.DontFragment, time);
    }

    // Binds a socket to the flow's number and returns it. A raw socket has no ports, and the flow's number only in its packets.
    private ushort Bind(Socket socket, SocketSettings settings, string job, int flow)
    {
        try
        {
            if (socket.SocketType == SocketType.Raw)
            {
                settings.Apply(socket);
                return FlowIdentity.Take(job, flow, _identities);
            }

            (settings with { Source = null }).Apply(socket);
            return BindToFlow(socket, settings, job, flow);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ushort BindToFlow(Socket socket, SocketSettings settings, string job, int flow)
    {
        var from = settings.Source ?? (socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);
        for (var choice = 0; choice < FlowIdentity.Choices; choice++)
        {
            var identity = FlowIdentity.Of(job, flow, choice);
            try
            {
                socket.Bind(new IPEndPoint(from, identity));
                return identity;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another flow has that number just now; the next choice is as constant.
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                throw new TargetException(Outcome.Unknown, Cause.BadSettings, $"source = {from}: this monitor has no such address");
            }
        }

        socket.Bind(new IPEndPoint(from, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
