using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class RequestRulesTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("[::1]", true)]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("10.0.0.5", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("2130706433", false)]
    [InlineData("0x7f.1", false)]
    [InlineData("127.1", false)]
    public void On_loopback_only_loopback_literals_are_hosts(string host, bool isAllowed)
        => RequestRules.IsHostAllowed(host, "127.0.0.1", IPAddress.Loopback).ShouldBe(isAllowed);

    [Theory]
    [InlineData("node.example", true)]
    [InlineData("NODE.example", true)]
    [InlineData("10.0.0.5", true)]
    [InlineData("[fd00::5]", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("evil.example", false)]
    public void Beyond_loopback_literals_and_the_configured_name_are_hosts(string host, bool isAllowed)
        => RequestRules.IsHostAllowed(host, "node.example", IPAddress.Parse("10.0.0.5")).ShouldBe(isAllowed);

    [Fact]
    public async Task A_host_that_is_a_name_of_somebody_else_is_refused()
        => await ShouldRefuseAsync(request => request.Headers.Host = "rebound.example", HttpStatusCode.Forbidden, "The Host header does not name this node");

    [Fact]
    public async Task A_request_without_our_header_is_refused()
        => await ShouldRefuseAsync(request => request.Headers.Remove("X-Pbm"), HttpStatusCode.Forbidden, "The header X-Pbm: 1 is missing.");

    [Fact]
    public async Task A_request_of_a_web_page_is_refused()
        => await ShouldRefuseAsync(request => request.Headers.Add("Origin", "http://evil.example"), HttpStatusCode.Forbidden, "Browsers are not served.");

    [Fact]
    public async Task Another_path_is_not_found()
        => await ShouldRefuseAsync(request => request.RequestUri = new Uri(request.RequestUri!, "/"), HttpStatusCode.NotFound, "Only /pbm/v1 is here.");

    [Fact]
    public async Task Another_method_is_not_served()
        => await ShouldRefuseAsync(request => request.Method = HttpMethod.Get, HttpStatusCode.MethodNotAllowed, "Only POST is served.");

    [Fact]
    public async Task A_preflight_is_not_granted()
    {
        await using var node = await SampleNode.StartAsync();
        using var request = Request(node);
        request.Method = HttpMethod.Options;
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-pbm");
        using var http = new HttpClient();

        using var response = await http.SendAsync(request);

        response.IsSuccessStatusCode.ShouldBeFalse();
        response.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_body_of_more_than_64_KiB_is_refused()
        => await ShouldRefuseAsync(
            request => request.Content = new StringContent($"{{\"line\":[\"{new string('x', 65 * 1024)}\"]}}"), HttpStatusCode.RequestEntityTooLarge, "The line is longer than 64 KiB.", exit: 2);

    [Fact]
    public async Task A_body_without_a_length_is_bounded_too()
        => await ShouldRefuseAsync(
            request =>
            {
                request.Content = new StringContent($"{{\"line\":[\"{new string('x', 65 * 1024)}\"]}}");
                request.Headers.TransferEncodingChunked = true;
            },
            HttpStatusCode.RequestEntityTooLarge,
            "The line is longer than 64 KiB.",
            exit: 2);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"line\":\"jobs list\"}")]
    [InlineData("{\"line\":[[\"jobs\"]]}")]
    [InlineData("{\"line\":[\"jobs\",null]}")]
    [InlineData("{\"line\":[\"jobs\"")]
    [InlineData("{}")]
    [InlineData("line=jobs")]
    public async Task A_body_that_is_no_line_is_refused(string body)
    {
        await using var node = await SampleNode.StartAsync();
        var (status, reply) = await SendAsync(node, request => request.Content = new StringContent(body));

        status.ShouldBe(HttpStatusCode.BadRequest);
        reply.ShouldEndWith("{\"kind\":\"end\",\"exit\":2}\n");
    }

    [Fact]
    public async Task A_line_of_too_many_words_is_refused()
        => await ShouldRefuseAsync(
            request => request.Content = new StringContent($"{{\"line\":[{string.Join(',', Enumerable.Repeat("\"x\"", 257))}]}}"), HttpStatusCode.BadRequest, "A line has at most 256 words", exit: 2);

    [Fact]
    public async Task A_proper_request_is_answered_in_lines_of_json()
    {
        await using var node = await SampleNode.StartAsync();
        using var request = Request(node);
        using var http = new HttpClient();

        using var response = await http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.Server.ShouldBeEmpty();
        (await response.Content.ReadAsStringAsync()).ShouldBe("{\"kind\":\"text\",\"text\":\"ledger of google\"}\n{\"kind\":\"end\",\"exit\":0}\n");
    }

    private static async Task ShouldRefuseAsync(Action<HttpRequestMessage> spoil, HttpStatusCode status, string reason, int exit = 4)
    {
        await using var node = await SampleNode.StartAsync();
        var (seen, reply) = await SendAsync(node, spoil);

        seen.ShouldBe(status);
        reply.ShouldStartWith($"{{\"kind\":\"failure\",\"text\":\"{reason}");
        reply.ShouldEndWith($"{{\"kind\":\"end\",\"exit\":{exit}}}\n");
    }

    private static async Task<(HttpStatusCode Status, string Reply)> SendAsync(SampleNode node, Action<HttpRequestMessage> spoil)
    {
        using var request = Request(node);
        spoil(request);
        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage Request(SampleNode node)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node.Address}/pbm/v1")
        {
            Content = new StringContent("{\"line\":[\"ledger\",\"google\"]}", Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add("X-Pbm", "1");
        return request;
    }
}
