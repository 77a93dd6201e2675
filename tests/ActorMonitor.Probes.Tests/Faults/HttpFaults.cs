using ActorMonitor.Messages;
using static ActorMonitor.Probes.Tests.Faults.Fault;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class HttpFaults
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

    public static readonly Fault[] All =
    [
        Down("http", "the port is closed", Cause.Refused, lab => lab.Check(lab.Closed())),
        Down("http", "half open: the server accepts and says nothing", Cause.Timeout, lab => lab.Impatient(lab.TcpStalling())),
        Down("http", "slow loris: the head comes byte by byte", Cause.Timeout, lab => lab.Impatient(lab.Tcp(TcpFaults.Drip("HTTP/1.1 200 OK\r\nX-Slow: ")))),
        Down("http", "the server closes without a word", Cause.ConnectionClosed, lab => lab.Check(lab.TcpAnswering(""))),
        Down("http", "the server resets after the request", Cause.ConnectionReset, lab => lab.Check(lab.Tcp(async (peer, stop) =>
        {
            _ = await peer.ReadHeadAsync(stop);
            peer.Reset();
        }))),
        Down("http", "the server resets in the middle of the body", Cause.ConnectionReset, lab => lab.Check(lab.Tcp(async (peer, stop) =>
        {
            _ = await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Ok + "he", stop);

            // The reset must not overtake what the client has not read: it comes once the client has nothing more to say.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
            peer.Reset();
        }), expect: Map(("body.contains", "hello")))),
        Down("http", "the body ends before its length", Cause.ConnectionClosed, lab => lab.Check(lab.TcpAnswering(Ok + "he"), expect: Map(("body.contains", "hello")))),
        Down("http", "the body stalls", Cause.Timeout, lab => lab.Impatient(lab.Tcp(async (peer, stop) =>
        {
            _ = await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Ok + "he", stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }), expect: Map(("body.contains", "hello")))),
        Down("http", "no HTTP at all", Cause.ProtocolError, lab => lab.Check(lab.TcpAnswering("SSH-2.0-OpenSSH_9.2\r\n"))),
        Down("http", "a status that is no number", Cause.ProtocolError, lab => lab.Check(lab.TcpAnswering("HTTP/1.1 abc OK\r\n\r\n"))),
        Down("http", "a chunk whose size is no number", Cause.ProtocolError, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), expect: Map(("body.contains", "hello")))),
        Down("http", "a body that is not the gzip that it claims", Cause.ProtocolError, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"), expect: Map(("body.contains", "hello")))),
        Down("http", "a head without end", Cause.Oversize, lab => lab.Check(lab.TcpAnswering("HTTP/1.1 200 OK\r\nX: " + new string('x', 200_000)))),
        Unknown("http", "a body longer than is read", Cause.Oversize, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + new string('x', 5000)), Map(("maxBody", "1000")), Map(("body.contains", "hello")))),
        Down("http", "status 500", Cause.HttpStatus, lab => lab.Check(lab.TcpAnswering("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"))),
        Down("http", "a redirect to itself", Cause.HttpRedirect, lab => lab.Check(lab.TcpAnswering("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))),
        Down("http", "a redirect to nowhere", Cause.HttpRedirect, lab => lab.Check(lab.TcpAnswering("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"))),
        Down("http", "a redirect to a closed port", Cause.Refused, lab => lab.Check(
            lab.TcpAnswering($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{lab.Closed()}/\r\nContent-Length: 0\r\n\r\n"))),
        Unknown("http", "a redirect to the cloud's metadata", Cause.TargetDenied, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"))),
        Down("http", "another body", Cause.ExpectationFailed, lab => lab.Check(lab.TcpAnswering(Ok + "sorry"), expect: Map(("body.contains", "hello")))),
        Down("http", "the proxy wants other credentials", Cause.ProxyRefused, lab => lab.Check(
            80, Map(("proxy.address", $"127.0.0.1:{lab.TcpAnswering("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")}")))),
        Down("https", "the proxy opens no tunnel", Cause.ProxyRefused, lab => lab.Check(
            443, Map(("proxy.address", $"127.0.0.1:{lab.TcpAnswering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")}")))),
        Down("http", "a redirect to another host where none may be followed", Cause.HttpRedirect, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n"), Map(("crossHost", "deny")))),
        Down("http", "JSON with another value", Cause.ExpectationFailed, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"status\": \"bad\"}"), expect: SettingMap.Empty.WithList("body.json", "$.status == \"ok\""))),
        Down("http", "two lengths that contradict each other", Cause.ProtocolError, lab => lab.Check(
            lab.TcpAnswering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), expect: Map(("body.contains", "hello")))),
        Degraded("http", "a slow answer", Cause.ExpectationFailed, lab => lab.Check(lab.TcpAnswering(Ok + "hello"), expect: Map(("responseMs", "0")))),
    ];
}
