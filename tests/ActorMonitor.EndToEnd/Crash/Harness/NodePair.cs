using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ActorMonitor.EndToEnd.Processes;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>
/// A manager and a monitor as processes that can be killed and started again, on the same ports and data, with jobs against a
/// target that counts. All that they were told to remember is watched from outside: the monitor's journals, the manager's store.
/// </summary>
internal sealed class NodePair : IAsyncDisposable
{
    private const string MonitorName = "eu-1";
    private const string ManagerName = "boss";

    private readonly TestFolder _folder = new();
    private readonly PairOptions _options;
    private readonly string[] _managerArguments;
    private readonly string[] _monitorArguments;
    private DateTimeOffset? _monitorDiedAt;

    private NodePair(PairOptions options)
    {
        _options = options;
        try
        {
            ManagerDisk = options.ManagerDiskMebibytes > 0 ? new SmallDisk(_folder.Data(ManagerName), options.ManagerDiskMebibytes) : null;
            MonitorDisk = options.MonitorDiskMebibytes > 0 ? new SmallDisk(_folder.Data(MonitorName), options.MonitorDiskMebibytes) : null;
        }
        catch
        {
            ManagerDisk?.Dispose();
            throw;
        }

        var (managerPort, monitorPort) = (Ports.Free(), Ports.Free());
        if (options.IsProxied)
            (ToManager, ToMonitor) = (new FaultyProxy(managerPort, options.Seed), new FaultyProxy(monitorPort, options.Seed + 1));
        (ManagerPbm, MonitorPbm) = ($"127.0.0.1:{Ports.Free()}", $"127.0.0.1:{Ports.Free()}");
        var config = _folder.ManagerHocon(ManagerName, WriteJobs(), "", (MonitorName, $"127.0.0.1:{ToMonitor?.Port ?? monitorPort}"));
        _managerArguments = ["manager", "--config", config, .. Set([.. Listening(managerPort, ToManager, ManagerPbm), .. options.Manager])];
        _monitorArguments =
        [
            "monitor",
            .. Set(
            [
                $"actor-monitor.monitor.name={MonitorName}", $"actor-monitor.data={_folder.Data(MonitorName)}",
                .. Listening(monitorPort, ToMonitor, MonitorPbm), .. options.Monitor,
            ]),
        ];
        Journals = new JournalArchive(Path.Combine(MonitorData, "clients"), Path.Combine(_folder.Data(MonitorName), "kept"), options.KeepsJournals);
    }

    internal NodeUnderTest Manager { get; private set; } = null!;

    internal NodeUnderTest Monitor { get; private set; } = null!;

    internal string ManagerPbm { get; }

    internal string MonitorPbm { get; }

    internal SmallDisk? ManagerDisk { get; }

    internal SmallDisk? MonitorDisk { get; }

    /// <summary>In front of the manager's port; the monitor dials it.</summary>
    internal FaultyProxy? ToManager { get; }

    /// <summary>In front of the monitor's port; the manager dials it.</summary>
    internal FaultyProxy? ToMonitor { get; }

    internal CountingEcho Target { get; } = new();

    internal JournalArchive Journals { get; }

    /// <summary>When the monitor's process was dead, by the system's clock.</summary>
    internal List<(DateTimeOffset From, DateTimeOffset To)> MonitorWasDead { get; } = [];

    /// <summary>What had begun and not ended when the monitor was killed.</summary>
    internal HashSet<SlotOf> RunningAtKills { get; } = [];

    /// <summary>What a check of the books needs to know.</summary>
    internal Books Books => new()
    {
        Journals = Journals,
        ManagerData = ManagerData,
        Interval = _options.Interval,
        Calls = Target.Counts,
        MonitorWasDead = MonitorWasDead,
        RunningAtKills = RunningAtKills,
    };

    internal string ManagerData => Path.Combine(_folder.Data(ManagerName), "manager");

    internal string MonitorData => Path.Combine(_folder.Data(MonitorName), "monitor");

