using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Tests;

/// <summary>Jobs and results to try things with.</summary>
internal static class Sample
{
    public static JobDefinition Job(string name, string[]? monitors = null, double intervalSeconds = 10, double timeoutSeconds = 2)
        => JobDefinition.Of(
            new CheckDefinition(
                new JobId(name), "tcp", "host.example", 80, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromSeconds(timeoutSeconds), SettingMap.Empty, SettingMap.Empty),
            [.. monitors ?? ["eu"]]);

    public static CheckResult Result(string job, Slot slot, Outcome outcome = Outcome.Up, Cause cause = Cause.None)
        => new(new JobId(job), slot, outcome, cause, slot.Due, TimeSpan.Zero, TimeSpan.FromMilliseconds(7), TimeSpan.Zero, "127.0.0.1", "7 ms");
}
