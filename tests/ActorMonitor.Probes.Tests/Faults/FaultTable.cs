using System.Collections.Immutable;

namespace ActorMonitor.Probes.Tests.Faults;

/// <summary>All faults, service by service.</summary>
internal static class FaultTable
{
    public static readonly ImmutableArray<Fault> All =
    [
        .. NameFaults.All,
        .. TcpFaults.All,
        .. HttpFaults.All,
        .. TlsFaults.All,
        .. UdpFaults.All,
        .. DnsFaults.All,
        .. NtpFaults.All,
        .. IcmpFaults.All,
    ];
}
