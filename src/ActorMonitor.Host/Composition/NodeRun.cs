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
            .SetMinimumLevel(LogLevel.Trace)
            .AddFilter((_, level) => Log.Takes(level))
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

    /// <summary>How much is written to the log.</summary>
    public LogSwitch Log { get; } = new(TimeProvider.System);

    /// <summary>The configuration that it runs with, and what of it can change while it runs; null when it is given up after one use.</summary>
    public LiveConfiguration? Configuration { get; private init; }

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

    /// <summary>Begins the run of nodes that go on until they are stopped.</summary>
    /// <param name="source">Where their configuration came from.</param>
    /// <param name="configured">What was read.</param>
    /// <param name="cancellationToken">Asks for an orderly stop.</param>
    public static NodeRun OfNodes(ConfigurationSource source, Configured configured, CancellationToken cancellationToken)
    {
        var run = new NodeRun(source.Options, cancellationToken) { Configuration = new LiveConfiguration(source, configured) };
        run.Log.Configure(configured.Settings.Log);
        run.Configuration.Add(new LiveSetting(
            ["actor-monitor.log"],
            (read, _) =>
            {
                run.Log.Configure(read.Settings.Log);
                return Task.FromResult(run.Log.Until is null ? null : "it holds when the level that was set by hand ends");
            }));
        return run;
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
        Log.Dispose();
        Configuration?.Dispose();
        await Lines.DisposeAsync();
        Logging.Dispose();
        _stop.Dispose();
        _failed.Dispose();
    }
}
