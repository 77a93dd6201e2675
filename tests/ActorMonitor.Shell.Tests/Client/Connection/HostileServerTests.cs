using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Connection;

public sealed class HostileServerTests : IDisposable
{
    private const string End = "{\"kind\":\"end\",\"exit\":0}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-").FullName;

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "what answers there is no HTTP server")]
    [InlineData("", "it closed the connection")]
    public async Task Something_else_on_the_port_is_no_node(string reply, string reason)
    {
        await using var server = ScriptedServer.Raw(reply);

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        run.Exit.ShouldBe(3);
        run.Error.ShouldContain(reason);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nhome", 200)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302)]
    public async Task Another_web_server_is_no_node(string reply, int status)
    {
        await using var server = ScriptedServer.Raw(reply);

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        run.ShouldBe(new PbmRun(3, "", $"pbm: {server.Address} answers HTTP {status} without a reply for pbm.\n"));
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("[1,2]\n")]
    [InlineData("{\"kind\":7}\n")]
    [InlineData("\n")]
    [InlineData("null\n")]
    [InlineData("{\"kind\":\"row\",\"values\":[{\"a\":1}]}\n")]
    [InlineData("{\"kind\":\"end\",\"exit\":\"0\"} {\n")]
    public async Task A_line_that_is_no_reply_ends_it(string body)
    {
        await using var server = ScriptedServer.Reply("{\"kind\":\"text\",\"text\":\"fine so far\"}\n" + body + End);

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        run.Exit.ShouldBe(3);
        run.Output.ShouldBe("fine so far\n");
        run.Error.ShouldStartWith($"pbm: {server.Address} sent ");
    }

    [Fact]
    public async Task A_line_without_end_is_not_collected()
    {
        await using var server = ScriptedServer.Reply(new string(' ', 2 * 1024 * 1024));

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        run.ShouldBe(new PbmRun(3, "", $"pbm: {server.Address} sent a line of more than 1024 KiB.\n"));
    }

    [Fact]
    public async Task A_reply_without_its_end_is_no_success()
    {
        await using var server = ScriptedServer.Reply("{\"kind\":\"text\",\"text\":\"half\"}\n{\"kind\":\"end\",\"ex");

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        run.ShouldBe(new PbmRun(3, "half\n", $"pbm: {server.Address} went away before the end.\n"));
    }

    [Theory]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("null")]
    public async Task An_exit_code_that_a_shell_would_take_for_success_is_failure(string exit)
    {
        await using var server = ScriptedServer.Reply($"{{\"kind\":\"end\",\"exit\":{exit}}}\n");

        (await PbmRun.OfAsync([server.Address, "ledger"])).Exit.ShouldBe(1);
    }

    [Fact]
    public async Task A_row_without_a_table_and_kinds_to_come_do_no_harm()
    {
        await using var server = ScriptedServer.Reply(
            "{\"kind\":\"row\",\"values\":[1]}\n{\"kind\":\"progress\",\"text\":\"half\",\"fraction\":0.5}\n{\"kind\":\"frame\"}\n{\"kind\":\"alive\"}\n{\"kind\":\"of a newer node\"}\n{\"kind\":\"header\",\"columns\":[{\"name\":\"a\"}]}\n{\"kind\":\"row\",\"values\":[1,2,3]}\n" + End);

        (await PbmRun.OfAsync([server.Address, "ledger"])).ShouldBe(new PbmRun(0, "A\n1\n", ""));
    }

    [Fact]
    public async Task Names_and_texts_cannot_steer_the_terminal()
    {
        await using var server = ScriptedServer.Reply(
            "{\"kind\":\"header\",\"columns\":[{\"name\":\"\\u001b[2J\"}]}\n{\"kind\":\"row\",\"values\":[\"\\u001b]0;x\\u0007\"]}\n{\"kind\":\"failure\",\"text\":\"\\u009b1m\"}\n" + End);

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        (run.Output + run.Error).ShouldNotContain(c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task A_node_cannot_have_any_file_of_ours_used_for_its_challenge()
    {
        var secret = Path.Combine(_folder, "id_rsa");
        await File.WriteAllTextAsync(secret, "a secret of sixteen letters and more");
        await using var server = ScriptedServer.Reply($"{{\"kind\":\"challenge\",\"nonce\":\"n\",\"tokenFile\":\"{secret}\"}}\n{{\"kind\":\"end\",\"exit\":4}}\n");

        var run = await PbmRun.OfAsync([server.Address, "jobs", "pause", "google"]);

        run.Exit.ShouldBe(4);
        run.Error.ShouldBe($"pbm: {server.Address} wants its token for this: copy the file pbm.token from the node's data folder and name it with --token-file.\n");
        server.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_token_is_never_sent_itself()
    {
        const string Token = "a token of sixteen letters and more";
        var file = Path.Combine(_folder, "pbm.token");
        await File.WriteAllTextAsync(file, Token);
        var challenge = $"{{\"kind\":\"challenge\",\"nonce\":\"n1\",\"tokenFile\":\"{file}\"}}\n{{\"kind\":\"end\",\"exit\":4}}\n";
        await using var server = ScriptedServer.Reply(challenge, challenge.Replace("n1", "n2"));

        (await PbmRun.OfAsync([server.Address, "jobs", "pause", "google"])).Exit.ShouldBe(4);

        server.Requests.Count.ShouldBe(2);
        server.Requests[1].ShouldContain(TokenProof.Of(Token, "n1", ["jobs", "pause", "google"]));
        string.Concat(server.Requests).ShouldNotContain(Token);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
