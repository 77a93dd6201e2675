namespace ActorMonitor.Messages;

/// <summary>What a monitor needs to know to run a job's check.</summary>
/// <param name="Job">The job.</param>
/// <param name="Service">The kind of check, in lower case, for example <c>https</c>.</param>
/// <param name="Host">A host name or an address literal.</param>
/// <param name="Port">The port, 1 to 65535; 0 for a service without ports.</param>
/// <param name="Interval">The time from slot to slot; <see cref="TimeSpan.Zero"/> for a check that runs once.</param>
/// <param name="Timeout">The bound on the whole check.</param>
/// <param name="Settings">How to check.</param>
/// <param name="Expectations">What makes it Up.</param>
public sealed record CheckDefinition(
    JobId Job,
    string Service,
    string Host,
    int Port,
    TimeSpan Interval,
    TimeSpan Timeout,
    SettingMap Settings,
    SettingMap Expectations);
