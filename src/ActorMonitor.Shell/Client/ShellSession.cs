namespace ActorMonitor.Shell;

/// <summary>One line after the other, from a person or from a file, until <c>exit</c> or the end.</summary>
internal sealed class ShellSession(ShellClient client, ShellConsole console, PbmArguments arguments)
{
    private readonly LineRun _run = new(client, TimeProvider.System);

    /// <summary>Runs the lines.</summary>
    /// <returns>At a terminal 0, once the node was there; for a file the code of the first line that failed.</returns>
    public Task<int> RunAsync(CancellationToken cancellationToken)
        => console.IsInteractive ? RunTypedAsync(cancellationToken) : RunFileAsync(cancellationToken);

    private async Task<int> RunTypedAsync(CancellationToken cancellationToken)
    {
        var terminal = console.TerminalFor(arguments);
        var (exit, hello) = await client.GreetAsync(console.Sink(arguments), cancellationToken);
        if (exit != ShellExit.Ok || hello is null)
            return exit;
        var greeting = TerminalText.Escape($"{hello.Node} at {client.Node}, ActorMonitor {hello.Version}. Type help for its commands, exit to leave.");
        foreach (var text in TextWrap.Lines(greeting, terminal.Room))
            await console.Output.WriteLineAsync(terminal.OutputInk.Aside(text));

        var lines = await console.TypedLinesAsync(terminal, new Completer(client.CompleteAsync), cancellationToken);
        while (await lines.ReadAsync($"[{client.Node}] pbm> ", cancellationToken) is { } line)
        {
            if (IsNothing(line))
                continue;
            if (IsExit(line))
                break;
            if (!line.Trim().Equals("clear", StringComparison.OrdinalIgnoreCase))
                _ = await RunLineAsync(line, cancellationToken);
            else if (terminal.IsOutput)
                await console.Output.WriteAsync("\e[H\e[2J");
        }

        return ShellExit.Ok;
    }

    private async Task<int> RunFileAsync(CancellationToken cancellationToken)
    {
        var lines = console.Lines();
        var first = ShellExit.Ok;
        while (await lines.ReadAsync("", cancellationToken) is { } line)
        {
            if (IsNothing(line))
                continue;
            if (IsExit(line))
                break;
            var exit = await RunLineAsync(line, cancellationToken);
            first = first == ShellExit.Ok ? exit : first;

            // The lines of a file are not tried one by one on a node that is not there, nor after Ctrl+C.
            if (exit is ShellExit.Unreachable or ShellExit.Interrupted)
                break;
        }

        return first;
    }

    private async Task<int> RunLineAsync(string line, CancellationToken cancellationToken)
    {
        var words = LineWords.Split(line);
        var parsed = PbmArguments.ParseTyped(words ?? []).Under(arguments);
        var sink = console.Sink(parsed);
        var problem = words is null ? "A quote is left open." : parsed.Problem;
        if (problem is not null)
        {
            await sink.WriteAsync(new Failure(problem));
            return ShellExit.Usage;
        }

        using var interrupt = console.Interruptible(cancellationToken);
        try
        {
            return await _run.RunAsync(parsed, sink, interrupt.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await sink.EndAsync();

            // A person sees the ^C and the prompt.
            if (console.IsInteractive)
                await console.Output.WriteLineAsync();
            else
                await sink.WriteAsync(new Failure("Interrupted."));
            return ShellExit.Interrupted;
        }
    }

    private static bool IsNothing(string line) => line.AsSpan().Trim() is [] or ['#', ..];

    private static bool IsExit(string line) => line.Trim().ToLowerInvariant() is "exit" or "quit";
}
