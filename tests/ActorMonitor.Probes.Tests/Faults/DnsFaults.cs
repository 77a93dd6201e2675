using ActorMonitor.Messages;
using ActorMonitor.Probes.Tests.DnsQuery;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class DnsFaults
{
    private static readonly SettingMap Www = Map(("query", "www.example"));
    private static readonly byte[][] One = [DnsBytes.Address(192, 0, 2, 1)];

    public static readonly Fault[] All =
    [
        Down("dns", "the port is closed", Cause.Refused, lab => lab.Check(lab.Closed(), Www)),
        Down("dns", "no answer", Cause.Timeout, lab => lab.Impatient(lab.Udp(_ => null), Www)),
        Down("dns", "answers with another id only", Cause.Timeout, lab => lab.Impatient(lab.Udp(query => Changed(DnsBytes.Answer(query, One), 1)), Www)),
        Down("dns", "answers to another question only", Cause.Timeout, lab => lab.Impatient(lab.Udp(query => Changed(DnsBytes.Answer(query, One), 13)), Www)),
        Down("dns", "no such name", Cause.Nxdomain, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, [], 0x8183)), Www)),
        Down("dns", "no such record", Cause.DnsNoData, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, [])), Www)),
        Down("dns", "SERVFAIL", Cause.DnsRcode, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, [], 0x8182)), Www)),
        Down("dns", "REFUSED", Cause.DnsRcode, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, [], 0x8185)), Www)),
        Down("dns", "a message that is cut short", Cause.ProtocolError, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, One)[..^3]), Www)),
        Down("dns", "a name that points to itself", Cause.ProtocolError, lab => lab.Check(lab.Udp(query =>
        {
            var answer = DnsBytes.Answer(query, [DnsBytes.Record([0xC0, 29], 1, [192, 0, 2, 1])]);
            return answer;
        }), Www)),
        Down("dns", "truncated where UDP is all that may be used", Cause.Oversize, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, [], 0x8380)), Www.With("transport", "udp"))),
        Down("dns", "truncated, and refused over TCP", Cause.Refused, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, [], 0x8380)), Www)),
        Down("dns", "over TCP the server closes without an answer", Cause.ConnectionClosed, lab => lab.Check(lab.Tcp(async (peer, stop) => _ = await peer.Stream.ReadAsync(new byte[512], stop)), Www.With("transport", "tcp"))),
        Down("dns", "a name server of the zone that does not serve it", Cause.DnsLame, lab => Zone(lab, query => DnsBytes.Answer(query, [], 0x8005))),
        Down("dns", "name servers of the zone with two serials", Cause.DnsSerialMismatch, lab => Zone(lab, Serial(8))),
        Down("dns", "a TTL above what is expected", Cause.ExpectationFailed, lab => lab.Check(lab.Udp(query => DnsBytes.Answer(query, One)), Www, Map(("ttl.max", "60")))),
        Down("dns", "plain text where TLS is asked for", Cause.TlsHandshake, lab => lab.Check(lab.TcpSaying("hello, this is no TLS\r\n"), Www.With("transport", "tls"))),
        Down("dns", "over TCP half an answer", Cause.ConnectionClosed, lab => lab.Check(lab.Tcp(async (peer, stop) =>
        {
            _ = await peer.Stream.ReadAsync(new byte[512], stop);
            await peer.SendAsync([0, 60, 1, 2, 3], stop);
        }), Www.With("transport", "tcp"))),
    ];

    private static Func<byte[], byte[]> Serial(uint serial) => query => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 6, DnsBytes.Start(serial))], 0x8400);

    // A zone with serial 7 on its first name server, and what the second says.
    private static FaultyCheck Zone(FaultLab lab, Func<byte[], byte[]> second)
    {
        var port = lab.Udp(query => DnsBytes.TypeOf(query) == 2
            ? DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns1.example.com")), DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns2.example.com"))])
            : Serial(7)(query));
        _ = lab.Udp(second, "127.0.0.2", port);
        return lab.Named("ns1.example.com", "127.0.0.1").Named("ns2.example.com", "127.0.0.2").Check(port, Map(("query", "example.com"), ("nameServers", "true")));
    }

    private static byte[] Changed(byte[] answer, int at)
    {
        answer[at] ^= 1;
        return answer;
    }
}
