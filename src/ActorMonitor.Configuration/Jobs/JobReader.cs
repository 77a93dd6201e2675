using System.Collections.Immutable;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>Reads one job of a file; every mistake in it is reported.</summary>
internal sealed class JobReader(JsonSource source, IServiceCatalog catalog, JobPlacement placement)
{
    private readonly string _services = string.Join(", ", catalog.Services.Select(each => each.Aliases.IsEmpty ? each.Name : $"{each.Name} ({string.Join(", ", each.Aliases)})"));
    private readonly Dictionary<string, (SettingGroup Settings, SettingGroup Expectations)> _groups = [];

    private static readonly string KnownKeys = $"; a job has {string.Join(", ", JobBounds.Keys)}";

    /// <summary>The job; null when it has a mistake.</summary>
    internal JobDefinition? Read(JsonItem item, string path)
    {
        if (item.Kind != JsonKind.Object)
        {
            Report(item, path, "a job, an object such as { \"name\": ..., \"service\": ..., \"host\": ... }");
            return null;
        }

        foreach (var (name, nameOffset, _) in item.Members)
        {
            if (!JobBounds.Keys.Contains(name))
                source.ReportUnknown(nameOffset, path, name, JobBounds.Keys, KnownKeys);
        }

        var job = ReadName(item, path);
        var service = ReadService(item, path);
        var host = ReadHost(item, path);
        var port = ReadPort(item, path, service);
        var (interval, timeout) = ReadTimes(item, path);
        var (settings, expectations) = ReadBlocks(item, path, service);
        var labels = ReadLabels(item, path);
        var monitors = placement.Read(item, path);
        if (job is not { } id || service is null || host is null || port is not { } portNumber)
            return null;

        if (service.ImpliedSettings?.Invoke(id, host) is { } implied)
        {
            foreach (var (name, value) in implied)
                settings = settings.TryGet(name, out _) ? settings : settings.With(name, value);
        }

        var check = new CheckDefinition(id, service.Name, host, portNumber, interval, timeout, settings, expectations);
        return JobDefinition.Of(check, monitors, labels);
    }

    private JobId? ReadName(JsonItem job, string path)
    {
        const string accepts = "a string of 1 to 128 characters without control characters";
        if (job.Find(JobBounds.Name) is not { } item)
            return Missing<JobId>(job, path, JobBounds.Name, accepts);
        if (item.Kind == JsonKind.Text && JobId.IsValid(item.Text))
            return new JobId(item.Text);
        Report(item, JsonPath.At(path, JobBounds.Name), accepts);
        return null;
    }

    private ServiceDefinition? ReadService(JsonItem job, string path)
    {
        if (job.Find(JobBounds.Service) is not { } item)
        {
            _ = Missing<int>(job, path, JobBounds.Service, $"one of {_services}");
            return null;
        }

        if (item.Kind == JsonKind.Text && catalog.TryFind(item.Text, out var service))
            return service;
        if (item.Kind != JsonKind.Unreadable)
        {
            var hint = item.Kind == JsonKind.Text ? ClosestName.Hint(item.Text, catalog.Services.SelectMany(each => each.Aliases.Insert(0, each.Name)), "") : "";
            source.Report(item.Offset, JsonPath.At(path, JobBounds.Service), $"expected one of {_services}; found {item.Describe()}{hint}");
        }

        return null;
    }

    private string? ReadHost(JsonItem job, string path)
    {
        if (job.Find(JobBounds.Host) is not { } item)
        {
            _ = Missing<int>(job, path, JobBounds.Host, HostText.Accepts);
            return null;
        }

        if (item.Kind == JsonKind.Text && HostText.IsValid(item.Text))
            return item.Text;
        Report(item, JsonPath.At(path, JobBounds.Host), HostText.Accepts);
        return null;
    }

    private int? ReadPort(JsonItem job, string path, ServiceDefinition? service)
    {
        const string accepts = "a whole number from 1 to 65535";
        if (job.Find(JobBounds.Port) is not { } item)
        {
            if (service?.DefaultPort == 0)
                return Missing<int>(job, path, JobBounds.Port, $"{accepts}, as {service.Name} has no default");
            return service?.DefaultPort ?? 0;
        }

        if (service is { DefaultPort: null })
            source.Report(item.Offset, JsonPath.At(path, JobBounds.Port), $"{service.Name} has no ports: leave the key out");
        else if (item.WholeNumber is >= 1 and <= 65535)
            return (int)item.Number;
        else
            Report(item, JsonPath.At(path, JobBounds.Port), accepts);
        return null;
    }

