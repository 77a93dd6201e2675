using ActorMonitor.Shell;

namespace ActorMonitor.Host.Tests.NodeCommands;

/// <summary>Types lines at a node of some commands, and reads what they say as text.</summary>
internal sealed class Typed(params IEnumerable<ShellCommand> commands)
{
    private readonly ShellCommandSet _commands = new("monitor", commands);

    public async Task<(int Exit, string Text)> RunAsync(params string[] line)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var exit = await _commands.RunAsync(line, output, CancellationToken.None);
        return (exit, output.ToString());
    }

    /// <summary>The lines without the padding between columns.</summary>
    public async Task<string[]> LinesAsync(params string[] line)
        => [.. (await RunAsync(line)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
