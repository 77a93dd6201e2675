using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class TlsFaults
{
    public static readonly Fault[] All =
    [
        Down("https", "an expired certificate", Cause.TlsExpired, lab => Trusting(lab, Serving(lab, lab.Certificates.Server(fromDays: -90, untilDays: -1)))),
        Down("https", "a certificate that is not valid yet", Cause.TlsNotYetValid, lab => Trusting(lab, Serving(lab, lab.Certificates.Server(fromDays: 1)))),
        Down("https", "a certificate for another name", Cause.TlsNameMismatch, lab => Trusting(lab, Serving(lab, lab.Certificates.Server("other.example")))),
        Down("https", "a certificate signed by itself", Cause.TlsSelfSigned, lab => Trusting(lab, Serving(lab, lab.Certificates.SelfSigned()))),
        Down("https", "a certificate of an unknown authority", Cause.TlsUntrusted, lab => lab.Check(Serving(lab, lab.Certificates.Server()))),
        Down("https", "plain HTTP on the port", Cause.TlsHandshake, lab => lab.Check(lab.Tcp((peer, stop) => peer.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n", stop)))),
        Down("https", "the server closes in the handshake", Cause.ConnectionClosed, lab => lab.Check(lab.Tcp(async (peer, stop) => _ = await peer.Stream.ReadAsync(new byte[4096], stop)))),
        Down("https", "the server resets in the handshake", Cause.ConnectionReset, lab => lab.Check(lab.Tcp(async (peer, stop) =>
        {
            _ = await peer.Stream.ReadAsync(new byte[4096], stop);
            peer.Reset();
        }))),
        Down("https", "the handshake stalls", Cause.Timeout, lab => lab.Impatient(lab.TcpStalling())),
        Down("https", "a TLS alert instead of a handshake", Cause.TlsHandshake, lab => lab.Check(lab.Tcp(Alert(40)))),
        Down("https", "an older version of TLS than is expected", Cause.TlsParameters, lab => Trusting(
            lab, Serving(lab, lab.Certificates.Server(), SslProtocols.Tls12), SettingMap.Empty.WithList("tls.versions", "1.3"))),
        Down("https", "an alert: the version of TLS is not spoken", Cause.TlsParameters, lab => lab.Check(lab.Tcp(Alert(70)))),
        Down("https", "an alert: a client certificate is required", Cause.TlsClientCertificate, lab => lab.Check(lab.Tcp(Alert(116)))),
        Degraded("https", "a certificate that expires too soon", Cause.ExpectationFailed, lab => Trusting(lab, Serving(lab, lab.Certificates.Server(untilDays: 5)), Map(("certificateDays", "14")))),
    ];

    private static int Serving(FaultLab lab, X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None) => lab.Tcp(async (peer, stop) =>
    {
        var tls = new SslStream(peer.Stream);
        peer.Stream = tls;
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = lab.Held(certificate),
                EnabledSslProtocols = protocols,
            },
            stop);
        _ = await peer.ReadHeadAsync(stop);
        await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
    });

    // RFC 8446 section 6: an alert record, fatal, in the clear.
    private static Func<ScriptedPeer, CancellationToken, Task> Alert(byte description) => async (peer, stop) =>
    {
        _ = await peer.Stream.ReadAsync(new byte[4096], stop);
        await peer.SendAsync([21, 3, 3, 0, 2, 2, description], stop);
        _ = await peer.Stream.ReadAsync(new byte[4096], stop);
    };

    private static FaultyCheck Trusting(FaultLab lab, int port, SettingMap? expect = null)
        => new(new HttpFetchProbe(lab.Environment, HttpFetchSettings.Https, lab.Certificates.Roots), Request("127.0.0.1", port, expect: expect));
}
