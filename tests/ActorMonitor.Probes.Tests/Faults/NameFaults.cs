using ActorMonitor.Messages;
using ActorMonitor.Probes.Tests.DnsQuery;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class NameFaults
{
    public static readonly Fault[] All =
    [
        Down("tcp", "a name that does not exist", Cause.Nxdomain, lab => lab.Check(1, host: "nobody.example")),
        Down("tcp", "a name without an address of the family", Cause.NoAddress, lab => lab.Named("four.example", "127.0.0.1").Check(1, Map(("family", "ipv6")), host: "four.example")),
        Down("tcp", "the name server says that the name does not exist", Cause.Nxdomain, lab => lab.Resolving(query => DnsBytes.Answer(query, [], 0x8183))),
        Unknown("tcp", "the name server fails", Cause.ResolveFailed, lab => lab.Resolving(query => DnsBytes.Answer(query, [], 0x8182))),
        Unknown("tcp", "the name server refuses", Cause.ResolveFailed, lab => lab.Resolving(query => DnsBytes.Answer(query, [], 0x8185))),
        Unknown("tcp", "the name server is silent", Cause.ResolveFailed, lab => lab.Resolving(_ => null, FaultLab.Soon)),
        Unknown("tcp", "a name that leads in circles", Cause.ResolveFailed, lab => lab.Resolving(query => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Asked)]))),
        Unknown("tcp", "a target that the monitor may not probe", Cause.TargetDenied, lab => lab.Denying("127.0.0.0/8").Check(1)),
        Unknown("http", "a name that leads to an address that may not be probed", Cause.TargetDenied, lab => lab.Denying("10.0.0.0/8").Named("inside.example", "10.1.2.3").Check(80, host: "inside.example")),
        Unknown("http", "a setting that this monitor does not understand", Cause.BadSettings, lab => lab.Check(80, Map(("path", "no slash")))),
    ];
}
