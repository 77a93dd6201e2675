using System.Net;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client;

public sealed class ShellProgramTests
{
    [Fact]
    public async Task A_command_is_run_on_the_node_and_its_tables_are_printed()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("jobs", "list", "--limit", "3")).ShouldBe(new PbmRun(0, GoldenFile.Read("jobs-list.txt"), ""));
    }

    [Theory]
    [InlineData("--output json jobs list --limit 3")]
    [InlineData("jobs list --limit 3 --output json")]
    [InlineData("jobs --output=json list --limit 3")]
    public async Task Output_json_may_stand_anywhere(string line)
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync(line.Split(' '))).ShouldBe(new PbmRun(0, GoldenFile.Read("jobs-list.json"), ""));
    }

    [Fact]
    public async Task A_failure_that_a_command_reports_is_exit_1_and_the_rest_is_still_said()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("jobs", "pause", "a", "nix", "b")).ShouldBe(new PbmRun(1, "a is paused.\nb is paused.\n", "pbm: There is no job nix.\n"));
        (await node.PbmAsync("jobs", "pause", "nix", "--output", "json")).ShouldBe(new PbmRun(1, "", "{\"error\":\"There is no job nix.\"}\n"));
    }

    [Fact]
    public async Task A_command_of_the_other_kind_of_node_is_exit_2_and_names_its_port()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("clients", "list")).ShouldBe(
            new PbmRun(2, "", "pbm: clients is a command of a monitor, and this node is a manager. Try: pbm 127.0.0.1:9111 clients list\n"));
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_exit_3()
    {
        var address = FreeAddress();

        (await PbmRun.OfAsync([address, "ledger"])).ShouldBe(
            new PbmRun(3, "", $"pbm: No node at {address}: connection refused. Is it running? Managers listen on 9110, monitors on 9111.\n"));
    }

    [Fact]
    public async Task A_name_without_an_address_is_exit_3()
        => (await PbmRun.OfAsync(["node.invalid:9110", "ledger"])).ShouldBe(new PbmRun(3, "", "pbm: No node at node.invalid:9110: the name has no address.\n"));

    [Fact]
    public async Task A_changing_command_uses_the_nodes_token_file_by_itself()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("jobs", "pause", "google")).ShouldBe(new PbmRun(0, "google is paused.\n", ""));
        node.Paused.ShouldBe(["google"]);
    }

    [Fact]
    public async Task A_changing_command_without_a_readable_token_is_exit_4()
    {
        await using var node = await SampleNode.StartAsync();
        File.Delete(node.Settings.TokenFile);

        var run = await node.PbmAsync("jobs", "pause", "google");

        run.Exit.ShouldBe(4);
        run.Error.ShouldBe(
            $"pbm: {node.Address} wants its token for this: {node.Settings.TokenFile} cannot be used, this user sees no such file. Run pbm as the node's user, or name a readable copy with --token-file.\n");
        node.Paused.ShouldBeEmpty();
        (await node.PbmAsync("ledger")).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task A_changing_command_with_a_wrong_token_is_exit_4()
    {
        await using var node = await SampleNode.StartAsync();
        var wrong = node.Settings.TokenFile + ".wrong";
        await File.WriteAllTextAsync(wrong, "not the token of this node");

        var run = await node.PbmAsync("--token-file", wrong, "jobs", "pause", "google");

        run.ShouldBe(new PbmRun(4, "", "pbm: The token is not this node's.\n"));
        node.Paused.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_configured_token_serves_from_a_copy_of_it()
    {
        await using var node = await SampleNode.StartAsync(settings => settings with { Token = "configured by somebody" });
        var copy = node.Settings.TokenFile + ".copy";
        await File.WriteAllTextAsync(copy, "configured by somebody\n");

        (await node.PbmAsync("jobs", "pause", "google", "--token-file=" + copy)).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task Lines_are_read_from_the_input_until_exit()
    {
        await using var node = await SampleNode.StartAsync();

        var run = await PbmRun.OfAsync([node.Address], "# a comment\n\nledger 'my job'\n  jobs pause \"a \\\" b\"\nEXIT\nledger never\n");

        run.ShouldBe(new PbmRun(0, "ledger of my job\na \" b is paused.\n", ""));
    }

    [Fact]
    public async Task All_lines_of_a_file_run_and_the_first_failure_is_the_exit_code()
    {
        await using var node = await SampleNode.StartAsync();

        var run = await PbmRun.OfAsync([node.Address], "frobnicate\njobs pause nix\nledger --output json a\nledger 'b\nledger c");

        run.Exit.ShouldBe(2);
        run.Output.ShouldBe("{\"text\":\"ledger of a\"}\nledger of c\n");
        run.Error.ShouldBe("pbm: This manager has no command \"frobnicate\". Try: help\npbm: There is no job nix.\npbm: A quote is left open.\n");
    }

    [Fact]
    public async Task The_output_asked_for_at_the_start_holds_for_every_line()
    {
        await using var node = await SampleNode.StartAsync();

        (await PbmRun.OfAsync([node.Address, "--output", "json"], "ledger a\nledger b --output text\n")).Output.ShouldBe("{\"text\":\"ledger of a\"}\nledger of b\n");
    }

    [Fact]
    public async Task The_lines_of_a_file_are_not_tried_one_by_one_on_a_node_that_is_not_there()
    {
        var run = await PbmRun.OfAsync([FreeAddress()], "ledger a\nledger b\n");

        run.Exit.ShouldBe(3);
        run.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public async Task Help_and_version_need_no_node()
    {
        var help = await PbmRun.OfAsync(["--help"]);
        help.Exit.ShouldBe(0);
        help.Output.ReplaceLineEndings("\n").ShouldBe(GoldenFile.Read("pbm-help.txt"));

        var version = await PbmRun.OfAsync(["--version"]);
        version.Exit.ShouldBe(0);
        version.Output.ShouldMatch(@"^pbm \d+\.\d+\.\d+\n$");
    }

    [Fact]
    public async Task Help_after_a_node_is_the_nodes_help()
    {
        await using var node = await SampleNode.StartAsync();

        (await node.PbmAsync("--help")).Output.ShouldBe(GoldenFile.Read("help-node.txt"));
        (await node.PbmAsync("help", "jobs", "list")).Output.ShouldBe(GoldenFile.Read("help-jobs-list.txt"));
    }

    [Theory]
    [InlineData("127.0.0.1:x help", "127.0.0.1:x is no HOST:PORT. Try: pbm --help")]
    [InlineData("host:0 help", "host:0 is no HOST:PORT. Try: pbm --help")]
    [InlineData("help --output xml", "--output xml: expected table or json. Try: pbm --help")]
    [InlineData("help --output", "--output needs a value. Try: pbm --help")]
    [InlineData("help --color blue", "--color blue: expected auto, always or never. Try: pbm --help")]
    [InlineData("help --watch=x", "--watch x: expected a time from 100ms to 1h, for example 2s. Try: pbm --help")]
    [InlineData("help --watch 50ms", "--watch 50ms: expected a time from 100ms to 1h, for example 2s. Try: pbm --help")]
    [InlineData("help --watch 61m", "--watch 61m: expected a time from 100ms to 1h, for example 2s. Try: pbm --help")]
    [InlineData("--watch", "--watch needs a command to run again and again. Try: pbm --help")]
    [InlineData("help --tls=yes", "--tls takes no value. Try: pbm --help")]
    [InlineData("help --token-file", "--token-file needs a value. Try: pbm --help")]
    public async Task Arguments_that_are_not_understood_are_exit_2(string arguments, string message)
        => (await PbmRun.OfAsync(arguments.Split(' '))).ShouldBe(new PbmRun(2, "", $"pbm: {message}\n"));

    [Fact]
    public async Task A_line_beyond_the_bounds_is_exit_2_without_a_node()
        => (await PbmRun.OfAsync([FreeAddress(), new string('x', 5_000)])).Exit.ShouldBe(2);

    // Bound once and let go: nobody listens there now.
    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
