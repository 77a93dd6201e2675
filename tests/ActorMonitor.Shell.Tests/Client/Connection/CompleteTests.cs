using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Connection;

public sealed class CompleteTests
{
    private const string End = "{\"kind\":\"end\",\"exit\":0}\n";

    [Fact]
    public async Task A_line_is_completed_without_being_run()
    {
        await using var server = ScriptedServer.Reply("{\"kind\":\"candidates\",\"candidates\":[\"list\",null,\"show\"]}\n" + End);

        (await CompleteAsync(server.Address, "jobs", "")).ShouldBe(["list", "show"]);

        server.Requests.ShouldHaveSingleItem().ShouldContain("{\"line\":[\"jobs\",\"\"],\"complete\":true,\"user\":\"");
    }

    [Theory]
    [InlineData("{\"kind\":\"failure\",\"text\":\"no\"}\n{\"kind\":\"end\",\"exit\":1}\n")]
    [InlineData("{\"kind\":\"candidates\"}\n{\"kind\":\"end\",\"exit\":0}\n")]
    [InlineData("{\"kind\":\"candidates\",\"candidates\":7}\n")]
    [InlineData("nonsense\n")]
    [InlineData("")]
    public async Task Whatever_goes_wrong_nothing_is_offered(string reply)
    {
        await using var server = ScriptedServer.Reply(reply);

        (await CompleteAsync(server.Address, "jobs", "")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_not_waited_for()
    {
        await using var server = ScriptedServer.Silent();

        var completing = CompleteAsync(server.Address, "jobs", "");

        (await completing.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_is_sent_with_the_users_name_and_not_as_a_question()
    {
        await using var server = ScriptedServer.Reply(End);

        await PbmRun.OfAsync([server.Address, "ledger"]);

        server.Requests[0].ShouldContain("{\"line\":[\"ledger\"],\"user\":\"" + Environment.UserName + "\"}");
    }

    private static async Task<IReadOnlyList<string>> CompleteAsync(string address, params string[] line)
    {
        var node = NodeAddress.Parse(address)!;
        using var client = new ShellClient(node, usesTls: false, new TokenSource(null), NodeTrust.Of(node, null).Trust!);
        return await client.CompleteAsync(line, CancellationToken.None);
    }
}
