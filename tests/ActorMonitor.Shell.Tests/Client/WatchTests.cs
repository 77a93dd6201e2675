using ActorMonitor.Shell.Tests.Client.Connection;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watched_line_is_run_again_and_again_until_it_is_interrupted()
    {
        using var ends = new CancellationTokenSource();
        var runs = 0;
        await using var node = await SampleNode.StartAsync(null, SampleNode.Command("count", _ => Count(ends, ++runs)));

        var run = await PbmRun.OfAsync([node.Address, "count", "--watch", "100ms"], cancellationToken: ends.Token);

        run.Exit.ShouldBe(130);
        run.Output.ShouldMatch($"^Every 100ms: count   {node.Address}   \\d\\d:\\d\\d:\\d\\dZ\nrun 1\n\nEvery 100ms: count   {node.Address}   \\d\\d:\\d\\d:\\d\\dZ\nrun 2\n");
    }

    [Fact]
    public async Task In_json_a_watched_line_gives_rows_only()
    {
        using var ends = new CancellationTokenSource();
        var runs = 0;
        await using var node = await SampleNode.StartAsync(null, SampleNode.Command("count", _ => Count(ends, ++runs)));

        (await PbmRun.OfAsync([node.Address, "count", "--watch=100ms", "-o", "json"], cancellationToken: ends.Token)).Output.ShouldStartWith("{\"text\":\"run 1\"}\n{\"text\":\"run 2\"}\n");
    }

    [Fact]
    public async Task A_node_that_goes_away_is_tried_until_it_is_back()
    {
        using var ends = new CancellationTokenSource();
        const string Fine = "{\"kind\":\"text\",\"text\":\"fine\"}\n";
        await using var server = ScriptedServer.Reply(Fine + "{\"kind\":\"end\",\"exit\":0}\n", Fine, "", Fine + "{\"kind\":\"end\",\"exit\":0}\n");
        server.OnReplied = count =>
        {
            if (count == 4)
                ends.CancelAfter(TimeSpan.FromMilliseconds(100));
        };

        var run = await PbmRun.OfAsync([server.Address, "jobs", "list", "--watch", "100ms"], cancellationToken: ends.Token);

        run.Exit.ShouldBe(130);
        run.Error.Split('\n')[..2].ShouldBe([$"pbm: {server.Address} went away before the end.", $"pbm: {server.Address} went away before the end."]);
        server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_line_that_is_wrong_from_the_start_is_not_said_again()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("frobnicate", "--watch")).ShouldBe(new PbmRun(2, "", "pbm: This manager has no command \"frobnicate\". Try: help\n"));
    }

    [Fact]
    public async Task A_line_that_changes_the_node_is_not_repeated()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("jobs", "pause", "my job", "--watch")).ShouldBe(
            new PbmRun(2, "", "pbm: jobs pause \"my job\" changes the node, which --watch would do again and again. Run it once.\n"));
        node.Paused.ShouldBeEmpty();
    }

    [Fact]
    public void The_watched_arguments_keep_their_numbers()
    {
        PbmArguments.Parse(["probes", "scale", "--watch", "8"]).Line.ShouldBe(["probes", "scale", "8"]);
        PbmArguments.Parse(["probes", "--watch", "8s", "stats"]).Line.ShouldBe(["probes", "stats"]);
        PbmArguments.Parse(["probes", "--watch", "8s", "stats"]).Watch.ShouldBe(TimeSpan.FromSeconds(8));
        PbmArguments.Parse(["probes", "--watch"]).Watch.ShouldBe(TimeSpan.FromSeconds(2));
    }

    private static IAsyncEnumerable<ShellOutput> Count(CancellationTokenSource ends, int run)
    {
        // The third says nothing that the test reads: the second is complete when it comes.
        if (run == 3)
            ends.Cancel();
        return SampleNode.Says(new TextLine($"run {run}"));
    }
}
