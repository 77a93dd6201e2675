using Shouldly;
using Xunit;
using static ActorMonitor.Shell.Tests.Client.ScriptedKeys;

namespace ActorMonitor.Shell.Tests.Client.Prompt;

public sealed class TerminalLinesTests
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public async Task Tab_takes_what_the_node_has()
    {
        var lines = Lines([.. Typed("jo"), Tab, .. Typed("list"), Enter], (typed, _) => Task.FromResult(LineCompletion.Of(typed, ["jobs"])));

        (await lines.ReadAsync("> ", CancellationToken.None)).ShouldBe("jobs list");
    }

    [Fact]
    public async Task Several_candidates_are_listed_below_and_the_line_goes_on()
    {
        var lines = Lines([Tab, .. Typed("b"), Enter], (typed, _) => Task.FromResult(LineCompletion.Of(typed, ["a", "b"])));

        (await lines.ReadAsync("> ", CancellationToken.None)).ShouldBe("b");
        _output.ToString().ShouldContain("\na  b\n\r> ");
    }

    [Fact]
    public async Task Keys_typed_while_the_node_thinks_come_after_it()
    {
        var answer = new TaskCompletionSource<LineCompletion>();
        var keyboard = new ScriptedKeys([.. Typed("jo"), Tab, .. Typed("list"), Enter]) { OnLast = () => answer.SetResult(LineCompletion.Of("jo", ["jobs"])) };
        var lines = Lines(keyboard, (_, _) => answer.Task);

        (await lines.ReadAsync("> ", CancellationToken.None)).ShouldBe("jobs list");
    }

    [Fact]
    public async Task Control_C_ends_the_wait_for_a_node_that_does_not_answer()
    {
        var asked = new TaskCompletionSource<CancellationToken>();
        var never = new TaskCompletionSource<LineCompletion>();
        var lines = Lines([.. Typed("jo"), Tab, ControlC, .. Typed("x"), Enter], (_, cancellationToken) =>
        {
            asked.SetResult(cancellationToken);
            return never.Task;
        });

        (await lines.ReadAsync("> ", CancellationToken.None)).ShouldBe("x");
        (await asked.Task).IsCancellationRequested.ShouldBeTrue();
        _output.ToString().ShouldContain("^C\n");
    }

    [Fact]
    public async Task Control_D_ends_and_a_command_gets_its_interrupts_back()
    {
        var keyboard = new ScriptedKeys([ControlD]);
        (await Lines(keyboard, (_, _) => Task.FromResult(LineCompletion.None)).ReadAsync("> ", CancellationToken.None)).ShouldBeNull();

        keyboard.Interrupts.ShouldBe([true, false]);
    }

    private TerminalLines Lines(ConsoleKeyInfo[] keys, Func<string, CancellationToken, Task<LineCompletion>> complete) => Lines(new ScriptedKeys(keys), complete);

    private TerminalLines Lines(ScriptedKeys keyboard, Func<string, CancellationToken, Task<LineCompletion>> complete)
        => new(keyboard, _output, new Terminal { IsOutput = true, Size = () => (60, 20) }, new LineBuffer([]), new HistoryFile(null), complete);
}
