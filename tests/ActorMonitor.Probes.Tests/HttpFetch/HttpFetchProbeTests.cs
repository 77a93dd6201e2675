using System.IO.Compression;
using System.Net;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class HttpFetchProbeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nall is well";

    [Fact]
    public async Task A_page_is_Up_with_its_phases_measured()
    {
        await using var server = ScriptedTcpServer.Answering(Ok);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause, result.ResolvedAddress).ShouldBe((Outcome.Up, Cause.None, "127.0.0.1"));
        foreach (var phase in new[] { "connect", "wait", "transfer" })
            result.Measured(phase).ShouldNotBeNull(phase);
        result.Measured("tls").ShouldBeNull();
        result.Measured("body.size").ShouldBe(11);
        (result.Attribute("http.status"), result.Attribute("http.version")).ShouldBe(("200", "1.1"));
        result.Message.ShouldEndWith(" ms, status 200");
    }

    [IPv6Fact]
    public async Task An_IPv6_literal_is_asked_in_brackets()
    {
        var head = "";
        await using var server = ScriptedTcpServer.Start(
            async (peer, stop) =>
            {
                head = await peer.ReadHeadAsync(stop);
                await peer.SendAsync(Ok, stop);
            },
            IPAddress.IPv6Loopback);

        foreach (var host in new[] { "::1", "[::1]" })
        {
            var result = await ProbeAsync(Request(host, server.Port));

            (result.Outcome, result.ResolvedAddress).ShouldBe((Outcome.Up, "::1"));
            head.ShouldContain($"Host: [::1]:{server.Port}\r\n");
        }
    }

    [Fact]
    public async Task The_request_is_the_one_that_the_job_describes()
    {
        var request = "";
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            request = await peer.ReadUntilAsync("{\"a\":1}", stop);
            await peer.SendAsync(Ok, stop);
        });

        var settings = Map(("method", "post"), ("path", "/a%20b?c=d"), ("body", "{\"a\":1}"), ("hostHeader", "shop.example"))
            .WithList("headers", "Authorization: Bearer secret", "Content-Type: application/json", "X-Two: 1", "X-Two: 2");
        var result = await ProbeAsync(Request("127.0.0.1", server.Port, settings));

        result.Outcome.ShouldBe(Outcome.Up);
        request.ShouldStartWith("POST /a%20b?c=d HTTP/1.1\r\n");
        foreach (var line in new[] { "Host: shop.example", "Authorization: Bearer secret", "Content-Type: application/json", "X-Two: 1", "X-Two: 2", "Content-Length: 7", "Accept-Encoding: identity" })
            request.ShouldContain($"\r\n{line}\r\n");
        request.ShouldContain("\r\nUser-Agent: ActorMonitor/");
        request.ShouldNotContain("traceparent");
    }

    [Fact]
    public async Task A_header_of_the_content_is_sent_without_content_too()
    {
        var head = "";
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            head = await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Ok, stop);
        });

        await ProbeAsync(Request("127.0.0.1", server.Port, SettingMap.Empty.WithList("headers", "Content-Type: application/json")));

        head.ShouldContain("\r\nContent-Type: application/json\r\n");
    }

    [Fact]
    public async Task Every_check_has_a_connection_of_its_own()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            while ((await peer.ReadHeadAsync(stop)).Length > 0)
                await peer.SendAsync(Ok, stop);
        });
        var probe = new HttpFetchProbe(Environment(), HttpFetchSettings.Http);

        for (var i = 0; i < 3; i++)
            (await probe.ProbeAsync(Request("127.0.0.1", server.Port), CancellationToken.None)).Outcome.ShouldBe(Outcome.Up);

        server.Accepted.ShouldBe(3);
    }

    [Fact]
    public async Task A_HEAD_needs_no_body()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");

        (await ProbeAsync(Request("127.0.0.1", server.Port, Map(("method", "HEAD"))))).Outcome.ShouldBe(Outcome.Up);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Outcome.Down, Cause.HttpStatus)]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", Outcome.Down, Cause.HttpStatus)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", Outcome.Up, Cause.None)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nuntil the end", Outcome.Up, Cause.None)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", Outcome.Up, Cause.None)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Outcome.Up, Cause.None)]
    [InlineData("", Outcome.Down, Cause.ConnectionClosed)]
    [InlineData("HTTP/1.1 200 O", Outcome.Down, Cause.ConnectionClosed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", Outcome.Down, Cause.ConnectionClosed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Outcome.Down, Cause.ConnectionClosed)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", Outcome.Down, Cause.ConnectionClosed)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n", Outcome.Down, Cause.ProtocolError)]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", Outcome.Down, Cause.ProtocolError)]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n", Outcome.Down, Cause.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", Outcome.Down, Cause.ProtocolError)]
    public async Task What_the_server_sends_is_judged(string answer, Outcome outcome, Cause cause)
    {
        await using var server = ScriptedTcpServer.Answering(answer);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((outcome, cause), result.Message);
    }

    [Fact]
    public async Task A_status_that_is_expected_is_Up()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");

        (await ProbeAsync(Request("127.0.0.1", server.Port, expect: SettingMap.Empty.WithList("status", "401")))).Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        using var closed = ClosedPort(out var port);

        var result = await ProbeAsync(Request("127.0.0.1", port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Refused));
        result.Message.ShouldContain($"while connecting to 127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_reset_is_told_from_a_close()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            peer.Reset();
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ConnectionReset), result.Message);
    }

    [Fact]
    public async Task A_reset_in_the_body_is_a_reset()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal", stop);
            peer.Reset();
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ConnectionReset), result.Message);
    }

    [Theory]
    [InlineData("", 0, "waiting for the response")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n", 15_000_000, "reading the body")]
    public async Task A_server_that_stalls_times_out_in_the_phase_that_it_stalls_in(string beginning, int bodyBytes, string phase)
    {
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync(beginning, stop);

            // More than the kernel's buffers hold: when it is sent, the client is in the midst of the body.
            await peer.SendAsync(new byte[bodyBytes], stop);
            time.Advance(LongTimeout);
            await peer.ReadUntilAsync("never", stop);
        });
        var request = Request("127.0.0.1", server.Port, Map(("maxBody", "16777216")));

        var result = await new HttpFetchProbe(Environment(time), HttpFetchSettings.Http).ProbeAsync(request, CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout));
        result.Message.ShouldBe($"timed out after 30s while {phase}");
    }

    [Fact]
    public async Task A_slow_drip_ends_at_the_timeout()
    {
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync("HTTP/1.1 200 OK\r\n", stop);
            while (true)
            {
                await peer.SendAsync("X: y\r\n", stop);
                time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        var result = await new HttpFetchProbe(Environment(time), HttpFetchSettings.Http).ProbeAsync(Request("127.0.0.1", server.Port), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout), result.Message);
    }

    [Fact]
    public async Task Headers_without_end_are_oversize()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync("HTTP/1.1 200 OK\r\n", stop);
            while (true)
                await peer.SendAsync($"X-Filler: {new string('x', 4000)}\r\n", stop);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Oversize), result.Message);
    }

    [Theory]
    [InlineData(null, Outcome.Up, Cause.None)]
    [InlineData("zzz", Outcome.Up, Cause.None)]
    [InlineData("needle", Outcome.Unknown, Cause.Oversize)]
    public async Task A_body_without_end_is_cut(string? contains, Outcome outcome, Cause cause)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync("HTTP/1.1 200 OK\r\n\r\n", stop);
            while (true)
                await peer.SendAsync(new string('z', 8192), stop);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("maxBody", "10000")), contains is null ? null : Map(("body.contains", contains))));

        (result.Outcome, result.Cause).ShouldBe((outcome, cause), result.Message);
        (result.Measured("body.size"), result.Attribute("body.cut")).ShouldBe((10_000, "true"));
    }

    [Fact]
    public async Task A_body_of_just_the_bound_is_whole()
    {
        await using var server = ScriptedTcpServer.Answering(Ok);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("maxBody", "11")), Map(("body.notContains", "error"))));

        (result.Outcome, result.Attribute("body.cut")).ShouldBe((Outcome.Up, null));
    }

    [Theory]
    [InlineData("iso-8859-1", "caf\u00e9")]
    [InlineData("utf-8", "caf\u00c3\u00a9")]
    [InlineData("x-unheard-of", "caf\u00c3\u00a9")]
    [InlineData("utf-7", "caf\u00c3\u00a9")]
    [InlineData("\"\"", "caf\u00c3\u00a9")]
    public async Task The_body_is_read_in_its_character_set(string charset, string latin1Bytes)
    {
        await using var server = ScriptedTcpServer.Answering($"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset={charset}\r\nContent-Length: {latin1Bytes.Length}\r\n\r\n{latin1Bytes}");

        (await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("body.contains", "café"))))).Outcome.ShouldBe(Outcome.Up);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_compressed_unasked_is_read_within_the_bound(string coding)
    {
        await using var server = Compressing(coding, "needle" + new string('0', 10_000_000));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("body.contains", "needle"))));

        (result.Outcome, result.Measured("body.size"), result.Attribute("body.cut")).ShouldBe((Outcome.Up, 1024 * 1024, "true"));
    }

    [Fact]
    public async Task A_broken_compression_breaks_the_protocol()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nplainly");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("body.contains", "x"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
    }

    [Fact]
    public async Task The_worst_of_several_findings_is_the_outcome_and_all_are_told()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("responseMs", "0"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.HttpStatus));
        result.Message.ShouldStartWith("status 503, expected below 400; took ");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a@b")]
    [InlineData("a b")]
    [InlineData("a:1")]
    [InlineData("a#b")]
    [InlineData("")]
    public async Task A_host_that_is_none_is_a_bad_setting(string host)
    {
        var result = await ProbeAsync(Request(host, 80));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Theory]
    [InlineData("my_service")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("bücher.example")]
    [InlineData("trailing.dot.")]
    public async Task A_host_name_may_have_underscores_umlauts_and_a_last_dot(string host)
    {
        await using var server = ScriptedTcpServer.Answering(Ok);

        var result = await ProbeAsync(Request(host, server.Port), ("my_service", ["127.0.0.1"]), ("xn--bcher-kva.example", ["127.0.0.1"]), ("trailing.dot.", ["127.0.0.1"]));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    private static Task<ProbeResult> ProbeAsync(ProbeRequest request, params (string Host, string[] Addresses)[] names)
        => new HttpFetchProbe(Environment(null, null, names), HttpFetchSettings.Http).ProbeAsync(request, CancellationToken.None);

    private static ScriptedTcpServer Compressing(string coding, string text)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = coding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
        }

        return ScriptedTcpServer.Answering($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {compressed.Length}\r\n\r\n{Encoding.Latin1.GetString(compressed.ToArray())}");
    }
}
