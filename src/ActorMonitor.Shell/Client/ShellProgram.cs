namespace ActorMonitor.Shell;

/// <summary>All of pbm: <c>pbm [HOST:PORT] [COMMAND]</c>.</summary>
public static class ShellProgram
{
    /// <summary>Runs pbm at the process's console.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var console = ShellConsole.OfProcess();
        return await RunAsync(arguments, console, CancellationToken.None);
    }

    /// <summary>Runs pbm on given streams.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="input">Lines to run, one a command, when no command is among the arguments.</param>
    /// <param name="output">Gets what commands say.</param>
    /// <param name="error">Gets failures.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using var console = new ShellConsole(input, output, error);
        return await RunAsync(arguments, console, cancellationToken);
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, ShellConsole console, CancellationToken cancellationToken)
    {
        var parsed = PbmArguments.Parse(arguments);
        var sink = console.Sink(parsed.IsJson ?? false);
        if (parsed.Problem is not null)
        {
            await sink.WriteAsync(new Failure($"{parsed.Problem} Try: pbm --help"));
            return ShellExit.Usage;
        }

        if (parsed.WantsHelp || parsed.WantsVersion)
        {
            await console.Output.WriteLineAsync(parsed.WantsHelp ? PbmArguments.Help : $"pbm {RequestHandler.Version}");
            return ShellExit.Ok;
        }

        using var client = new ShellClient(parsed.Node, new TokenSource(parsed.TokenFile ?? Environment.GetEnvironmentVariable(TokenSource.Variable)));
        try
        {
            if (parsed.Line.Count == 0)
                return await new ShellSession(client, console, parsed).RunAsync(cancellationToken);
            using var interrupt = console.Interruptible(cancellationToken);
            var exit = await client.SendAsync(parsed.Line, sink, interrupt.Token);
            await sink.EndAsync();
            return exit;
        }
        catch (OperationCanceledException)
        {
            await sink.EndAsync();
            return ShellExit.Interrupted;
        }
    }
}
