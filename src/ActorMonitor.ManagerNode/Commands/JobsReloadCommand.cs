using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorMonitor.Messages;
using ActorMonitor.Shell;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>jobs reload</c>: what the files say now is what runs, or nothing of it when there is a mistake.</summary>
internal static class JobsReloadCommand
{
    private const int MostNamed = 20;

    public static ShellCommand Of(JobsReload? reload) => new()
    {
        Palette = "jobs",
        Verb = "reload",
        Summary = "reads the configuration again and follows its jobs: those that are unchanged go on untouched; a mistake changes nothing",
        Changes = true,
        Run = (_, cancellationToken) => RunAsync(reload, cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(JobsReload? reload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (reload is null)
        {
            yield return new Failure(NoFile);
            yield break;
        }

        var steps = Channel.CreateUnbounded<string>();
        var running = RunAsync(reload, steps.Writer, cancellationToken);
        await foreach (var step in steps.Reader.ReadAllAsync(cancellationToken))
            yield return new Progress(step);
        foreach (var line in Lines(await running))
            yield return line;
    }

    private const string NoFile = "There is no jobs file to read: this node runs jobs that are built in. Start it with --jobs FILE.";

    private static async Task<JobsReloaded> RunAsync(JobsReload reload, ChannelWriter<string> steps, CancellationToken cancellationToken)
    {
        try
        {
            return await reload.RunAsync(step => steps.TryWrite(step), cancellationToken);
        }
        finally
        {
            steps.Complete();
        }
    }

    private static IEnumerable<ShellOutput> Lines(JobsReloaded reloaded)
    {
        if (reloaded.Failure is { } failure)
        {
            yield return new Failure($"jobs reload {failure}.");
            yield break;
        }

        foreach (var error in reloaded.Read.Errors)
            yield return new Failure(error.ToString());
        if (!reloaded.Read.Errors.IsEmpty)
        {
            yield return new Failure($"{(reloaded.Read.Errors.Length == 1 ? "1 mistake" : $"{reloaded.Read.Errors.Length:N0} mistakes")}: nothing was changed.");
            yield break;
        }

        if (reloaded.Applied is not { } applied)
        {
            yield return new Failure(NoFile);
            yield break;
        }

        yield return new TableHeader("change", new ShellColumn("jobs", ColumnKind.Number), "names");
        yield return Row("added", applied.Added);
        yield return Row("changed", applied.Changed);
        yield return Row("removed", applied.Removed);
        yield return new TableRow("unchanged", (long)applied.Unchanged, ShellValue.None);
        foreach (var note in reloaded.Read.Notes)
            yield return new TextLine(note);
        yield return new TextLine($"{(applied.Count == 1 ? "1 job" : $"{applied.Count:N0} jobs")} from {reloaded.Read.File}: read in {(ShellValue)reloaded.ReadIn}, applied in {(ShellValue)reloaded.AppliedIn}.");
    }

    private static TableRow Row(string change, ImmutableArray<JobId> jobs)
    {
        var names = string.Join(", ", jobs.Take(MostNamed).Select(job => job.Name));
        return new TableRow(change, (long)jobs.Length, jobs.IsEmpty ? ShellValue.None : jobs.Length > MostNamed ? $"{names} and {jobs.Length - MostNamed:N0} more" : names);
    }
}
