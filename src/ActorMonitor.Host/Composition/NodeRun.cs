using ActorMonitor.Host.Commands;
using ActorMonitor.Host.Output;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ActorMonitor.Host.Composition;

/// <summary>What one run of the program has beside its nodes: when it stops, its console, its log.</summary>
internal sealed class NodeRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _failed = new();
    private readonly TimeSpan? _for;

    /// <summary>Begins a run.</summary>
    /// <param name="options">What was given on the command line.</param>
    /// <param name="cancellationToken">Asks for an orderly stop.</param>
    /// <param name="keepsAllLines">Whether the console drops nothing, see <see cref="ConsoleLog"/>.</param>
    public NodeRun(RunOptions options, CancellationToken cancellationToken, bool keepsAllLines = false)
    {
        Lines = new ConsoleLog(Console.Out, options.Output, TimeProvider.System, keepsAllLines);
        Logging = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            // What keeps a node from starting is said once, by this program itself.
            .AddFilter("Microsoft", LogLevel.None)
            .AddFilter("Akka.Hosting", LogLevel.None)
            .AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                console.FormatterName = LogLineFormatter.FormatterName;
            })
            .AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>());
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failed.Token);
        _for = options.For;
    }

    public ConsoleLog Lines { get; }

    public ILoggerFactory Logging { get; }

    /// <summary>Ends when the run shall stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Why a node stopped the run; null when it was asked to stop.</summary>
    public string? Failure { get; private set; }

    /// <summary>Stops the run because a node must not go on.</summary>
    public void Fail(string reason)
    {
        Failure ??= reason;
        _failed.Cancel();
    }

    /// <summary>Waits for the stop. The time of <c>--for</c> begins here, when everything runs: a slow start shortens no run.</summary>
    public async Task UntilStoppedAsync()
    {
        if (_for is { } duration)
            _stop.CancelAfter(duration);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Stopping.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    /// <summary>The exit code of a run that has stopped; a failure is printed.</summary>
    public int End()
    {
        if (Failure is null)
            return ExitCode.Ok;
        Console.Error.WriteLine($"actormonitor: stopped: {Failure}");
        return ExitCode.Failed;
    }

    public async ValueTask DisposeAsync()
    {
        await Lines.DisposeAsync();
        Logging.Dispose();
        _stop.Dispose();
        _failed.Dispose();
    }
}
