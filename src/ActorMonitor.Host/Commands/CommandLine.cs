using System.CommandLine;
using System.CommandLine.Parsing;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.Host.Commands;

/// <summary>The commands of <c>actormonitor</c>, their options and their help.</summary>
internal static class CommandLine
{
    // What a timer of this platform can hold, in whole days.
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(49);

    private static readonly Option<string?> ConfigOption = new("--config")
    {
        Description = "HOCON file; without it hocon/COMMAND.hocon or COMMAND.hocon of this folder, when there is one.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> JobsOption = new("--jobs")
    {
        Description = "JSON file with the jobs; goes before actor-monitor.manager.jobs.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> SetOption = new("--set")
    {
        Description = "Override of one HOCON key; may be given several times.",
        HelpName = "KEY=VALUE",
    };

    private static readonly Option<OutputFormat> OutputOption = new("--output")
    {
        Description = "How events and results are printed.",
        HelpName = "text|json",
    };

    private static readonly Option<TimeSpan?> ForOption = new("--for")
    {
        Description = "Stop after this time, for example 30s, 5m, 1h.",
        HelpName = "DURATION",
        CustomParser = ReadDuration,
    };

    private static readonly Option<NodeRole?> RoleOption = new("--role")
    {
        Description = "Which command the files are for; without it a manager's when they name monitors, else up's.",
        HelpName = "up|manager|monitor",
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("ActorMonitor: a network and service monitor. Without a command it runs up.");
        Command up = Node("up", "A manager and one monitor in this process, over loopback remoting. Without jobs it shows every service against targets of its own.");
        Command manager = Node("manager", "A manager node: schedules the jobs on its monitors and prints what they find.");
        Command monitor = new("monitor", "A monitor node: performs the checks that managers ask for.") { ConfigOption, SetOption, OutputOption, ForOption };
        Command runOnce = new("run-once", "Runs every job once and prints one line for each. Exit code 0: all Up, 1: not all, 2: bad configuration.") { ConfigOption, JobsOption, SetOption, OutputOption, ForOption };
        Command check = new("check-config", "Reads configuration and jobs, starts nothing, prints every mistake. Exit code 0: none, 2: some.") { ConfigOption, JobsOption, SetOption, RoleOption };

        root.Options.Add(ConfigOption);
        root.Options.Add(JobsOption);
        root.Options.Add(SetOption);
        root.Options.Add(OutputOption);
        root.Options.Add(ForOption);
        foreach (var command in new[] { up, manager, monitor, runOnce, check })
            root.Subcommands.Add(command);

        root.SetAction((parse, cancellation) => UpCommand.RunAsync(Read(parse), cancellation));
        up.SetAction((parse, cancellation) => UpCommand.RunAsync(Read(parse), cancellation));
        manager.SetAction((parse, cancellation) => ManagerCommand.RunAsync(Read(parse), cancellation));
        monitor.SetAction((parse, cancellation) => MonitorCommand.RunAsync(Read(parse), cancellation));
        runOnce.SetAction((parse, cancellation) => RunOnceCommand.RunAsync(Read(parse), cancellation));
        check.SetAction(parse => CheckConfigCommand.Run(Read(parse), parse.GetValue(RoleOption)));

        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Try: actormonitor --help");
            return ExitCode.BadConfiguration;
        }

        // Signals are ours: the nodes stop in order, and the program ends by itself.
        using var stop = new StopSignal();
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }, stop.Token);
        }
        catch (Exception e) when (e is StartException or DataFolderException)
        {
            await Console.Error.WriteLineAsync($"actormonitor: {e.Message}");
            return ExitCode.BadConfiguration;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Asked to stop before everything had started: nothing is left of it, and only run-once has not done its work.
            return result.CommandResult.Command == runOnce ? ExitCode.Failed : ExitCode.Ok;
        }
    }

    private static Command Node(string name, string description) => new(name, description) { ConfigOption, JobsOption, SetOption, OutputOption, ForOption };

    private static RunOptions Read(ParseResult parse) => new(
        parse.GetValue(ConfigOption), parse.GetValue(JobsOption), parse.GetValue(SetOption) ?? [], parse.GetValue(OutputOption), parse.GetValue(ForOption));

    private static TimeSpan? ReadDuration(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DurationText.TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= LongestRun)
            return duration;
        result.AddError($"--for {text}: expected a duration such as 30s, 5m or 1h, at most {DurationText.Print(LongestRun)}");
        return null;
    }
}

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadConfiguration = 2;
}

/// <summary>How events and results are printed.</summary>
internal enum OutputFormat
{
    Text,
    Json,
}

/// <summary>What was given on the command line.</summary>
internal sealed record RunOptions(string? Config, string? Jobs, IReadOnlyList<string> Set, OutputFormat Output, TimeSpan? For);

/// <summary>Something that keeps a node from starting; its message is all that the operator needs.</summary>
internal sealed class StartException : Exception
{
    public StartException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
