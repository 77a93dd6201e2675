using ActorMonitor.Messages;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class UdpFaults
{
    public static readonly Fault[] All =
    [
        Down("udp", "the port is closed", Cause.IcmpUnreachable, lab => lab.Check(lab.Closed())),
        Unknown("udp", "no answer", Cause.NoAnswer, lab => lab.Impatient(lab.Udp(_ => null))),
        Down("udp", "another answer", Cause.ExpectationFailed, lab => lab.Check(lab.Udp(_ => "no"u8.ToArray()), expect: Map(("answer.contains", "pong")))),
        Down("udp", "an answer where silence is expected", Cause.ExpectationFailed, lab => lab.Check(lab.Udp(_ => "pong"u8.ToArray()), expect: Map(("silence", "true")))),
    ];
}
