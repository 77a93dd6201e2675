using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.Shell.Tests;

/// <summary>A manager's endpoint on a free port with a handful of commands, and pbm to run against it.</summary>
internal sealed class SampleNode : IAsyncDisposable
{
    public static readonly Setting<string> Job = Setting.Text("job", "", "the job's name");
    public static readonly Setting<ImmutableArray<string>> Jobs = Setting.TextList("jobs", "the jobs' names");
    public static readonly Setting<int> Limit = Setting.Integer("limit", 20, 1, 1000, "the most rows");
    public static readonly Setting<string> State = Setting.Choice("state", "all", "only jobs in this state", "all", "running", "paused");
    public static readonly Setting<TimeSpan?> Since = Setting.OptionalDuration("since", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), "only the time since then");
    public static readonly Setting<bool> Quiet = Setting.Flag("quiet", false, "says nothing");

    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-").FullName;

    public SampleNode(Func<ShellEndpointSettings, ShellEndpointSettings>? change = null, IEnumerable<ShellCommand>? more = null, TimeProvider? time = null)
    {
        var settings = new ShellEndpointSettings { Port = 0, TokenFile = Path.Combine(_folder, "manager", TokenFile.Name), AuditFile = Path.Combine(_folder, "manager", AuditLog.Name) };
        Settings = change is null ? settings : change(settings);
        Commands = CommandSet(Paused, more ?? []);
        Endpoint = new ShellEndpoint(Settings, Commands, Log, time);
    }

    public ConcurrentQueue<string> Paused { get; } = new();

    public LogLines Log { get; } = new();

    public ShellEndpointSettings Settings { get; }

    public ShellCommandSet Commands { get; }

    public ShellEndpoint Endpoint { get; }

    public string Address => $"127.0.0.1:{Endpoint.Address.Port}";

    public static async Task<SampleNode> StartAsync(Func<ShellEndpointSettings, ShellEndpointSettings>? change = null, params ShellCommand[] more)
    {
        var node = new SampleNode(change, more);
        await node.Endpoint.StartAsync(CancellationToken.None);
        return node;
    }

    public static ShellCommandSet CommandSet(ConcurrentQueue<string>? paused = null, IEnumerable<ShellCommand>? more = null) => new(
        "manager",
        [
            new ShellCommand
            {
                Palette = "jobs",
                Verb = "list",
                Summary = "all jobs with their last result",
                Aliases = ["list_jobs"],
                Parameters = [ShellParameter.Option(Limit), ShellParameter.Option(State), ShellParameter.Option(Since), ShellParameter.Option(Quiet)],
                Run = (invocation, _) => Says(
                    new TableHeader(new("job"), new("interval", ColumnKind.Duration), new("due", ColumnKind.Number), new("last result", ColumnKind.Instant), new("paused", ColumnKind.Flag)),
                    new TableRow("google", TimeSpan.FromSeconds(10), 1234, DateTimeOffset.UnixEpoch, false),
                    new TableRow("shop", TimeSpan.FromMilliseconds(1.5), 7, ShellValue.None, true),
                    new TextLine($"limit {invocation.Read(Limit)}, state {invocation.Read(State)}, since {invocation.Read(Since)?.TotalSeconds ?? 0}")),
            },
            new ShellCommand
            {
                Palette = "jobs",
                Verb = "pause",
                Summary = "stops jobs' slots until they are resumed",
                Changes = true,
                Parameters = [ShellParameter.Argument(Jobs)],
                Run = (invocation, _) => Pause(invocation.Read(Jobs), paused ?? new()),
            },
            new ShellCommand
            {
                Palette = "ledger",
                Summary = "every due slot and what became of it",
                Parameters = [ShellParameter.OptionalArgument(Job)],
                Run = (invocation, _) => Says(new TextLine($"ledger of {invocation.Read(Job)}")),
            },
            .. more ?? [],
        ],
        new OtherNode("monitor", 9111, ["clients", "list_clients"]));

    public static ShellCommand Command(string palette, Func<CancellationToken, IAsyncEnumerable<ShellOutput>> run)
        => new() { Palette = palette, Summary = "for a test", Run = (_, cancellationToken) => run(cancellationToken) };

    public static async IAsyncEnumerable<ShellOutput> Says(params ShellOutput[] outputs)
    {
        foreach (var output in outputs)
        {
            await Task.Yield();
            yield return output;
        }
    }

    /// <summary>Says that it began, tells the test so, and goes on until it is ended or let go.</summary>
    public static async IAsyncEnumerable<ShellOutput> Waits(
        TaskCompletionSource began, TaskCompletionSource ended, Task go, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TextLine("began");
        began.TrySetResult();
        try
        {
            await go.WaitAsync(cancellationToken);
        }
        finally
        {
            ended.TrySetResult();
        }

        yield return new TextLine("went on");
    }

    public Task<PbmRun> PbmAsync(params string[] line) => PbmRun.OfAsync([Address, .. line]);

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async IAsyncEnumerable<ShellOutput> Pause(ImmutableArray<string> jobs, ConcurrentQueue<string> paused)
    {
        foreach (var job in jobs)
        {
            await Task.Yield();
            if (job == "nix")
            {
                yield return new Failure("There is no job nix.");
                continue;
            }

            paused.Enqueue(job);
            yield return new TextLine($"{job} is paused.");
        }
    }
}

/// <summary>What pbm did.</summary>
internal sealed record PbmRun(int Exit, string Output, string Error)
{
    public static async Task<PbmRun> OfAsync(string[] arguments, string input = "", CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        var exit = await ShellProgram.RunAsync(arguments, reader, output, error, cancellationToken);
        return new PbmRun(exit, output.ToString(), error.ToString());
    }
}

/// <summary>Keeps what the node logs.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> Lines { get; } = new();

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Enqueue((logLevel, formatter(state, exception), exception));

    public void Dispose()
    {
        // Nothing is held.
    }
}
