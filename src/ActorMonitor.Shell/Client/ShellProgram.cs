namespace ActorMonitor.Shell;

/// <summary>All of pbm: <c>pbm [HOST:PORT] [COMMAND]</c>.</summary>
public static class ShellProgram
{
    // 128 + SIGPIPE, as shells report a program whose reader had enough.
    private const int ReaderLeft = 141;

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

    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, ShellConsole console, CancellationToken cancellationToken)
    {
        try
        {
            var exit = await RunParsedAsync(PbmArguments.Parse(arguments), console, cancellationToken);
            await console.Output.FlushAsync(CancellationToken.None);
            return exit;
        }
        catch (OutputException e) when (e.HasReaderLeft)
        {
            // `pbm jobs list | head -1` is no failure that anybody wants to read about.
            return ReaderLeft;
        }
        catch (OutputException e)
        {
            await console.Error.WriteLineAsync($"pbm: The output cannot be written: {e.Message}");
            return ShellExit.Failed;
        }
    }

    private static async Task<int> RunParsedAsync(PbmArguments parsed, ShellConsole console, CancellationToken cancellationToken)
    {
        var sink = console.Sink(parsed);
        if (parsed.Problem is not null)
            return await RefuseAsync(sink, $"{parsed.Problem} Try: pbm --help");
        if (parsed.WantsHelp || parsed.WantsVersion)
        {
            await console.Output.WriteLineAsync(parsed.WantsHelp ? PbmHelp.Text : $"pbm {RequestHandler.Version}");
            return ShellExit.Ok;
        }

        var (trust, problem) = NodeTrust.Of(parsed.Node, parsed.CaFile ?? Environment.GetEnvironmentVariable(PbmArguments.CaFileVariable));
        if (trust is null)
            return await RefuseAsync(sink, problem!);

        var tokens = new TokenSource(parsed.TokenFile ?? Environment.GetEnvironmentVariable(TokenSource.Variable));
        using var client = new ShellClient(parsed.Node, parsed.WantsTls || !parsed.Node.IsLoopback, tokens, trust);
        if (parsed.Line.Count == 0)
            return await new ShellSession(client, console, parsed).RunAsync(cancellationToken);

        using var interrupt = console.Interruptible(cancellationToken);
        try
        {
            return await new LineRun(client, TimeProvider.System).RunAsync(parsed, sink, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            await sink.EndAsync();

            // Below the ^C.
            if (console.IsInteractive)
                await console.Output.WriteLineAsync();
            return ShellExit.Interrupted;
        }
    }

    private static async Task<int> RefuseAsync(IShellSink sink, string problem)
    {
        await sink.WriteAsync(new Failure(problem));
        return ShellExit.Usage;
    }
}
