using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class HttpFetchRedirectTests
{
    [Fact]
    public async Task A_redirect_is_followed_and_told()
    {
        await using var end = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere");
        await using var start = RedirectingTo($"http://other.example:{end.Port}/there");

        var result = await ProbeAsync(Request("start.example", start.Port, expect: Map(("body.contains", "here"))), null, ("start.example", ["127.0.0.1"]), ("other.example", ["127.0.0.1"]));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("http.redirect").ShouldBe($"302 http://other.example:{end.Port}/there");
        result.Measured("wait", 0).ShouldNotBeNull();
        result.Measured("wait", 1).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("3", 4)]
    public async Task A_loop_ends_at_the_bound(string redirects, int requests)
    {
        await using var loop = RedirectingTo("/again");

        var result = await ProbeAsync(Request("127.0.0.1", loop.Port, Map(("redirects", redirects))));

        var expected = redirects == "0" ? (Outcome.Up, Cause.None) : (Outcome.Down, Cause.HttpRedirect);
        (result.Outcome, result.Cause).ShouldBe(expected, result.Message);
        loop.Accepted.ShouldBe(requests);
    }

    [Fact]
    public async Task A_redirect_that_is_expected_by_its_status_is_the_answer()
    {
        await using var server = RedirectingTo("http://nowhere.example/");

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: SettingMap.Empty.WithList("status", "302")));

        (result.Outcome, result.Attribute("http.status")).ShouldBe((Outcome.Up, "302"));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://2852039166/")]
    [InlineData("//metadata.example/")]
    public async Task A_redirect_to_a_denied_target_is_not_followed(string location)
    {
        await using var server = RedirectingTo(location);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port), null, ("metadata.example", ["169.254.169.254"]));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.TargetDenied), result.Message);
        result.Attribute("http.redirect").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_redirect_within_an_allowed_host_to_another_of_its_ports_is_held_against_the_policy_too()
    {
        await using var end = ScriptedTcpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var start = RedirectingTo($"http://127.0.0.2:{end.Port}/");
        var policy = new TargetPolicy([IPNetwork.Parse("127.0.0.1/32")], []);

        var result = await ProbeAsync(Request("127.0.0.1", start.Port), policy);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.TargetDenied));
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n")]
    public async Task A_redirect_that_leads_nowhere_is_Down(string answer)
    {
        await using var server = ScriptedTcpServer.Answering(answer);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.HttpRedirect), result.Message);
    }

    [Fact]
    public async Task A_strangers_origin_does_not_see_the_jobs_headers()
    {
        var seen = "";
        await using var stranger = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            seen = await peer.ReadHeadAsync(stop);
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
        });
        await using var server = RedirectingTo($"http://127.0.0.1:{stranger.Port}/");

        var settings = Map(("hostHeader", "shop.example")).WithList("headers", "Authorization: Bearer secret", "X-Api-Key: secret", "User-Agent: me");
        var result = await ProbeAsync(Request("127.0.0.1", server.Port, settings));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        seen.ShouldNotContain("secret");
        seen.ShouldNotContain("shop.example");
        seen.ShouldContain("User-Agent: me");
    }

    private static ScriptedTcpServer RedirectingTo(string location) => ScriptedTcpServer.Answering($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");

    private static Task<ProbeResult> ProbeAsync(ProbeRequest request, TargetPolicy? policy = null, params (string Host, string[] Addresses)[] names)
        => new HttpFetchProbe(Environment(null, policy, names), HttpFetchSettings.Http).ProbeAsync(request, CancellationToken.None);
}
