using ActorMonitor.Messages;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class TcpFaults
{
    private static readonly SettingMap Banner = Map(("banner.contains", "220 "));

    public static readonly Fault[] All =
    [
        Down("tcp", "the port is closed", Cause.Refused, lab => lab.Check(lab.Closed())),
        Down("tcp", "the peer accepts and says nothing", Cause.Timeout, lab => lab.Impatient(lab.TcpStalling(), expect: Banner)),
        Down("tcp", "the peer closes before its banner", Cause.ConnectionClosed, lab => lab.Check(lab.TcpSaying(""), expect: Banner)),
        Down("tcp", "the peer resets before its banner", Cause.ConnectionReset, lab => lab.Check(lab.Tcp((peer, _) =>
        {
            peer.Reset();
            return Task.CompletedTask;
        }), expect: Banner)),
        Down("tcp", "the peer says something else", Cause.ExpectationFailed, lab => lab.Check(lab.TcpSaying("554 no service\r\n"), expect: Banner)),
        Down("tcp", "the banner comes byte by byte and never ends", Cause.Timeout, lab => lab.Impatient(lab.Tcp(Drip("2")), expect: Banner)),
        Unknown("tcp", "the banner is a flood", Cause.Oversize, lab => lab.Check(lab.TcpSaying(new string('x', 100_000)), expect: Banner)),
        Down("tcp", "the mail server refuses STARTTLS", Cause.StarttlsRefused, lab => lab.Check(lab.Tcp(MailAsync("454 not now\r\n")), Map(("starttls", "smtp")))),
        Down("tcp", "words slipped in before the handshake", Cause.ProtocolError, lab => lab.Check(lab.Tcp(MailAsync("220 go\r\n250 injected\r\n")), Map(("starttls", "smtp")))),
        Down("tcp", "garbage instead of a TLS handshake", Cause.TlsHandshake, lab => lab.Check(lab.TcpSaying("hello, this is no TLS\r\n"), Map(("transport", "tls")))),
        Down("tcp", "an open port that has to be closed", Cause.ExpectationFailed, lab => lab.Check(lab.TcpStalling(), expect: Map(("closed", "refused")))),
        Down("tcp", "the peer closes in the middle of a dialogue", Cause.ConnectionClosed, lab => lab.Check(
            lab.TcpSaying("220 hello\r\n"), SettingMap.Empty.WithList("steps", "expect 220", "send QUIT\\r\\n", "expect 221"))),
    ];

    private static Func<ScriptedPeer, CancellationToken, Task> MailAsync(string toStarttls) => async (peer, stop) =>
    {
        await peer.SendAsync("220 mail.example ESMTP\r\n", stop);
        _ = await peer.ReadUntilAsync("\r\n", stop);
        await peer.SendAsync("250-mail.example\r\n250 STARTTLS\r\n", stop);
        _ = await peer.ReadUntilAsync("\r\n", stop);
        await peer.SendAsync(toStarttls, stop);
        _ = await peer.Stream.ReadAsync(new byte[4096], stop);
    };

    /// <summary>Says a text byte by byte, and its last byte for ever.</summary>
    public static Func<ScriptedPeer, CancellationToken, Task> Drip(string text) => async (peer, stop) =>
    {
        for (var at = 0; !stop.IsCancellationRequested; at = Math.Min(at + 1, text.Length - 1))
        {
            await peer.SendAsync(text[at..(at + 1)], stop);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, stop);
        }
    };
}
