using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Targets;

/// <summary>What a check asks of its sockets, whatever it says over them.</summary>
/// <param name="Source">The address to send from; null for the one that the route has.</param>
/// <param name="Dscp">The differentiated services code point (RFC 2474 section 3); null for the system's.</param>
internal sealed record SocketSettings(IPAddress? Source, int? Dscp)
{
    /// <summary>The address to send from.</summary>
    public static readonly Setting<string?> SourceSetting = Setting.OptionalText(
        "source", "The address of this monitor to send from; of the target's addresses only those of its family are used.", "an IPv4 or IPv6 address",
        text => TryReadAddress(text, out _));

    /// <summary>The mark of the packets.</summary>
    public static readonly Setting<int?> DscpSetting = Setting.OptionalInteger(
        "dscp", 0, 63, "The differentiated services code point of the packets, such as 46 for expedited forwarding.");

    /// <summary>The hop limit of the packets; not among <see cref="All"/>, for services that have a use for it.</summary>
    public static readonly Setting<int?> TtlSetting = Setting.OptionalInteger("ttl", 1, 255, "The hop limit of the packets.");

    /// <summary>The settings that every service with sockets has.</summary>
    public static readonly ImmutableArray<Setting> All = [SourceSetting, DscpSetting];

    /// <summary>The system's own choices.</summary>
    public static readonly SocketSettings None = new(null, null);

    // IPV6_TCLASS (RFC 3542 section 6.5) has a number of its own on each system.
    private const int LinuxTrafficClass = 67;
    private const int MacTrafficClass = 36;

    // linux/in.h: a bound TCP socket chooses its port when it connects, for that destination only, so that as many
    // connections leave one source address as without it.
    private const int LinuxBindAddressNoPort = 24;

    /// <summary>The hop limit; null for the system's.</summary>
    public int? Ttl { get; init; }

    /// <summary>What the settings of a check say.</summary>
    /// <exception cref="SettingException">One of them is not understood.</exception>
    public static SocketSettings Read(SettingMap settings)
    {
        var (source, dscp, ttl) = (SourceSetting.Read(settings), DscpSetting.Read(settings), TtlSetting.Read(settings));
        if (source is null && dscp is null && ttl is null)
            return None;
        return new SocketSettings(source is not null && TryReadAddress(source, out var address) ? address : null, dscp) { Ttl = ttl };
    }

    /// <summary>Those of a host's addresses that can be reached from the source.</summary>
    /// <exception cref="TargetException">There is none.</exception>
    public ImmutableArray<IPAddress> Reachable(ImmutableArray<IPAddress> addresses)
    {
        if (Source is null || addresses.All(address => address.AddressFamily == Source.AddressFamily))
            return addresses;
        ImmutableArray<IPAddress> reachable = [.. addresses.Where(address => address.AddressFamily == Source.AddressFamily)];
        return reachable.IsEmpty ? throw OtherFamily(addresses[0]) : reachable;
    }

    /// <summary>Prepares a socket that is not connected yet.</summary>
    /// <exception cref="TargetException">The source is none of this host's addresses, or the system cannot do what is asked for.</exception>
    public void Apply(Socket socket)
    {
        if (Dscp is { } dscp)
            Mark(socket, dscp << 2);
        if (Ttl is { } ttl)
            socket.Ttl = (short)ttl;
        if (Source is not null)
            Bind(socket, Source);
    }

    private static bool TryReadAddress(string text, out IPAddress? address)
        => IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3);

    private static void Mark(Socket socket, int trafficClass)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, trafficClass);
            return;
        }

        int? option = OperatingSystem.IsLinux() ? LinuxTrafficClass : OperatingSystem.IsMacOS() ? MacTrafficClass : null;
        if (option is null)
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "this system cannot set the dscp of IPv6 packets");
        socket.SetRawSocketOption((int)SocketOptionLevel.IPv6, option.Value, BitConverter.GetBytes(trafficClass));
    }

    private static void Bind(Socket socket, IPAddress source)
    {
        if (source.AddressFamily != socket.AddressFamily)
            throw OtherFamily(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, source);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)SocketOptionLevel.IP, LinuxBindAddressNoPort, BitConverter.GetBytes(1));
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new TargetException(Outcome.Unknown, Cause.BadSettings, $"source = {source}: this monitor has no such address");
        }
    }

    private TargetException OtherFamily(IPAddress target) => OtherFamily(target, Source!);

    private static TargetException OtherFamily(IPAddress target, IPAddress source) => new(
        Outcome.Unknown,
        Cause.BadSettings,
        string.Create(CultureInfo.InvariantCulture, $"source = {source} cannot reach an {(target.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address"));
}
