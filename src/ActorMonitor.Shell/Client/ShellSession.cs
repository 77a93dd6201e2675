namespace ActorMonitor.Shell;

/// <summary>One line after the other, from a person or from a file, until <c>exit</c> or the end.</summary>
internal sealed class ShellSession(ShellClient client, ShellConsole console, PbmArguments arguments)
{
    /// <summary>Runs the lines.</summary>
    /// <returns>At a terminal 0, once the node was there; for a file the code of the first line that failed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var lines = console.Lines([]);
        if (lines.IsTerminal)
        {
            var sink = console.Sink(isJson: false);
            var (exit, hello) = await client.GreetAsync(sink, cancellationToken);
            if (exit != ShellExit.Ok || hello is null)
                return exit;
            lines = console.Lines([.. (hello.Commands ?? []).Select(TerminalText.Escape), "help", "exit", "quit"]);
            await console.Output.WriteLineAsync(TerminalText.Escape($"{hello.Node} at {client.Node}, ActorMonitor {hello.Version}. Type help for its commands, exit to leave."));
        }

        var first = ShellExit.Ok;
        while (await lines.ReadAsync($"[{client.Node}] pbm> ", cancellationToken) is { } line)
        {
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] == '#')
                continue;
            if (trimmed.ToLowerInvariant() is "exit" or "quit")
                break;
            var exit = await RunLineAsync(trimmed, cancellationToken);
            if (lines.IsTerminal)
                continue;
            first = first == ShellExit.Ok ? exit : first;

            // The lines of a file are not tried one by one on a node that is not there.
            if (exit == ShellExit.Unreachable)
                break;
        }

        return first;
    }

    private async Task<int> RunLineAsync(string line, CancellationToken cancellationToken)
    {
        var words = LineWords.Split(line);
        var parsed = PbmArguments.ParseLine(words ?? []);
        var sink = console.Sink(parsed.IsJson ?? arguments.IsJson ?? false);
        var problem = words is null ? "A quote is left open."
            : parsed.TokenFile is not null ? "Name the token file when pbm is started."
            : parsed.Problem;
        if (problem is not null)
        {
            await sink.WriteAsync(new Failure(problem));
            return ShellExit.Usage;
        }

        using var interrupt = console.Interruptible(cancellationToken);
        try
        {
            var exit = await client.SendAsync(parsed.Line, sink, interrupt.Token);
            await sink.EndAsync();
            return exit;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await sink.WriteAsync(new Failure("Interrupted."));
            return ShellExit.Interrupted;
        }
    }
}
