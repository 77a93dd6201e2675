namespace ActorMonitor.Shell;

/// <summary>What pbm reads from and writes to: the process's own streams, or a test's.</summary>
internal sealed class ShellConsole : IDisposable
{
    private readonly TextReader _input;
    private readonly TextWriter _error;
    private readonly bool _isTerminal;
    private CancellationTokenSource? _command;

    public ShellConsole(TextReader input, TextWriter output, TextWriter error)
        => (_input, Output, _error) = (input, output, error);

    private ShellConsole(bool isTerminal)
        : this(Console.In, Console.Out, Console.Error)
        => _isTerminal = isTerminal;

    public TextWriter Output { get; }

    public static ShellConsole OfProcess()
    {
        var console = new ShellConsole(!Console.IsInputRedirected && !Console.IsOutputRedirected);
        Console.CancelKeyPress += console.OnInterrupt;
        return console;
    }

    /// <summary>Lines for a session, typed with these completions when a person is there.</summary>
    public ILineSource Lines(IReadOnlyList<string> completions) => _isTerminal ? new TerminalLines(completions) : new ReaderLines(_input);

    public IShellSink Sink(bool isJson) => isJson ? new JsonRenderer(Output, _error) : new TextRenderer(Output, _error);

    /// <summary>A token for one command, which Ctrl+C ends.</summary>
    public CancellationTokenSource Interruptible(CancellationToken cancellationToken)
        => _command = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    public void Dispose() => Console.CancelKeyPress -= OnInterrupt;

    private void OnInterrupt(object? sender, ConsoleCancelEventArgs e)
    {
        try
        {
            _command?.Cancel();
            e.Cancel = _command is not null;
        }
        catch (ObjectDisposedException)
        {
            // No command is running: Ctrl+C ends pbm, as it ends every program.
        }
    }
}
