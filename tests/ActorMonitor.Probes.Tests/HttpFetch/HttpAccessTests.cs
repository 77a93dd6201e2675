using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

/// <summary>Credentials, proxies, kept connections, and all addresses of a name.</summary>
public sealed class HttpAccessTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly string _folder = Directory.CreateTempSubdirectory("http-access").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_user_and_a_password_are_told_as_basic_credentials()
        => (await HeadAsync(Map(("auth.user", "Aladdin"), ("auth.password", "open sesame")))).ShouldContain("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");

    [Fact]
    public async Task A_password_is_read_from_a_file_without_its_line_end()
        => (await HeadAsync(Map(("auth.user", "Aladdin"), ("auth.passwordFile", FileOf("open sesame\n"))))).ShouldContain("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");

    [Fact]
    public async Task A_token_is_told_as_bearer()
        => (await HeadAsync(Map(("auth.tokenFile", FileOf("abc.def"))))).ShouldContain("\r\nAuthorization: Bearer abc.def\r\n");

    [Theory]
    [InlineData("auth.password", "s3cret")]
    [InlineData("auth.token", "s3cret\r\nX: y")]
    [InlineData("auth.tokenFile", "/does/not/exist")]
    [InlineData("proxy.password", "s3cret")]
    [InlineData("proxy.user", "s3cret")]
    public async Task Credentials_that_cannot_be_used_are_bad_settings_and_no_message_shows_them(string name, string value)
    {
        var result = await ProbeAsync(Request("127.0.0.1", 80, Map((name, value))));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings), result.Message);
        result.Message.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_result_holds_no_secret()
    {
        await using var server = ScriptedTcpServer.Answering("HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("auth.user", "u"), ("auth.password", "s3cret"))));

        result.Cause.ShouldBe(Cause.HttpStatus);
        $"{result.Message} {string.Join(' ', result.Attributes.Select(attribute => attribute.Value))}".ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_stranger_is_told_no_credentials()
    {
        var seen = "";
        await using var stranger = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            seen = await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Ok, stop);
        });
        await using var server = ScriptedTcpServer.Answering($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{stranger.Port}/\r\nContent-Length: 0\r\n\r\n");

        await ProbeAsync(Request("127.0.0.1", server.Port, Map(("auth.token", "s3cret"))));

        seen.ShouldStartWith("GET / HTTP/1.1\r\n");
        seen.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_proxy_is_asked_for_the_whole_URI()
    {
        var head = "";
        await using var proxy = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            head = await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Ok, stop);
        });

        var result = await ProbeAsync(Request("only.the.proxy.knows", 8080, Map(("proxy.address", $"127.0.0.1:{proxy.Port}"), ("proxy.user", "u"), ("proxy.password", "p"), ("path", "/a?b"))));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        head.ShouldStartWith("GET http://only.the.proxy.knows:8080/a?b HTTP/1.1\r\nHost: only.the.proxy.knows:8080\r\n");
        head.ShouldContain("\r\nProxy-Authorization: Basic dTpw\r\n");
        result.Attribute("proxy.resolves").ShouldBe("only.the.proxy.knows");
    }

    [Theory]
    [InlineData("http", "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", Cause.ProxyRefused)]
    [InlineData("https", "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", Cause.ProxyRefused)]
    [InlineData("https", "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", Cause.ProxyRefused)]
    [InlineData("https", "SSH-2.0-nothing\r\n", Cause.ProtocolError)]
    [InlineData("https", "HTTP/1.1 200 OK\r\n\r\nearly", Cause.ProtocolError)]
    [InlineData("https", "", Cause.ConnectionClosed)]
    public async Task What_a_proxy_refuses_is_told(string scheme, string answer, Cause cause)
    {
        await using var proxy = ScriptedTcpServer.Answering(answer);

        var result = await ProbeAsync(Request("target.example", 443, Map(("proxy.address", $"127.0.0.1:{proxy.Port}"))), scheme: scheme);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, cause), result.Message);
    }

    [Fact]
    public async Task A_proxy_is_no_way_around_the_targets()
    {
        await using var proxy = ScriptedTcpServer.Answering(Ok);

        var result = await ProbeAsync(Request("169.254.169.254", 80, Map(("proxy.address", $"127.0.0.1:{proxy.Port}"))));

        (result.Outcome, result.Cause, proxy.Accepted).ShouldBe((Outcome.Unknown, Cause.TargetDenied, 0));
    }

    [Fact]
    public async Task A_kept_connection_serves_the_next_check_and_a_stale_one_is_replaced()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            for (var i = 0; i < 2; i++)
            {
                if ((await peer.ReadHeadAsync(stop)).Length == 0)
                    return;
                await peer.SendAsync(Ok, stop);
            }
        });
        using var probe = new HttpFetchProbe(Environment(), HttpFetchSettings.Http);
        var request = Request("127.0.0.1", server.Port, Map(("reuse", "true")));

        var results = new List<ProbeResult>();
        for (var i = 0; i < 3; i++)
            results.Add(await probe.ProbeAsync(request, CancellationToken.None));

        results.ShouldAllBe(result => result.Outcome == Outcome.Up);
        results.Select(result => result.Attribute("connection")).ShouldBe([null, "reused", null]);
        server.Accepted.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_is_not_kept_for_another_job_nor_for_too_long_nor_after_a_close()
    {
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            while ((await peer.ReadHeadAsync(stop)) is { Length: > 0 } head)
                await peer.SendAsync(head.Contains("/close", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" : Ok, stop);
        });
        using var probe = new HttpFetchProbe(Environment(time), HttpFetchSettings.Http);
        var request = Request("127.0.0.1", server.Port, Map(("reuse", "true")));

        await probe.ProbeAsync(request, CancellationToken.None);
        (await probe.ProbeAsync(request with { Job = "another" }, CancellationToken.None)).Attribute("connection").ShouldBeNull();
        time.Advance(KeptConnections.MaxIdle);
        (await probe.ProbeAsync(request, CancellationToken.None)).Attribute("connection").ShouldBeNull();
        var closing = request with { Settings = Map(("reuse", "true"), ("path", "/close")) };
        await probe.ProbeAsync(closing, CancellationToken.None);
        (await probe.ProbeAsync(closing, CancellationToken.None)).Attribute("connection").ShouldBeNull();
    }

    [Fact]
    public async Task Every_address_is_checked_and_the_worst_counts()
    {
        await using var server = ScriptedTcpServer.Answering(Ok);
        await using var other = ScriptedTcpServer.Answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", IPAddress.Parse("127.0.0.2"), server.Port);
        var request = Request("www.example.com", server.Port, Map(("addresses", "all")));

        var both = await ProbeAsync(request, ("www.example.com", ["127.0.0.1", "127.0.0.2"]));
        var one = await ProbeAsync(request, ("www.example.com", ["127.0.0.1"]));

        (both.Outcome, both.Cause, both.ResolvedAddress).ShouldBe((Outcome.Down, Cause.HttpStatus, "127.0.0.2"), both.Message);
        both.Message.ShouldStartWith("127.0.0.2: status 503");
        both.Attribute("address.0").ShouldStartWith("127.0.0.1 up: ");
        both.Attribute("address.100").ShouldStartWith("127.0.0.2 http-status: ");
        (both.Measured("wait"), both.Measured("wait", 100)).ShouldSatisfyAllConditions(pair => pair.Item1.ShouldNotBeNull(), pair => pair.Item2.ShouldNotBeNull());
        both.Measured("resolve").ShouldNotBeNull();
        one.Outcome.ShouldBe(Outcome.Up, one.Message);
    }

    private static async Task<string> HeadAsync(SettingMap settings)
    {
        var head = "";
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            head = await peer.ReadHeadAsync(stop);
            await peer.SendAsync(Ok, stop);
        });
        var result = await ProbeAsync(Request("127.0.0.1", server.Port, settings));
        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        return head;
    }

    private string FileOf(string text)
    {
        var path = Path.Combine(_folder, "secret");
        File.WriteAllText(path, text);
        return path;
    }

    private static Task<ProbeResult> ProbeAsync(ProbeRequest request, (string Host, string[] Addresses)? name = null, string scheme = "http")
        => new HttpFetchProbe(Environment(null, null, name is { } known ? [known] : []), scheme == "http" ? HttpFetchSettings.Http : HttpFetchSettings.Https).ProbeAsync(request, CancellationToken.None);
}
