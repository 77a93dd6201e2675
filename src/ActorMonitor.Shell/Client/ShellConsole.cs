using System.Text;

namespace ActorMonitor.Shell;

/// <summary>What pbm reads from and writes to: the process's own streams, or a test's.</summary>
internal sealed class ShellConsole : IDisposable
{
    private readonly TextReader _input;
    private readonly Func<ColourChoice, Terminal> _terminal;
    private readonly IKeyboard? _keys;
    private readonly HistoryFile _history;
    private CancellationTokenSource? _command;

    /// <summary>Plain streams.</summary>
    public ShellConsole(TextReader input, TextWriter output, TextWriter error)
        : this(input, output, error, keys: null, _ => Terminal.None, new HistoryFile(null))
    {
    }

    /// <summary>Streams that may be a terminal's.</summary>
    /// <param name="input">Lines, where nobody types.</param>
    /// <param name="output">Gets what commands say.</param>
    /// <param name="error">Gets failures.</param>
    /// <param name="keys">The keyboard; null where nobody types.</param>
    /// <param name="terminal">What the streams lead to.</param>
    /// <param name="history">Keeps the lines typed.</param>
    public ShellConsole(TextReader input, TextWriter output, TextWriter error, IKeyboard? keys, Func<ColourChoice, Terminal> terminal, HistoryFile history)
        => (_input, Output, Error, _keys, _terminal, _history) = (input, output, error, keys, terminal, history);

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Whether a person types and reads here.</summary>
    public bool IsInteractive => _keys is not null;

    public static ShellConsole OfProcess()
    {
        var (isInput, isOutput, isError) = (!Console.IsInputRedirected, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
        var (drawsOutput, drawsError) = (isOutput, isError);
        if (OperatingSystem.IsWindows())
        {
            // Tables have a … and names any letter; the code page of old has neither.
            Console.OutputEncoding = Encoding.UTF8;
            (drawsOutput, drawsError) = (isOutput && WindowsTerminal.Prepare(isError: false), isError && WindowsTerminal.Prepare(isError: true));
        }

        var console = new ShellConsole(
            Console.In,
            isOutput ? Console.Out : RedirectedOutput.Open(),
            Console.Error,
            isInput && isOutput ? new ConsoleKeyboard() : null,
            colour => Terminal.Of(drawsOutput, drawsError, Size, colour, Environment.GetEnvironmentVariable),
            new HistoryFile(HistoryFile.UsualPath(Environment.GetEnvironmentVariable)));
        Console.CancelKeyPress += console.OnInterrupt;
        return console;
    }

    /// <summary>Where the output of this line goes.</summary>
    public IShellSink Sink(PbmArguments line)
        => line.IsJson == true ? new JsonRenderer(Output, Error) : new TextRenderer(Output, Error, TerminalFor(line));

    public Terminal TerminalFor(PbmArguments line) => _terminal(line.Colour ?? ColourChoice.Auto);

    /// <summary>Lines from the input.</summary>
    public ILineSource Lines() => new ReaderLines(_input);

    /// <summary>Lines that a person types, with the node's completions.</summary>
    public async Task<ILineSource> TypedLinesAsync(Terminal terminal, Completer completer, CancellationToken cancellationToken)
    {
        if (!terminal.IsOutput)
            return new DumbLines(_input, Output);
        var line = new LineBuffer(await _history.LoadAsync(cancellationToken));
        return new TerminalLines(_keys!, Output, terminal, line, _history, completer.CompleteAsync);
    }

    /// <summary>A token for one command, which Ctrl+C ends.</summary>
    public CancellationTokenSource Interruptible(CancellationToken cancellationToken)
        => _command = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    public void Dispose() => Console.CancelKeyPress -= OnInterrupt;

    // Asked anew for each drawing: .NET notices SIGWINCH, nobody has to be told.
    private static (int Columns, int Rows) Size()
    {
        try
        {
            return (Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            return (0, 0);
        }
    }

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
