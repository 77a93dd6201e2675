namespace ActorMonitor.Messages.Wire;

/// <summary>The bounds that every message is held to, on both sides.</summary>
public static class WireLimits
{
    /// <summary>The longest name (job, node, service, setting, measurement), in characters.</summary>
    public const int Name = 128;

    /// <summary>The longest host, in characters: a DNS name has at most 253 (RFC 1035), an address with a scope fewer.</summary>
    public const int Host = 255;

    /// <summary>The longest token, message or attribute text, in characters.</summary>
    public const int Text = 1024;

    /// <summary>The most bytes of one message.</summary>
    public const int MessageBytes = 64 * 1024;

    /// <summary>The most bytes of one Completed; what is beyond is left out and marked.</summary>
    public const int CompletedBytes = 32 * 1024;

    /// <summary>The most settings of one map.</summary>
    public const int Settings = 64;

    /// <summary>The most items of one setting.</summary>
    public const int SettingItems = 64;

    /// <summary>The longest setting item, in characters.</summary>
    public const int SettingText = 8 * 1024;

    /// <summary>The longest timeout of a check: what one check may hold a monitor's place for, and less than a timer can wait.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromDays(1);

    /// <summary>The most measurements of one result.</summary>
    public const int Measurements = 768;

    /// <summary>The most attributes of one result.</summary>
    public const int Attributes = 256;

    /// <summary>The most attempts of one result.</summary>
    public const int Attempts = 16;

    /// <summary>The most labels of a monitor.</summary>
    public const int Labels = 64;

    /// <summary>The most services of a monitor.</summary>
    public const int Services = 64;
}
