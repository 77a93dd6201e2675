using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

/// <summary>A caller from another machine, whom loopback tests cannot have on a socket.</summary>
public sealed class RemoteCallerTests
{
    private const string Token = "a token of sixteen letters and more";

    private readonly RequestHandler _handler = new(
        new ShellEndpointSettings { Host = "0.0.0.0", Port = 9110, TokenFile = "/data/manager/pbm.token", AuditFile = "/data/manager/audit.log" },
        IPAddress.Any,
        Token,
        SampleNode.CommandSet(),
        TimeProvider.System,
        NullLogger.Instance,
        CancellationToken.None);

    [Theory]
    [InlineData("ledger")]
    [InlineData("help")]
    [InlineData("")]
    public async Task From_another_machine_looking_needs_the_token_too_and_no_file_is_named(string command)
    {
        string[] line = command.Length == 0 ? [] : [command];

        var (status, reply) = await SendAsync("10.0.0.7", new WireRequest(line));

        status.ShouldBe(401);
        var challenge = JsonSerializer.Deserialize(reply.Split('\n')[0], WireJson.Default.WireLine)!;
        challenge.TokenFile.ShouldBeNull();

        (status, reply) = await SendAsync("10.0.0.7", new WireRequest(line, challenge.Nonce, TokenProof.Of(Token, challenge.Nonce!, line)));
        status.ShouldBe(200);
        reply.ShouldEndWith("{\"kind\":\"end\",\"exit\":0}\n");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task From_this_machine_looking_is_free(string remote)
        => (await SendAsync(remote, new WireRequest(["ledger"]))).Status.ShouldBe(200);

    [Fact]
    public async Task A_caller_without_an_address_is_taken_for_one_from_elsewhere()
        => (await SendAsync(null, new WireRequest(["ledger"]))).Status.ShouldBe(401);

    private async Task<(int Status, string Reply)> SendAsync(string? remote, WireRequest body)
    {
        using var reply = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Request.Method = "POST";
        context.Request.Path = "/pbm/v1";
        context.Request.Host = new HostString("10.0.0.5", 9110);
        context.Request.Headers["X-Pbm"] = "1";
        context.Request.Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Default.WireRequest));
        context.Response.Body = reply;
        await _handler.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(reply.ToArray()));
    }
}
