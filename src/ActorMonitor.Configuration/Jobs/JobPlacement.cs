using System.Collections.Immutable;

namespace ActorMonitor.Configuration;

/// <summary>Decides which monitors run a job: <c>server_number</c>, or <c>locations</c>, or the first.</summary>
internal sealed class JobPlacement(JsonSource source, ImmutableArray<MonitorAddress> monitors)
{
    private readonly string _known = string.Join(", ", monitors.Select(each => each.Location == each.Name ? each.Name : $"{each.Name} ({each.Location})"));

    /// <summary>The names of the job's monitors in the manager's order. No monitors known: none, and only the form is checked.</summary>
    internal ImmutableArray<string> Read(JsonItem job, string path)
    {
        var number = job.Find(JobBounds.ServerNumber);
        var locations = job.Find(JobBounds.Locations);
        if (number is not null && locations is not null)
        {
            source.Report(locations.Offset, JsonPath.At(path, JobBounds.Locations), $"the job has \"{JobBounds.ServerNumber}\" too: expected one of the two");
            return [];
        }

        if (locations is not null)
            return ReadLocations(locations, JsonPath.At(path, JobBounds.Locations));
        if (number is not null)
            return ReadNumber(number, JsonPath.At(path, JobBounds.ServerNumber));
        return monitors.IsEmpty ? [] : [monitors[0].Name];
    }

    private ImmutableArray<string> ReadNumber(JsonItem item, string path)
    {
        if (item.WholeNumber is { } number && number >= 1 && (monitors.IsEmpty || number <= monitors.Length))
            return monitors.IsEmpty ? [] : [monitors[(int)number - 1].Name];

        if (item.Kind != JsonKind.Unreadable)
        {
            var accepts = monitors.IsEmpty ? "from 1" : $"from 1 to {monitors.Length}, the place of a monitor in {_known}";
            source.Report(item.Offset, path, $"expected a whole number {accepts}, found {item.Describe()}");
        }

        return [];
    }

    private ImmutableArray<string> ReadLocations(JsonItem item, string path)
    {
        if (item.Kind != JsonKind.List || item.Items.Count == 0)
        {
            if (item.Kind != JsonKind.Unreadable)
                source.Report(item.Offset, path, $"expected a list of one or more names or locations of monitors, found {(item.Kind == JsonKind.List ? "an empty list" : item.Describe())}");
            return [];
        }

        var wanted = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < item.Items.Count; i++)
        {
            var each = item.Items[i];
            var at = JsonPath.At(path, i);
            if (each.Kind == JsonKind.Unreadable)
                continue;
            if (each.Kind != JsonKind.Text)
                source.Report(each.Offset, at, $"expected the name or location of a monitor, found {each.Describe()}");
            else if (!monitors.IsEmpty && !monitors.Any(monitor => IsAt(monitor, each.Text)))
                source.Report(each.Offset, at, $"expected the name or location of a monitor, one of {_known}; found {each.Describe()}");
            else if (!wanted.Add(each.Text))
                source.Report(each.Offset, at, $"{each.Describe()} is listed twice: expected it once");
        }

        return [.. monitors.Where(monitor => wanted.Contains(monitor.Name) || wanted.Contains(monitor.Location)).Select(monitor => monitor.Name)];
    }

    private static bool IsAt(MonitorAddress monitor, string nameOrLocation) => monitor.Name == nameOrLocation || monitor.Location == nameOrLocation;
}
