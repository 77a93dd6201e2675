using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;
using ActorMonitor.Host.Output;
using ActorMonitor.ManagerNode;
using ActorMonitor.ManagerNode.RunOnce;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Configuration;

namespace ActorMonitor.Host.Commands;

/// <summary>
/// <c>actormonitor run-once</c>: on an embedded monitor, or with <c>--config</c> on the configured ones. No data folder is
/// touched: the embedded monitor has one of its own, which is gone at the end.
/// </summary>
internal static class RunOnceCommand
{
    // Nobody has to find these two systems; an address of the operator's choice may be in use by a node of theirs.
    private const string FreePort = "akka.remote.dot-netty.tcp.port = 0";

    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var role = options.Config is null ? NodeRole.Up : NodeRole.Manager;
        if (Configured.Read(options, role, "run-once", Console.Error) is not { } configured)
            return ExitCode.BadConfiguration;
        if (configured.JobsFile is null)
            throw new StartException("there are no jobs: name a file with --jobs FILE (hocon/jobs.json is a sample)");

        await using var run = new NodeRun(options, cancellationToken, keepsAllLines: true);
        run.Log.Configure(configured.Settings.Log);
        var hocon = ConfigurationFactory.ParseString(FreePort).WithFallback(configured.Hocon);
        var settings = configured.Settings;
        using var folder = role == NodeRole.Up ? new TemporaryData() : null;
        await using var monitor = folder is null ? null : await NodeStarter.StartMonitorAsync(run, settings, hocon, shellPort: null, folder.Data);
        var monitors = settings.Manager.Monitors;
        if (monitor is not null)
            monitors = monitors.SetItem(0, monitors[0] with { Host = monitor.Address.Host!.Trim('[', ']'), Port = monitor.Address.Port!.Value });

        var tally = new Tally(run.Lines, options.Output);
        var parts = new RunOnceParts(
            new Epoch(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), settings.Manager with { Monitors = monitors }, configured.Jobs, TimeProvider.System,
            run.Logging.CreateLogger("run-once"), tally.Add, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var manager = await NodeProcess.StartAsync(
            ManagerNodeHosting.SystemName, hocon.WithFallback(NodeHocon.For(NodeRole.Manager)), run.Logging, akka => akka.WithRunOnce(parts), shell: null, run.Stopping);

        _ = await Task.WhenAny(parts.Done.Task, run.UntilStoppedAsync());
        if (!parts.Done.Task.IsCompleted)
        {
            await Console.Error.WriteLineAsync("stopped before every job had its result");
            return ExitCode.Failed;
        }

        // The lines are what this command is for: they wait for a slow reader.
        try
        {
            await run.Lines.DrainAsync(run.Stopping);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("stopped before every line was read");
            return ExitCode.Failed;
        }

        return tally.IsAllUp ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>Prints the records, called by one actor, and remembers whether all were Up.</summary>
    private sealed class Tally(ConsoleLog console, OutputFormat format)
    {
        private bool _isAllUp = true;

        public bool IsAllUp => Volatile.Read(ref _isAllUp);

        public void Add(JobDefinition job, SlotRecord record)
        {
            if (record.Outcome != Outcome.Up)
                Volatile.Write(ref _isAllUp, false);
            console.Write(format == OutputFormat.Json ? RecordJson.Of(job, record) : ConsoleLog.Text(RecordJson.Event(job, record), TimeZoneInfo.Local));
        }
    }
}