    /// <summary>Starts both, and waits until results arrive.</summary>
    internal static async Task<NodePair> StartAsync(PairOptions options)
    {
        var pair = new NodePair(options);
        try
        {
            await pair.StartMonitorAsync();
            await pair.StartManagerAsync();
            await pair.RecoveredAsync(TimeSpan.FromSeconds(30));
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    internal async Task StartManagerAsync() => Manager = await NodeUnderTest.StartAsync(_folder, _managerArguments);

    internal async Task StartMonitorAsync()
    {
        Monitor = await NodeUnderTest.StartAsync(_folder, _monitorArguments);
        if (_monitorDiedAt is { } died)
            MonitorWasDead.Add((died, TimeProvider.System.GetUtcNow()));
        _monitorDiedAt = null;
    }

    /// <summary>Ends the manager as <c>kill -9</c> does, or in order.</summary>
    internal Task EndManagerAsync(Signal signal = Signal.Kill) => EndAsync(Manager, signal);

    /// <summary>Ends the monitor as <c>kill -9</c> does, or in order.</summary>
    internal async Task EndMonitorAsync(Signal signal = Signal.Kill)
    {
        var at = TimeProvider.System.GetUtcNow();
        await EndAsync(Monitor, signal);
        _monitorDiedAt = at;
        RunningAtKills.UnionWith(Journals.Read().Running);
    }

    /// <summary>Kills both at once.</summary>
    internal Task KillBothAsync() => Task.WhenAll(EndManagerAsync(), EndMonitorAsync());

    /// <summary>
    /// Waits until everything is as it should be: linked, nothing in the outbox of what was in it when this was called, the books
    /// without a difference, and no health check red.
    /// </summary>
    /// <param name="within">The deadline.</param>
    /// <param name="staysRed">A check that an operator has to clear.</param>
    /// <returns>How long it took.</returns>
    internal async Task<TimeSpan> RecoveredAsync(TimeSpan within, string staysRed = "")
    {
        var missing = "";
        long? newest = Journals.KeepsAll ? Journals.Read().Newest : null;
        return await Until.TrueAsync(
            async () =>
            {
                missing = await MissingAsync(newest, staysRed);
                return missing.Length == 0;
            },
            within,
            () => $"{missing}\nmanager:\n{Last(Manager)}\nmonitor:\n{Last(Monitor)}");
    }

    /// <summary>Waits until every slot that was due when this was called has its record, and checks the books.</summary>
    internal async Task<LedgerFindings> SettledAsync()
    {
        // No slot is open for longer, whatever has become of it.
        var decided = TimeProvider.System.GetUtcNow() + _options.Timeout + TimeSpan.FromSeconds(7);
        _ = await Until.TrueAsync(() => TimeProvider.System.GetUtcNow() > decided, TimeSpan.FromMinutes(1), () => "the clock stands still");
        _ = await RecoveredAsync(TimeSpan.FromSeconds(10));
        return await LedgerCheck.RunAsync(Books);
    }

    /// <summary>A node's health checks; none when it does not answer.</summary>
    internal static async Task<IReadOnlyList<JsonObject>> HealthAsync(string node) => await PbmCalls.TryRowsAsync(node, "health") ?? [];

    /// <summary>Waits until a node's health says that something is wrong; its words come back.</summary>
    internal static async Task<JsonObject> UnhealthyAsync(string node, string check, TimeSpan within)
    {
        JsonObject? found = null;
        IReadOnlyList<JsonObject> rows = [];
        _ = await Until.TrueAsync(
            async () =>
            {
                rows = await HealthAsync(node);
                found = rows.FirstOrDefault(row => Text(row, "check") == check && !IsOk(row));
                return found is not null;
            },
            within,
            () => $"health of {node} does not say what is wrong with {check}:\n{string.Join('\n', rows.Select(row => row.ToJsonString()))}");
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        if (Manager is not null)
            await Manager.DisposeAsync();
        if (Monitor is not null)
            await Monitor.DisposeAsync();
        if (ToManager is not null)
            await ToManager.DisposeAsync();
        if (ToMonitor is not null)
            await ToMonitor.DisposeAsync();
        await Journals.DisposeAsync();
        await Target.DisposeAsync();
        ManagerDisk?.Dispose();
        MonitorDisk?.Dispose();
        _folder.Dispose();
    }

    private static async Task EndAsync(NodeUnderTest node, Signal signal)
    {
        node.Program.Send(signal);
        _ = await node.Program.ExitAsync();
        await node.DisposeAsync();
    }

    internal static bool IsOk(JsonObject row) => Text(row, "status") == "Ok";

    private static string Text(JsonObject row, string key) => row[key]?.GetValue<string>() ?? "";

    private static string Last(NodeUnderTest node) => string.Join('\n', node.Program.Transcript().Split('\n').Where(line => !line.Contains("] [udp] [", StringComparison.Ordinal)).TakeLast(30));

    private static IEnumerable<string> Set(IEnumerable<string> overrides) => overrides.SelectMany(each => (string[])["--set", each]);

    private static string[] Listening(int port, FaultyProxy? proxy, string pbm) =>
    [
        $"akka.remote.dot-netty.tcp.port={port}",
        $"actor-monitor.pbm.port={pbm[(pbm.LastIndexOf(':') + 1)..]}",
        // A line for each result of hundreds of jobs a second would be all that this process has to do.
        "actor-monitor.console=changes",
        .. proxy is null ? (string[])[] : [$"akka.remote.dot-netty.tcp.public-port={proxy.Port}"],
    ];

    private async Task<string> MissingAsync(long? newest, string staysRed)
    {
        if (await PbmCalls.TryRowsAsync(ManagerPbm, "monitors", "list") is not [var monitor] || monitor["state"]!.GetValue<string>() != "up")
            return "the manager is not connected";
        if (await PbmCalls.TryRowsAsync(MonitorPbm, "clients", "list") is not [var client] || !client["linked"]!.GetValue<bool>())
            return "the monitor is not linked";
        if (newest is { } upTo && Journals.Read().Unacknowledged(upTo) is > 0 and var count)
            return $"{count} results that were in the outbox are not acknowledged";
        foreach (var node in (string[])[ManagerPbm, MonitorPbm])
        {
            if ((await HealthAsync(node)).FirstOrDefault(row => !IsOk(row) && Text(row, "check") != staysRed) is { } wrong)
                return $"health: {wrong.ToJsonString()}";
        }

        if (await PbmCalls.TryRowsAsync(ManagerPbm, "ledger") is not { Count: > 0 } ledger)
            return "there is no ledger";
        return ledger.FirstOrDefault(row => row["difference"]!.GetValue<long>() != 0) is { } off ? $"the books are off: {off.ToJsonString()}" : "";
    }

    private string WriteJobs()
    {
        if (_options.JobsFile is { } written)
            return _folder.Write("jobs.json", written);
        var jobs = new StringBuilder("[\n");
        for (var i = 1; i <= _options.Jobs; i++)
        {
            jobs.Append(CultureInfo.InvariantCulture, $$"""
                  { "name": "job-{{i}}", "service": "udp", "host": "127.0.0.1", "port": {{Target.Port}}, "interval": "{{_options.Interval.TotalMilliseconds}}ms", "timeout": "{{_options.Timeout.TotalMilliseconds}}ms", "settings": { "payload": "{{$"job-{i}".PadRight(_options.PayloadBytes, CountingEcho.Padding)}}" } },
                """).Append('\n');
        }

        return _folder.Write("jobs.json", jobs.Append("]\n").ToString());
    }
}

/// <summary>A slot of a job; there is one monitor.</summary>
internal readonly record struct SlotOf(string Job, long DueUnixMilliseconds)
{
    public override string ToString() => $"{Job}@{DueUnixMilliseconds}";
}
