using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class ShellEndpointTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ShellCommand Waiting => SampleNode.Command("wait", cancellationToken => SampleNode.Waits(_began, _ended, _go.Task, cancellationToken));

    [Fact]
    public async Task A_taken_port_is_named_with_its_setting()
    {
        await using var first = await SampleNode.StartAsync();
        var port = first.Endpoint.Address.Port;
        await using var second = new SampleNode(settings => settings with { Port = port });

        var failure = await Should.ThrowAsync<ShellEndpointException>(() => second.Endpoint.StartAsync(CancellationToken.None));

        failure.Message.ShouldBe($"pbm cannot listen on 127.0.0.1:{port}: the port is taken, perhaps by another node. Set actor-monitor.pbm.port to a free port.");
    }

    [Fact]
    public async Task A_host_that_is_not_ours_is_named_with_its_setting()
    {
        const string host = "name.invalid";
        await using var node = new SampleNode(settings => settings with { Host = host });

        var failure = await Should.ThrowAsync<ShellEndpointException>(() => node.Endpoint.StartAsync(CancellationToken.None));

        failure.Message.ShouldStartWith($"pbm cannot listen on {host}");
        failure.Message.ShouldContain("Set actor-monitor.pbm.host");
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with a \n line break")]
    [InlineData(" padded with spaces ")]
    public void A_configured_token_that_is_no_token_is_refused(string token)
        => Should.Throw<ArgumentException>(() => new ShellEndpoint(new ShellEndpointSettings { Port = 0, TokenFile = "pbm.token", AuditFile = "audit.log", Token = token }, SampleNode.CommandSet()))
            .Message.ShouldContain("actor-monitor.pbm.token");

    [Fact]
    public async Task A_command_that_throws_is_an_answer_and_a_line_in_the_nodes_log()
    {
        await using var node = await SampleNode.StartAsync(null, SampleNode.Command("boom", _ => throw new InvalidOperationException("It is on fire.")));

        var run = await node.PbmAsync("boom");

        run.Exit.ShouldBe(1);
        run.Error.ShouldBe("pbm: boom failed: It is on fire. The node's log has the details.\n");
        node.Log.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Text == "pbm: boom failed" && line.Exception is InvalidOperationException);
    }

    [Fact]
    public async Task A_row_that_does_not_fit_its_table_is_the_commands_failure()
    {
        await using var node = await SampleNode.StartAsync(null, SampleNode.Command("odd", _ => SampleNode.Says(new TableHeader("a"), new TableRow("x", "y"))));

        var run = await node.PbmAsync("odd");

        run.Exit.ShouldBe(1);
        run.Error.ShouldContain("A row has 2 values for 1 columns.");
    }

    [Fact]
    public async Task A_command_that_does_not_end_is_given_up()
    {
        var time = new FiringTime();
        await using var node = new SampleNode(null, [Waiting], time);
        await node.Endpoint.StartAsync(CancellationToken.None);
        var run = node.PbmAsync("wait");
        await _began.Task.WaitAsync(Patience);

        time.Fire(TimeSpan.FromSeconds(30));

        (await run).ShouldBe(new PbmRun(1, "began\n", "pbm: wait did not end within 30 s and was given up.\n"));
        await _ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_command_that_does_not_heed_its_token_is_left_behind()
    {
        var time = new FiringTime();
        await using var node = new SampleNode(null, [SampleNode.Command("deaf", _ => Deaf())], time);
        await node.Endpoint.StartAsync(CancellationToken.None);
        var run = node.PbmAsync("deaf");
        await _began.Task.WaitAsync(Patience);

        time.Fire(TimeSpan.FromSeconds(30));

        (await run).Exit.ShouldBe(1);
        _ended.Task.IsCompleted.ShouldBeFalse();
        _go.SetResult();
        await _ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_command_ends_when_its_caller_goes_away()
    {
        await using var node = await SampleNode.StartAsync(null, Waiting);
        using var leave = new CancellationTokenSource();
        var run = PbmRun.OfAsync([node.Address, "wait"], cancellationToken: leave.Token);
        await _began.Task.WaitAsync(Patience);

        await leave.CancelAsync();

        (await run).Exit.ShouldBe(130);
        await _ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task What_a_command_says_is_sent_before_it_waits()
    {
        await using var node = await SampleNode.StartAsync(null, Waiting);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node.Address}/pbm/v1") { Content = new StringContent("{\"line\":[\"wait\"]}") };
        request.Headers.Add("X-Pbm", "1");
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        (await lines.ReadLineAsync().WaitAsync(Patience)).ShouldBe("{\"kind\":\"text\",\"text\":\"began\"}");

        _go.SetResult();
        (await lines.ReadToEndAsync()).ShouldBe("{\"kind\":\"text\",\"text\":\"went on\"}\n{\"kind\":\"end\",\"exit\":0}\n");
    }

    [Fact]
    public async Task Commands_beyond_the_bound_are_refused_and_later_ones_are_served()
    {
        await using var node = await SampleNode.StartAsync(settings => settings with { MaxConcurrentCommands = 1 }, Waiting);
        var first = node.PbmAsync("wait");
        await _began.Task.WaitAsync(Patience);

        var second = await node.PbmAsync("ledger");
        second.Exit.ShouldBe(4);
        second.Error.ShouldBe("pbm: The node is busy with 1 other commands; try again.\n");

        _go.SetResult();
        (await first).Exit.ShouldBe(0);

        // The place is free once the handler has returned, a moment after the caller has its last line.
        PbmRun third;
        var patience = Patience.TotalSeconds * 1_000;
        do
            third = await node.PbmAsync("ledger");
        while (third.Exit == 4 && patience-- > 0);
        third.Exit.ShouldBe(0);
    }

    [Fact]
    public async Task Several_callers_are_served_at_a_time()
    {
        await using var node = await SampleNode.StartAsync(null, Waiting);
        var waiting = node.PbmAsync("wait");
        await _began.Task.WaitAsync(Patience);

        var runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => node.PbmAsync("ledger", $"job-{i}")));

        runs.Select(run => run.Output).ShouldBe(Enumerable.Range(0, 10).Select(i => $"ledger of job-{i}\n"));
        _go.SetResult();
        (await waiting).Output.ShouldBe("began\nwent on\n");
    }

    [Fact]
    public async Task A_stopping_node_says_so_to_those_who_wait()
    {
        await using var node = await SampleNode.StartAsync(null, Waiting);
        var run = node.PbmAsync("wait");
        await _began.Task.WaitAsync(Patience);

        await node.Endpoint.StopAsync(CancellationToken.None).WaitAsync(Patience);

        (await run).ShouldBe(new PbmRun(1, "began\n", "pbm: The node is stopping.\n"));
        (await node.PbmAsync("ledger")).Exit.ShouldBe(3);
    }

    [Fact]
    public async Task A_reply_of_very_many_lines_is_cut_and_says_so()
    {
        await using var node = await SampleNode.StartAsync(null, SampleNode.Command("flood", _ => Flood()));

        var run = await node.PbmAsync("flood");

        run.Exit.ShouldBe(1);
        run.Output.Count(c => c == '\n').ShouldBe(100_000);
        run.Error.ShouldBe("pbm: flood said more than 100000 lines; the rest is left out.\n");
    }

    [Fact]
    public async Task A_challenge_is_answered_once()
    {
        await using var node = await SampleNode.StartAsync();
        var nonce = await ChallengeAsync(node);
        string[] line = ["jobs", "pause", "google"];
        var proof = TokenProof.Of(TokenFile.Read(node.Settings.TokenFile).Token!, nonce, line);

        (await PostAsync(node, line, nonce, proof)).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(node, line, nonce, proof)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        node.Paused.ShouldBe(["google"]);
    }

    [Fact]
    public async Task A_proof_is_for_its_line_alone()
    {
        await using var node = await SampleNode.StartAsync();
        var nonce = await ChallengeAsync(node);
        var proof = TokenProof.Of(TokenFile.Read(node.Settings.TokenFile).Token!, nonce, ["jobs", "pause", "google"]);

        var (status, reply) = await PostAsync(node, ["jobs", "pause", "shop"], nonce, proof);

        status.ShouldBe(HttpStatusCode.Forbidden);
        reply.ShouldContain("The token is not this node");
        node.Paused.ShouldBeEmpty();
        node.Log.Lines.ShouldContain(entry => entry.Level == LogLevel.Warning && entry.Text.Contains("wrong token"));
    }

    [Fact]
    public async Task IPv6_is_listened_on_too()
    {
        if (!Socket.OSSupportsIPv6)
            return;
        await using var node = await SampleNode.StartAsync(settings => settings with { Host = "::1" });

        (await PbmRun.OfAsync([$"[::1]:{node.Endpoint.Address.Port}", "jobs", "pause", "google"])).ShouldBe(new PbmRun(0, "google is paused.\n", ""));
    }

    private async IAsyncEnumerable<ShellOutput> Deaf()
    {
        _began.SetResult();
        await _go.Task;
        _ended.SetResult();
        yield return new TextLine("too late");
    }

    private static async Task<string> ChallengeAsync(SampleNode node)
    {
        var (status, reply) = await PostAsync(node, ["jobs", "pause", "google"]);
        status.ShouldBe(HttpStatusCode.Unauthorized);
        var challenge = JsonSerializer.Deserialize(reply.Split('\n')[0], WireJson.Default.WireLine)!;
        challenge.Kind.ShouldBe("challenge");
        challenge.TokenFile.ShouldBe(node.Settings.TokenFile);
        return challenge.Nonce!;
    }

    private static async Task<(HttpStatusCode Status, string Reply)> PostAsync(SampleNode node, string[] line, string? nonce = null, string? proof = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node.Address}/pbm/v1");
        request.Content = new StringContent(JsonSerializer.Serialize(new WireRequest(line, nonce, proof), WireJson.Default.WireRequest));
        request.Headers.Add("X-Pbm", "1");
        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async IAsyncEnumerable<ShellOutput> Flood()
    {
        await Task.Yield();
        while (true)
            yield return new TextLine("x");
    }
}
