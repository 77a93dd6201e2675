using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Commands;
using ActorMonitor.Host.Composition;
using ActorMonitor.Messages;
using ActorMonitor.Shell;

namespace ActorMonitor.Host.NodeCommands;

/// <summary><c>config</c>: what the node runs with, what the files say now, and how the one becomes the other.</summary>
internal static class ConfigCommands
{
    private static readonly Setting<string?> PathOf = Setting.OptionalText("path", "only this key, or what is under it", "a path such as actor-monitor.monitor", text => text.Length <= 512);

    public static ImmutableArray<ShellCommand> Of(string kind, LiveConfiguration configuration) =>
    [
        new()
        {
            Palette = "config",
            Verb = "show",
            Summary = "every key with the value that counts, and where it comes from; of akka what was written",
            Parameters = [ShellParameter.OptionalArgument(PathOf) with { Candidates = _ => Task.FromResult<IReadOnlyCollection<string>>(Paths(configuration.Running)) }],
            Run = (invocation, cancellationToken) => ShowAsync(kind, configuration, invocation.Read(PathOf), cancellationToken),
        },
        new()
        {
            Palette = "config",
            Verb = "check",
            Summary = "reads the files again and tells every mistake, or what a reload would change; it changes nothing",
            Run = (_, cancellationToken) => CheckAsync(configuration, cancellationToken),
        },
        new()
        {
            Palette = "config",
            Verb = "reload",
            Summary = "reads the files again and applies what can change while the nodes of this process run; with a mistake nothing changes",
            Changes = true,
            Run = (invocation, cancellationToken) => ReloadAsync(configuration, invocation, cancellationToken),
        },
    ];

    private static async IAsyncEnumerable<ShellOutput> ShowAsync(
        string kind, LiveConfiguration configuration, string? path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        var running = configuration.Running;
        var shown = path is null
            ? running.Where(setting => setting.Source is not null || !IsOfOtherNode(setting.Path, kind, configuration.Source.Role))
            : running.Where(setting => IsUnder(setting.Path, path));
        ImmutableArray<EffectiveSetting> rows = [.. shown];
        if (path is not null && rows.IsEmpty)
        {
            yield return new Failure($"There is no key {path}.{ClosestNames.Question(path, Paths(running))}");
            yield break;
        }

        yield return new TableHeader("key", "value", "from");
        foreach (var setting in rows)
            yield return new TableRow(setting.Path, Value(setting), setting.From);
    }

    private static async IAsyncEnumerable<ShellOutput> CheckAsync(LiveConfiguration configuration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (read, errors) = await configuration.Source.ReadAsync(cancellationToken);
        if (read is null)
        {
            foreach (var failure in Mistakes(errors, "a reload would change nothing"))
                yield return failure;
            yield break;
        }

        var changes = configuration.Compare(read);
        if (!changes.IsEmpty)
        {
            yield return ChangesHeader;
            foreach (var change in changes)
                yield return Row(change, change.IsLive ? "reload" : "restart", change.IsLive ? "config reload applies it" : "takes a restart");
        }

        yield return new TextLine(Sources(read) + (changes.IsEmpty ? ": no mistakes, and nothing that the nodes do not run with." : ": no mistakes."));
        if (read.JobsFile is not null && configuration.ReloadJobs is null && read.JobsFile != configuration.JobsFile)
            yield return new TextLine($"{read.JobsFile} is not the jobs file of the start: it takes a restart.");
    }

    private static async IAsyncEnumerable<ShellOutput> ReloadAsync(
        LiveConfiguration configuration, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (read, errors) = await configuration.Source.ReadAsync(cancellationToken);
        if (read is null)
        {
            foreach (var failure in Mistakes(errors, "nothing was changed"))
                yield return failure;
            yield break;
        }

        var applied = await configuration.ApplyAsync(read, cancellationToken);
        if (applied.IsEmpty)
        {
            yield return new TextLine($"{Sources(read)}: no mistakes, and nothing that the nodes do not run with.");
        }
        else
        {
            yield return ChangesHeader;
            foreach (var (change, failure, note) in applied)
                yield return Row(change, failure is not null ? "failed" : change.IsLive ? "applied" : "restart", failure ?? note ?? (change.IsLive ? "" : "takes a restart"));
        }

        foreach (var failed in applied.Select(change => change.Failure).OfType<string>().Distinct(StringComparer.Ordinal))
            yield return new Failure($"config reload {failed}.");
        if (configuration.ReloadJobs is not { } jobs)
            yield break;
        await foreach (var output in jobs.Run(new ShellInvocation(SettingMap.Empty, invocation.Caller), cancellationToken))
            yield return output;
    }

    private static TableHeader ChangesHeader { get; } = new("key", "runs with", "configured", "from", new ShellColumn("state", ColumnKind.State), "note");

    private static TableRow Row(ConfigurationChange change, string state, string note) => new(
        change.Path, change.Before is { } before ? Value(before) : ShellValue.None, change.After is { } after ? Value(after) : ShellValue.None, change.After?.From, state, note);

    private static IEnumerable<Failure> Mistakes(ImmutableArray<ConfigurationError> errors, string consequence)
        => errors.Select(error => new Failure(error.ToString())).Append(new Failure($"{(errors.Length == 1 ? "1 mistake" : $"{errors.Length} mistakes")}: {consequence}."));

    private static string Sources(Configured read)
        => $"{read.File ?? "the built-in configuration"}{(read.JobsFile is { } jobs ? $" and {jobs} ({(read.Jobs.Length == 1 ? "1 job" : $"{read.Jobs.Length} jobs")})" : "")}";

    private static ShellValue Value(EffectiveSetting setting) => setting.Shown.Length == 0 ? ShellValue.None : setting.Shown;

    private static bool IsUnder(string path, string part)
    {
        var trimmed = part.TrimEnd('.');
        return path == trimmed || (path.StartsWith(trimmed, StringComparison.Ordinal) && path.Length > trimmed.Length && path[trimmed.Length] is '.' or '[');
    }

    // What a node is not, it has defaults of too; nobody looks for them there.
    private static bool IsOfOtherNode(string path, string kind, NodeRole role)
        => role != NodeRole.Up && IsUnder(path, kind == "manager" ? "actor-monitor.monitor" : "actor-monitor.manager");

    // Each key and each object that keys are under.
    private static ImmutableArray<string> Paths(ImmutableArray<EffectiveSetting> settings)
        => [.. settings.SelectMany(setting => Prefixes(setting.Path)).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Prefixes(string path)
    {
        for (var at = path.Length; at > 0; at = path.LastIndexOfAny(['.', '['], at - 1))
            yield return path[..at];
    }
}
