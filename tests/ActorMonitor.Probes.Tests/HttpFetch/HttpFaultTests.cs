using System.IO.Compression;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

/// <summary>What servers do wrong, and what each of it is called.</summary>
public class HttpFaultTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Cause.ProtocolError, "both a length and chunks")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Cause.ProtocolError, "chunks in HTTP/1.0")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Cause.ProtocolError, "transfer coding")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Cause.ProtocolError, "its length is")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", Cause.ProtocolError, "its length is")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello", Cause.ProtocolError, "its length is")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n", Cause.ProtocolError, "size of a chunk")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab", Cause.ProtocolError, "size of a chunk")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", Cause.ProtocolError, "longer than it says")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab", Cause.ConnectionClosed, "before its response was complete")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nTrailer: x\r\n", Cause.ConnectionClosed, "before its response was complete")]
    [InlineData("HTTP/1.1 200 OK\r\nX : y\r\n\r\n", Cause.ProtocolError, "a header field is")]
    [InlineData("HTTP/1.1 200 OK\r\n: y\r\n\r\n", Cause.ProtocolError, "a header field is")]
    [InlineData("HTTP/1.1 200 OK\r\n folded: y\r\n\r\n", Cause.ProtocolError, "begins with a space")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", Cause.ProtocolError, "control character")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", Cause.ProtocolError, "control character")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", Cause.ProtocolError, "status line")]
    [InlineData("HTTP/1.1 20\r\n\r\n", Cause.ProtocolError, "status line")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n", Cause.ProtocolError, "not HTTP/1")]
    [InlineData("<html>nine</html>", Cause.ProtocolError, "begins with \"<html>nine</html>\"")]
    [InlineData("220 mail ESMTP\r\n", Cause.ProtocolError, "not HTTP/1")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0028", Cause.ProtocolError, "not HTTP/1")]
    public async Task A_response_that_breaks_the_protocol_is_told_in_its_words(string answer, Cause cause, string message)
    {
        await using var server = ScriptedTcpServer.Answering(answer);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, cause), result.Message);
        result.Message.ShouldContain(message);
    }

    [Fact]
    public async Task Header_fields_without_end_are_oversize()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 1000)) + "\r\n");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, Cause.Oversize, "the response has more than 512 header fields"));
    }

    [Fact]
    public async Task One_header_without_end_is_oversize()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nA: " + new string('b', 200_000));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Oversize), result.Message);
    }

    [Fact]
    public async Task A_header_of_just_under_the_bound_is_read()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nA: " + new string('b', 65_000) + "\r\nContent-Length: 0\r\n\r\n");

        (await ProbeAsync(Request("127.0.0.1", server.Port))).Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task Interim_responses_without_end_break_the_protocol()
    {
        await using var server = ScriptedTcpServer.Answering(string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100)));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
    }

    [Fact]
    public async Task Bytes_after_the_response_are_noted()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("body.matches", "^ok$"))));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("http.surplus").ShouldBe("9 bytes came after the response");
    }

    [Fact]
    public async Task A_folded_header_is_one_line()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\nX-Long: a\n b\nContent-Length: 0\n\n");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: SettingMap.Empty.WithList("header", "x-long = a b")));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [Fact]
    public async Task A_bomb_is_unpacked_no_further_than_the_bound()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[50_000_000]);
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n", stop);
            await peer.SendAsync(packed.ToArray(), stop);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("compression", "gzip"), ("maxBody", "10000")), Map(("body.maxBytes", "10000"))));

        (result.Outcome, result.Cause, result.Measured("body.size")).ShouldBe((Outcome.Unknown, Cause.Oversize, 10_000), result.Message);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("any", "gzip, deflate, br")]
    [InlineData("none", "identity")]
    public async Task The_compression_is_asked_for(string compression, string accepted)
    {
        var head = "";
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            head = await peer.ReadHeadAsync(stop);
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n", stop);
        });

        await ProbeAsync(Request("127.0.0.1", server.Port, Map(("compression", compression))));

        head.ShouldContain($"\r\nAccept-Encoding: {accepted}\r\n");
    }

    [Fact]
    public async Task A_broken_compression_that_was_asked_for_breaks_the_protocol()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nplainly");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("compression", "gzip"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
    }

    [Theory]
    [InlineData("body.json", "$.a == 1", "{\"a\":1}", Outcome.Up)]
    [InlineData("body.json", "$.a == 1", "{\"a\":2}", Outcome.Down)]
    [InlineData("body.json", "$.a == 1", "{\"a\":", Outcome.Down)]
    [InlineData("body.json", "$.a contains \"x\"", "{\"a\":\"\\ud800\"}", Outcome.Down)]
    [InlineData("header", "content-length = 7", "seven b", Outcome.Up)]
    [InlineData("header", "content-length = 8", "seven b", Outcome.Down)]
    public async Task Assertions_are_judged(string name, string assertion, string body, Outcome outcome)
    {
        await using var server = ScriptedTcpServer.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: SettingMap.Empty.WithList(name, assertion)));

        (result.Outcome, result.Cause).ShouldBe((outcome, outcome == Outcome.Up ? Cause.None : Cause.ExpectationFailed), result.Message);
    }

    [Fact]
    public async Task A_phase_that_takes_too_long_is_degraded()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("waitMs", "0"), ("tlsMs", "0"))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed));
        result.Message.ShouldStartWith("the phase wait took ");
        result.Message.ShouldNotContain("tls");
    }

    [Theory]
    [InlineData("allow", Cause.None)]
    [InlineData("same-domain", Cause.None)]
    [InlineData("deny", Cause.HttpRedirect)]
    public async Task A_redirect_to_another_host_is_followed_as_far_as_the_job_allows(string crossHost, Cause cause)
    {
        await using var end = ScriptedTcpServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var start = ScriptedTcpServer.Answering($"HTTP/1.1 301 Moved\r\nLocation: http://shop.example.com:{end.Port}/\r\nContent-Length: 0\r\n\r\n");

        var result = await new HttpFetchProbe(Environment(null, null, ("www.example.com", ["127.0.0.1"]), ("shop.example.com", ["127.0.0.1"])), HttpFetchSettings.Http)
            .ProbeAsync(Request("www.example.com", start.Port, Map(("crossHost", crossHost))), CancellationToken.None);

        result.Cause.ShouldBe(cause, result.Message);
    }

    private static Task<ProbeResult> ProbeAsync(ProbeRequest request)
        => new HttpFetchProbe(Environment(), HttpFetchSettings.Http).ProbeAsync(request, CancellationToken.None);
}
