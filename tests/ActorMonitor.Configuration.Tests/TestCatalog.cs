using ActorMonitor.Messages;

namespace ActorMonitor.Configuration.Tests;

/// <summary>Services with settings of every kind; their names are those that the samples use.</summary>
internal static class TestCatalog
{
    private static readonly Setting Family = Setting.Choice("family", "any", "The address family.", "any", "ipv4", "ipv6");

    internal static readonly ServiceCatalog Instance = new(
    [
        new ServiceDefinition(
            "ping",
            "Echoes.",
            DefaultPort: null,
            [
                Setting.Integer("count", 1, 1, 20, "How many."),
                Setting.OptionalDuration("interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "From echo to echo."),
                Setting.Flag("dontFragment", false, "No fragments."),
                Family,
            ],
            [Setting.OptionalNumber("lossPercent", 0, 100, "The most loss."), Setting.OptionalNumber("rttMs", 0.001, 600_000, "The longest round trip.")])
        {
            Aliases = ["icmp"],
        },
        new ServiceDefinition("traceroute", "Hops.", DefaultPort: null, [Setting.Integer("maxHops", 30, 1, 64, "The farthest hop.")], []),
        Web("http", 80),
        Web("https", 443),
        new ServiceDefinition(
            "tcp", "Connects.", DefaultPort: 0, [Family, Setting.OptionalText("send", "What to send.")], [Setting.OptionalText("banner.contains", "In the banner."), Setting.OptionalText("answer.contains", "In the answer.")]),
        new ServiceDefinition("udp", "One datagram.", DefaultPort: 0, [Family, Setting.OptionalText("payloadHex", "Bytes.")], [Setting.Flag("silence", false, "Silence is wanted.")]),
        new ServiceDefinition(
            "dns",
            "One question.",
            53,
            [Setting.OptionalText("query", "The name."), Setting.Choice("type", "A", "The type.", "A", "AAAA", "MX")],
            [Setting.Choice("rcode", "NOERROR", "The code.", "NOERROR", "NXDOMAIN")])
        {
            ImpliedSettings = (job, host) => job.Name.Contains('.', StringComparison.Ordinal) ? SettingMap.Empty.With("query", job.Name) : SettingMap.Empty.With("query", host),
        },
        new ServiceDefinition("ntp", "The time.", 123, [], [Setting.OptionalNumber("offsetMs", 0, 86_400_000, "The farthest."), Setting.OptionalInteger("stratum", 1, 15, "The highest.")]),
    ]);

    private static ServiceDefinition Web(string name, int port) => new(
        name,
        "Fetches a page.",
        port,
        [
            Setting.Text("path", "/", "The path.", "a path that begins with /", text => text.StartsWith('/')),
            Setting.OptionalText("body", "What to send."),
            Family,
        ],
        [
            Setting.TextList("status", "The statuses.", "a list of statuses such as [\"2xx\", \"301\"]", text => text.Length == 3),
            Setting.OptionalText("body.contains", "In the page."),
            Setting.OptionalText("body.matches", "A pattern of the page."),
            Setting.OptionalInteger("certificateDays", 0, 3650, "Days that are left."),
        ]);
}
