using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>Reads the sections under <c>actor-monitor { }</c> into their records.</summary>
internal static class SettingsSections
{
    private const int MaxMonitors = 1024;
    private const int MaxPathLength = 4096;

    internal static ActorMonitorSettings Read(SectionReader root)
    {
        var settings = new ActorMonitorSettings(
            root.Text("data", ActorMonitorSettings.DefaultData, "the path of a folder", IsPath),
            root.Choice("console", ConsoleMode.All, ("all", ConsoleMode.All), ("changes", ConsoleMode.Changes), ("off", ConsoleMode.Off)),
            ReadMonitor(root.Section("monitor")),
            ReadManager(root.Section("manager")),
            ReadPbm(root.Section("pbm")),
            root.Choice(
                "log", LogThreshold.Warning, ("trace", LogThreshold.Trace), ("debug", LogThreshold.Debug), ("info", LogThreshold.Info), ("warning", LogThreshold.Warning),
                ("error", LogThreshold.Error), ("critical", LogThreshold.Critical), ("off", LogThreshold.Off)));
        root.End();
        return settings;
    }

    private static MonitorSettings ReadMonitor(SectionReader section)
    {
        var defaults = MonitorSettings.Default;
        var name = section.Name("name", defaults.Name);
        var location = section.Name("location", name);
        var settings = new MonitorSettings(
            name,
            location,
            section.Name("domain", location),
            section.Labels("labels"),
            section.Secret("token", defaults.Token),
            section.Whole("checks-per-probe", defaults.ChecksPerProbe, 1, 100_000),
            section.Whole("queue", defaults.Queue, 1, 1_000_000),
            section.Whole("max-clients", defaults.MaxClients, 1, 4096),
            ReadOutbox(section.Section("outbox")),
            ReadProbes(section.Section("probes")),
            ReadTargets(section.Section("targets")),
            ReadResolver(section.Section("resolver")));
        section.Retired("outbox-results", "outbox { size, age }, as the outbox is on disk");
        section.End();
        return settings;
    }

    private static OutboxSettings ReadOutbox(SectionReader section)
    {
        var defaults = OutboxSettings.Default;
        var outbox = new OutboxSettings(
            section.Bytes("size", defaults.MaxBytes, OutboxSettings.LeastBytes, OutboxSettings.MostBytes),
            section.Duration("age", defaults.MaxAge, OutboxSettings.LeastAge, OutboxSettings.MostAge));
        section.End();
        return outbox;
    }

    private static PoolBounds ReadProbes(SectionReader section)
    {
        const int most = 10_000;
        var defaults = PoolBounds.Default;
        var min = section.Whole("min", defaults.Min, 1, most);
        var max = section.OptionalWhole("max", 1, most, $"{defaults.Max}");
        section.End();
        if (max is null && min > defaults.Max)
            section.Report(section.Find("min"), section.At("min"), $"{min} is above the default of max, {defaults.Max}: set max too");
        else if (max < min)
            section.Report(section.Find("max"), section.At("max"), $"expected a whole number from {min} (min) to {most}, found {max}");
        return new PoolBounds(min, max ?? defaults.Max);
    }

    private static TargetSettings ReadTargets(SectionReader section)
    {
        var targets = new TargetSettings(section.Networks("allow", "all but what is denied") ?? [], section.Networks("deny", "what monitors deny by default"));
        section.End();
        return targets;
    }

    private static ResolverSettings ReadResolver(SectionReader section)
    {
        var defaults = ResolverSettings.Default;
        var resolver = new ResolverSettings(
            section.Servers("servers", ResolverSettings.DefaultPort, ResolverSettings.MaxServers, "the system's way of resolving") ?? defaults.Servers,
            section.Whole("cache-size", defaults.CacheSize, 1, ResolverSettings.MostNames),
            section.Duration("max-ttl", defaults.MaxTtl, ResolverSettings.LeastTtl, ResolverSettings.MostTtl));
        section.End();
        return resolver;
    }

    private static ManagerSettings ReadManager(SectionReader section)
    {
        var defaults = ManagerSettings.Default;
        var name = section.Name("name", defaults.Name);
        var token = section.Secret("token", defaults.Token);
        var settings = new ManagerSettings(
            name,
            ReadMonitors(section, token),
            ReadJobsPath(section),
            token,
            section.Duration("autonomy", defaults.Autonomy, ManagerSettings.LeastAutonomy, ManagerSettings.MostAutonomy),
            ReadStore(section.Section("store")),
            section.Choice("watch-jobs", defaults.WatchJobs, ("on", true), ("off", false)));
        section.End();
        return settings;
    }

