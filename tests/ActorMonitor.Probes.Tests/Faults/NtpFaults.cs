using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Tests.NtpQuery;
using static ActorMonitor.Probes.Tests.Faults.Fault;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class NtpFaults
{
    public static readonly Fault[] All =
    [
        Down("ntp", "the port is closed", Cause.Refused, lab => lab.Check(lab.Closed())),
        Down("ntp", "no answer", Cause.Timeout, lab => lab.Impatient(lab.Udp(_ => null))),
        Down("ntp", "kiss of death DENY", Cause.NtpKissOfDeath, lab => lab.Check(lab.Udp(Kiss("DENY")))),
        Down("ntp", "kiss of death RSTR", Cause.NtpKissOfDeath, lab => lab.Check(lab.Udp(Kiss("RSTR")))),
        Down("ntp", "kiss of death RATE", Cause.NtpKissOfDeath, lab => lab.Check(lab.Udp(Kiss("RATE")))),
        Down("ntp", "the server's clock is not synchronised", Cause.NtpUnsynchronised, lab => lab.Check(lab.Udp(query => new NtpBytes { Leap = 3, Stratum = 16 }.To(query)))),
        Down("ntp", "an answer that is cut short", Cause.Timeout, lab => lab.Impatient(lab.Udp(query => new NtpBytes().To(query)[..40]))),
        Down("ntp", "an answer that is a query", Cause.ProtocolError, lab => lab.Check(lab.Udp(query => new NtpBytes { Mode = 3 }.To(query)))),
        Down("ntp", "answers to somebody else's query only", Cause.Timeout, lab => lab.Impatient(lab.Udp(_ => new NtpBytes().To(new byte[48])))),
        Down("ntp", "an answer without a transmit timestamp", Cause.ProtocolError, lab => lab.Check(lab.Udp(query => new NtpBytes { Transmit = 0 }.To(query)))),
    ];

    private static Func<byte[], byte[]> Kiss(string code)
        => query => new NtpBytes { Leap = 3, Stratum = 0, ReferenceHex = Convert.ToHexString(Encoding.ASCII.GetBytes(code)) }.To(query);
}
