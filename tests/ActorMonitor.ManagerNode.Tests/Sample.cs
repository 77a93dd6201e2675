using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Tests;

/// <summary>Jobs and results to try things with.</summary>
internal static class Sample
{
    /// <summary>A service with a setting of each kind, as the real ones have them.</summary>
    public static ServiceCatalog Services { get; } = new(
    [
        new ServiceDefinition(
            "tcp", "connects", 0,
            [
                Setting.Text("send", "", "what is said"), Setting.Integer("times", 1, 1, 9, "how often"), Setting.Flag("tls", false, "whether"),
                Setting.TextList("steps", "what is said in turn"), Setting.OptionalDuration("pause", TimeSpan.Zero, TimeSpan.FromSeconds(9), "in between"),
                Setting.Choice("family", "any", "which addresses", "any", "ipv4"), Setting.OptionalText("auth.user", "who"),
            ],
            [Setting.OptionalInteger("connectMs", 1, 60_000, "how soon"), Setting.OptionalText("banner.contains", "what is in it")]),
        new ServiceDefinition("ping", "asks for echoes", null, [], []) { Aliases = ["icmp"] },
        new ServiceDefinition("https", "fetches", 443, [Setting.Text("path", "/", "what is fetched", "a path", path => path.StartsWith('/'))], [Setting.TextList("status", "which")]),
    ]);

    public static JobDefinition Job(string name, string[]? monitors = null, double intervalSeconds = 10, double timeoutSeconds = 2)
        => JobDefinition.Of(
            new CheckDefinition(
                new JobId(name), "tcp", "host.example", 80, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromSeconds(timeoutSeconds), SettingMap.Empty, SettingMap.Empty),
            [.. monitors ?? ["eu"]]);

    public static CheckResult Result(string job, Slot slot, Outcome outcome = Outcome.Up, Cause cause = Cause.None)
        => new(new JobId(job), slot, outcome, cause, slot.Due, TimeSpan.Zero, TimeSpan.FromMilliseconds(7), TimeSpan.Zero, "127.0.0.1", "7 ms");
}
