using System.Collections.Immutable;

namespace ActorMonitor.Configuration;

/// <summary>
/// Reads a jobs file: JSON with comments and trailing commas, a bare list of jobs or <c>{"jobs": [...]}</c>. All
/// mistakes are reported at once, and then there are no jobs.
/// </summary>
public static class JobsReader
{
    private const string JobsKey = "jobs";
    private const string SchemaKey = "$schema";

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path, which errors repeat.</param>
    /// <param name="catalog">The services that jobs may name.</param>
    /// <param name="monitors">The manager's monitors in order; when empty, where jobs run is not checked and they have no monitors.</param>
    public static JobsReading Read(string file, IServiceCatalog catalog, ImmutableArray<MonitorAddress> monitors)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                return Failed(file, "there is no such file");
            return info.Length > JobsFile.MaxBytes ? TooLarge(file) : Parse(File.ReadAllBytes(file), file, catalog, monitors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return Failed(file, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="file">What errors name as its file.</param>
    /// <param name="catalog">The services that jobs may name.</param>
    /// <param name="monitors">The manager's monitors in order; when empty, where jobs run is not checked and they have no monitors.</param>
    public static JobsReading Parse(ReadOnlyMemory<byte> text, string file, IServiceCatalog catalog, ImmutableArray<MonitorAddress> monitors)
    {
        if (text.Length > JobsFile.MaxBytes)
            return TooLarge(file);

        var source = new JsonSource(file, text);
        var jobs = ImmutableArray.CreateBuilder<JobDefinition>();
        if (JsonTree.Read(source) is { } root && FindJobs(source, root) is var (list, path))
            ReadJobs(source, list, path, new JobReader(source, catalog, new JobPlacement(source, monitors)), jobs);

        return source.Errors.IsEmpty
            ? new JobsReading(new JobsFile(jobs.ToImmutable()), [])
            : new JobsReading(null, source.Errors.InOrder());
    }

    private static (JsonItem List, string Path)? FindJobs(JsonSource source, JsonItem root)
    {
        const string accepts = "a list of jobs, or { \"jobs\": [...] }";
        if (root.Kind == JsonKind.List)
            return (root, "$");
        if (root.Kind != JsonKind.Object)
        {
            source.Report(root.Offset, "$", $"expected {accepts}, found {root.Describe()}");
            return null;
        }

        foreach (var (name, nameOffset, _) in root.Members)
        {
            if (name is not (JobsKey or SchemaKey))
                source.ReportUnknown(nameOffset, "$", name, [JobsKey], $"; expected {accepts}");
        }

        var path = JsonPath.At("$", JobsKey);
        if (root.Find(JobsKey) is not { } jobs)
            source.Report(root.Offset, "$", $"\"{JobsKey}\" is missing: expected {accepts}");
        else if (jobs.Kind == JsonKind.List)
            return (jobs, path);
        else
            source.Report(jobs.Offset, path, $"expected a list of jobs, found {jobs.Describe()}");
        return null;
    }

    private static void ReadJobs(JsonSource source, JsonItem list, string path, JobReader reader, ImmutableArray<JobDefinition>.Builder jobs)
    {
        if (list.Items.Count > JobsFile.MaxJobs)
        {
            source.Report(list.Offset, path, $"expected at most {JobsFile.MaxJobs} jobs, found {list.Items.Count}");
            return;
        }

        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = list.Items[i];
            var at = JsonPath.At(path, i);
            if (reader.Read(item, at) is { } job)
                jobs.Add(job);
            if (item.Find(JobBounds.Name) is { Kind: JsonKind.Text } name && !lines.TryAdd(name.Text, name.Offset))
                source.Report(name.Offset, JsonPath.At(at, JobBounds.Name), $"line {source.Position(lines[name.Text]).Line} has a job {name.Describe()} too: expected a name of its own");
        }
    }

    private static JobsReading TooLarge(string file) => Failed(file, $"expected at most {JobsFile.MaxBytes / (1024 * 1024)} MiB");

    private static JobsReading Failed(string file, string message) => new(null, [new ConfigurationError(file, null, "", message)]);
}