    private (TimeSpan Interval, TimeSpan Timeout) ReadTimes(JsonItem job, string path)
    {
        var interval = ReadTime(job, path, JobBounds.Interval, JobBounds.MinInterval, JobBounds.MaxInterval, "");
        var longest = interval < JobBounds.MaxTimeout ? interval.Value : JobBounds.MaxTimeout;
        var timeout = ReadTime(job, path, JobBounds.Timeout, JobBounds.MinTimeout, longest, interval == longest ? " (the interval)" : "");
        var actualInterval = interval ?? JobBounds.DefaultInterval;
        return (actualInterval, timeout ?? (actualInterval < JobBounds.DefaultTimeout ? actualInterval : JobBounds.DefaultTimeout));
    }

    private TimeSpan? ReadTime(JsonItem job, string path, string key, TimeSpan minimum, TimeSpan maximum, string reason)
    {
        if (job.Find(key) is not { } item)
            return key == JobBounds.Interval ? JobBounds.DefaultInterval : null;
        if (JsonDuration.TryRead(item, out var time) && time >= minimum && time <= maximum && time.Ticks % TimeSpan.TicksPerMillisecond == 0)
            return time;
        Report(item, JsonPath.At(path, key), $"a duration from {DurationText.Print(minimum)} to {DurationText.Print(maximum)}{reason} in whole milliseconds, such as \"1500ms\" or 10 (seconds)");
        return null;
    }

    private (SettingMap Settings, SettingMap Expectations) ReadBlocks(JsonItem job, string path, ServiceDefinition? service)
    {
        var settings = FindObject(job, path, JobBounds.Settings);
        var expect = FindObject(job, path, JobBounds.Expect);
        if (service is null)
            return (SettingMap.Empty, SettingMap.Empty);

        if (!_groups.TryGetValue(service.Name, out var known))
            _groups.Add(service.Name, known = (SettingGroup.Of(service.Settings), SettingGroup.Of(service.Expectations)));
        var readSettings = settings is null
            ? SettingMap.Empty
            : new SettingsBlockReader(source, service.Name, known.Settings, (known.Expectations, JobBounds.Expect)).Read(settings, JsonPath.At(path, JobBounds.Settings));
        var readExpect = expect is null
            ? SettingMap.Empty
            : new SettingsBlockReader(source, service.Name, known.Expectations, (known.Settings, JobBounds.Settings)).Read(expect, JsonPath.At(path, JobBounds.Expect));

        var bytes = Size(readSettings) + Size(readExpect);
        if (bytes > JobBounds.MaxSettingsBytes)
            source.Report(job.Offset, path, $"settings and expect hold {bytes} bytes: expected at most {JobBounds.MaxSettingsBytes}");
        return (readSettings, readExpect);
    }

    private static int Size(SettingMap map) => map.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + pair.Value.Items.Sum(Encoding.UTF8.GetByteCount));

    private ImmutableSortedDictionary<string, string> ReadLabels(JsonItem job, string path)
    {
        var labels = LabelBounds.None.ToBuilder();
        if (FindObject(job, path, JobBounds.Labels) is not { } block)
            return LabelBounds.None;

        var at = JsonPath.At(path, JobBounds.Labels);
        if (block.Members.Count > LabelBounds.MaxLabels)
            source.Report(block.Offset, at, $"expected at most {LabelBounds.MaxLabels} labels, found {block.Members.Count}");
        foreach (var (name, nameOffset, value) in block.Members)
        {
            if (!LabelBounds.IsName(name))
                source.Report(nameOffset, at, $"expected a label's name of {LabelBounds.Accepts}, found {JsonItem.Quote(name)}");
            else if (value.Kind == JsonKind.Text && LabelBounds.IsValue(value.Text))
                labels[name] = value.Text;
            else
                Report(value, JsonPath.At(at, name), $"a string of at most {LabelBounds.MaxLength} characters without control characters");
        }

        return labels.ToImmutable();
    }

    private JsonItem? FindObject(JsonItem job, string path, string key)
    {
        if (job.Find(key) is not { } item)
            return null;
        if (item.Kind == JsonKind.Object)
            return item;
        Report(item, JsonPath.At(path, key), "an object");
        return null;
    }

    private T? Missing<T>(JsonItem job, string path, string key, string accepts)
        where T : struct
    {
        source.Report(job.Offset, path, $"\"{key}\" is missing: expected {accepts}");
        return null;
    }

    private void Report(JsonItem item, string path, string accepts)
    {
        if (item.Kind != JsonKind.Unreadable)
            source.Report(item.Offset, path, $"expected {accepts}, found {item.Describe()}");
    }
}
