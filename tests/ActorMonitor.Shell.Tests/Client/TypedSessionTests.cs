using ActorMonitor.Shell.Tests.Client.Connection;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client;

public sealed class TypedSessionTests : IDisposable
{
    private const string Hello = "{\"kind\":\"hello\",\"node\":\"manager\",\"version\":\"1.2.3\",\"commands\":[]}\n";
    private const string End = "{\"kind\":\"end\",\"exit\":0}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-").FullName;
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    [Fact]
    public async Task A_node_that_is_killed_within_a_reply_does_not_end_the_session()
    {
        await using var server = ScriptedServer.Reply(Hello + End, "{\"kind\":\"text\",\"text\":\"half\"}\n", "{\"kind\":\"text\",\"text\":\"back\"}\n" + End);

        (await RunAsync(server.Address, ScriptedKeys.Lines("results tail", "ledger"))).ShouldBe(0);

        _output.ToString().ShouldContain("manager at " + server.Address);
        _output.ToString().ShouldContain("half\n");
        _output.ToString().ShouldContain("back\n");
        _error.ToString().ShouldBe($"pbm: {server.Address} went away before the end.\n");
    }

    [Fact]
    public async Task Lines_are_kept_and_clear_is_not_for_the_node()
    {
        await using var server = ScriptedServer.Reply(Hello + End, End, End);

        await RunAsync(server.Address, ScriptedKeys.Lines("clear", "ledger", " quiet", "exit"));

        _output.ToString().ShouldContain("\e[H\e[2J");
        server.Requests.Count.ShouldBe(3);
        (await File.ReadAllLinesAsync(Path.Combine(_folder, "history"))).ShouldBe(["clear", "ledger", "exit"]);
    }

    [Theory]
    [InlineData("ledger --tls", "--tls is for the start of pbm.")]
    [InlineData("ledger --ca-file x", "Name the file of authorities when pbm is started.")]
    [InlineData("ledger --token-file x", "Name the token file when pbm is started.")]
    [InlineData("--watch", "There is no command in this line.")]
    [InlineData("ledger 'x", "A quote is left open.")]
    public async Task What_cannot_be_typed_is_said(string line, string problem)
    {
        await using var server = ScriptedServer.Reply(Hello + End);

        await RunAsync(server.Address, ScriptedKeys.Lines(line));

        _error.ToString().ShouldBe($"pbm: {problem}\n");
    }

    [Fact]
    public async Task Without_a_node_there_is_no_prompt()
    {
        await using var server = ScriptedServer.Raw("");

        (await RunAsync(server.Address, ScriptedKeys.Lines("ledger"))).ShouldBe(3);

        _output.ToString().ShouldNotContain("pbm>");
    }

    [Fact]
    public async Task A_terminal_that_cannot_move_its_cursor_has_a_prompt_too()
    {
        await using var server = ScriptedServer.Reply(Hello + End, "{\"kind\":\"text\",\"text\":\"fine\"}\n" + End);
        using var console = new ShellConsole(new StringReader("ledger\n"), _output, _error, ScriptedKeys.Lines(), _ => Terminal.None, new HistoryFile(null));

        (await ShellProgram.RunAsync([server.Address], console, CancellationToken.None)).ShouldBe(0);

        _output.ToString().ShouldEndWith($"[{server.Address}] pbm> fine\n[{server.Address}] pbm> ");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<int> RunAsync(string address, ScriptedKeys keys)
    {
        var terminal = new Terminal { IsOutput = true, Size = () => (80, 24) };
        using var console = new ShellConsole(TextReader.Null, _output, _error, keys, _ => terminal, new HistoryFile(Path.Combine(_folder, "history")));
        return await ShellProgram.RunAsync([address], console, CancellationToken.None);
    }
}
