namespace ActorMonitor.Configuration;

/// <summary>Everything under <c>actor-monitor { }</c>, read once at start.</summary>
/// <param name="Data"><c>data</c>: the folder under which nodes keep their data, each in its own subfolder; default <c>./data</c>.</param>
/// <param name="Console"><c>console</c>: which events are printed; default all.</param>
/// <param name="Monitor"><c>monitor { }</c>: this process as a monitor.</param>
/// <param name="Manager"><c>manager { }</c>: this process as a manager.</param>
/// <param name="Pbm"><c>pbm { }</c>: where this node's shell listens.</param>
/// <param name="Log"><c>log</c>: the least of what is written to the log; default warning.</param>
public sealed record ActorMonitorSettings(
    string Data, ConsoleMode Console, MonitorSettings Monitor, ManagerSettings Manager, PbmSettings Pbm, LogThreshold Log = LogThreshold.Warning)
{
    /// <summary>The data folder when none is configured.</summary>
    public const string DefaultData = "./data";
}

/// <summary>Which events are printed to the console.</summary>
public enum ConsoleMode
{
    /// <summary>Each result and each change of a link.</summary>
    All,

    /// <summary>Changes only.</summary>
    Changes,

    /// <summary>Nothing.</summary>
    Off,
}

/// <summary>The least of what is written to the log, from everything to nothing.</summary>
public enum LogThreshold
{
    /// <summary>Everything.</summary>
    Trace,

    /// <summary>What helps to find a mistake of ours.</summary>
    Debug,

    /// <summary>What happens.</summary>
    Info,

    /// <summary>What somebody should look at.</summary>
    Warning,

    /// <summary>What failed.</summary>
    Error,

    /// <summary>What the program cannot go on with.</summary>
    Critical,

    /// <summary>Nothing.</summary>
    Off,
}

/// <summary>What a process is started as; it decides the defaults and which sections must be there.</summary>
public enum NodeRole
{
    /// <summary>A manager and an embedded monitor in one process.</summary>
    Up,

    /// <summary>A manager.</summary>
    Manager,

    /// <summary>A monitor.</summary>
    Monitor,
}

/// <summary>Where a node's shell (pbm) listens.</summary>
/// <param name="Host"><c>host</c>: the address to listen on; default 127.0.0.1.</param>
/// <param name="Port"><c>port</c>: 0 (any free one) to 65535; null for the role's default, <see cref="DefaultManagerPort"/> or <see cref="DefaultMonitorPort"/>.</param>
/// <param name="Token"><c>token</c>: what changing commands need, and from other machines every command; empty for the token file in the data folder.</param>
/// <param name="Tls"><c>tls</c>: what the node shows of itself; null for none, which only a host that is loopback may have.</param>
public sealed record PbmSettings(string Host, int? Port, string Token, PbmTlsSettings? Tls = null)
{
    /// <summary>The address when none is configured.</summary>
    public const string DefaultHost = "127.0.0.1";

    /// <summary>A manager's port when none is configured.</summary>
    public const int DefaultManagerPort = 9110;

    /// <summary>A monitor's port when none is configured.</summary>
    public const int DefaultMonitorPort = 9111;

    /// <summary>Without the token.</summary>
    public override string ToString() => $"PbmSettings {{ Host = {Host}, Port = {Port} }}";
}

/// <summary><c>actor-monitor.pbm.tls</c>: the files by which the shell's endpoint speaks TLS.</summary>
/// <param name="Certificate"><c>certificate</c>: a PEM file with the node's certificate, followed by those between it and the authority.</param>
/// <param name="Key"><c>key</c>: a PEM file with its key, without a passphrase; by default the certificate's file.</param>
public sealed record PbmTlsSettings(string Certificate, string Key);