    private static ManagerStoreSettings ReadStore(SectionReader section)
    {
        var defaults = ManagerStoreSettings.Default;
        var store = new ManagerStoreSettings(
            section.Bytes("max-size", defaults.MaxBytes, ManagerStoreSettings.LeastBytes, ManagerStoreSettings.MostBytes),
            Kept("raw", defaults.Raw),
            Kept("five-minutes", defaults.FiveMinutes),
            Kept("one-hour", defaults.OneHour));
        section.End();
        AtLeastRaw("five-minutes", store.FiveMinutes);
        AtLeastRaw("one-hour", store.OneHour);
        return store;

        TimeSpan Kept(string key, TimeSpan @default) => section.Duration(key, @default, ManagerStoreSettings.LeastKept, ManagerStoreSettings.MostKept);

        // Rollups are made of raw records and stand in for them later: kept for less, they would be of no use.
        void AtLeastRaw(string key, TimeSpan kept)
        {
            var isWritten = section.Find(key) is not null;
            if (kept < store.Raw)
                section.Report(
                    section.Find(isWritten ? key : "raw"),
                    section.At(isWritten ? key : "raw"),
                    isWritten
                        ? $"expected at least raw ({DurationText.Print(store.Raw)}), found {DurationText.Print(kept)}"
                        : $"{DurationText.Print(store.Raw)} is above the default of {key}, {DurationText.Print(kept)}: set {key} too");
        }
    }

    private static string? ReadJobsPath(SectionReader section)
    {
        var path = section.Text("jobs", "", "the path of a file", IsPath);
        return path.Length == 0 ? null : Path.Combine(section.Find("jobs")!.Source.Folder, path);
    }

    private static ImmutableArray<MonitorAddress> ReadMonitors(SectionReader section, string token)
    {
        const string key = "monitors";
        if (section.Find(key) is not { } list)
            return [];
        if (list.Items is null || list.Items.Count > MaxMonitors)
        {
            var found = list.Items is null ? list.Describe() : $"{list.Items.Count}";
            section.Report(list, section.At(key), $"expected a list of at most {MaxMonitors} monitors, each {{ name = NAME, address = \"HOST:PORT\" }}, found {found}");
            return [];
        }

        var monitors = ImmutableArray.CreateBuilder<MonitorAddress>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var reader = section.Item(list.Items[i], HoconPath.At(section.At(key), i));
            var monitor = ReadAddress(reader, token);
            if (monitor is not null && !places.TryAdd(monitor.Name, i))
                reader.Report(reader.Find("name"), reader.At("name"), $"monitors[{places[monitor.Name]}] is named \"{monitor.Name}\" too: expected a name of its own");
            if (monitor is not null)
                monitors.Add(monitor);
        }

        return monitors.ToImmutable();
    }

    private static MonitorAddress? ReadAddress(SectionReader section, string token)
    {
        const string accepts = "\"HOST:PORT\" or \"[IPV6]:PORT\"";
        if (!section.Exists)
            return null;

        var name = section.Name("name", "");
        var nameItem = section.Find("name");
        var addressItem = section.Find("address");
        var location = section.Name("location", name);
        var ownToken = section.Secret("token", token);
        section.End();

        if (nameItem is null)
            section.Report(null, section.Path, "\"name\" is missing: expected a string");
        if (addressItem is null)
            section.Report(null, section.Path, $"\"address\" is missing: expected {accepts}");
        else if (!HostText.TrySplit(addressItem.Text ?? "", MonitorAddress.DefaultPort, out var host, out var port))
            section.Expected(addressItem, "address", accepts);
        else if (name.Length > 0)
            return section.Take("address", addressItem, new MonitorAddress(name, host, port, location, ownToken), addressItem.Text!);
        return null;
    }

    private static PbmSettings ReadPbm(SectionReader section)
    {
        var settings = new PbmSettings(
            section.Text("host", PbmSettings.DefaultHost, HostText.Accepts, HostText.IsValid),
            section.OptionalWhole("port", 0, 65535, $"{PbmSettings.DefaultManagerPort} (manager), {PbmSettings.DefaultMonitorPort} (monitor)"),
            section.Secret("token", ""),
            section.Find("tls") is not null ? ReadPbmTls(section.Section("tls")) : null);
        if (settings.Tls is null && !HostText.IsLoopback(settings.Host))
            section.Wrong("host", $"everybody on the way could read and change what pbm says to {settings.Host}: set actor-monitor.pbm.tls {{ certificate, key }} to PEM files, or listen on {PbmSettings.DefaultHost}");
        section.End();
        return settings;
    }

    private static PbmTlsSettings ReadPbmTls(SectionReader section)
    {
        var certificate = section.Text("certificate", "", "the path of a PEM file", IsPath);
        if (certificate.Length == 0)
            section.Wrong("certificate", "missing: expected the path of a PEM file with the node's certificate");
        var tls = new PbmTlsSettings(certificate, section.Text("key", certificate, "the path of a PEM file", IsPath));
        section.End();
        return tls;
    }

    private static bool IsPath(string text) => text.Length is > 0 and <= MaxPathLength && !text.Any(char.IsControl);
}
