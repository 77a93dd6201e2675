using System.Collections.Immutable;

namespace ActorMonitor.Configuration;

/// <summary>The keys of a job, their defaults and bounds; the reader and the schema are made of them.</summary>
public static class JobBounds
{
    /// <summary>The shortest interval.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest interval.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromDays(1);

    /// <summary>The interval of a job that names none.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(60);

    /// <summary>The shortest timeout.</summary>
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest timeout; it is never longer than the interval either.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The timeout of a job that names none, unless its interval is shorter.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes that a job's settings and expectations hold together, so that a job fits a message.</summary>
    public const int MaxSettingsBytes = 32 * 1024;

    internal const string Name = "name";
    internal const string Service = "service";
    internal const string Host = "host";
    internal const string Port = "port";
    internal const string Interval = "interval";
    internal const string Timeout = "timeout";
    internal const string ServerNumber = "server_number";
    internal const string Locations = "locations";
    internal const string Settings = "settings";
    internal const string Expect = "expect";
    internal const string Labels = "labels";

    internal static readonly ImmutableArray<string> Keys = [Name, Service, Host, Port, Interval, Timeout, ServerNumber, Locations, Settings, Expect, Labels];
}
