using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class EffectiveSettingTests
{
    [Fact]
    public void Without_a_file_each_key_has_its_default_and_akka_nothing()
    {
        var effective = SettingsReader.Read(null, [], NodeRole.Up).Effective;

        effective.ShouldAllBe(setting => setting.From == "default" && setting.Path.StartsWith("actor-monitor.", StringComparison.Ordinal));
        effective.Select(setting => setting.Path).ShouldBe(effective.Select(setting => setting.Path).Order(StringComparer.Ordinal));
        Shown(effective, "actor-monitor.monitor.outbox.size").ShouldBe("1GiB");
        Shown(effective, "actor-monitor.manager.autonomy").ShouldBe("1d");
        Shown(effective, "actor-monitor.console").ShouldBe("all");
        Shown(effective, "actor-monitor.pbm.port").ShouldBe("9110 (manager), 9111 (monitor)");
    }

    [Fact]
    public void What_is_written_names_its_place_and_an_override_itself()
    {
        var effective = Reading.Settings(
            """
            actor-monitor {
              log = debug
              monitor {
                labels { rack = 7 }
                targets.allow = ["10.0.0.0/8"]
                queue = 3
              }
              manager.monitors = [
                { name = a, address = "10.0.0.1:1" }
              ]
            }
            akka.remote.dot-netty.tcp { hostname = "10.0.0.9", applied-adapters = [a, b] }
            """,
            NodeRole.Up,
            "actor-monitor.monitor.queue=4").Effective;

        effective.Where(setting => setting.Source is not null).Select(setting => $"{setting.Path} = {setting.Shown} ({Path.GetFileName(setting.Source)} {setting.Line})").ShouldBe(
        [
            "actor-monitor.log = debug (node.hocon 2)",
            "actor-monitor.manager.monitors[0].address = 10.0.0.1:1 (node.hocon 9)",
            "actor-monitor.manager.monitors[0].name = a (node.hocon 9)",
            "actor-monitor.monitor.labels.rack = 7 (node.hocon 4)",
            "actor-monitor.monitor.queue = 4 (--set )",
            "actor-monitor.monitor.targets.allow = 10.0.0.0/8 (node.hocon 5)",
            "akka.remote.dot-netty.tcp.applied-adapters = [a, b] (node.hocon 12)",
            "akka.remote.dot-netty.tcp.hostname = 10.0.0.9 (node.hocon 12)",
        ]);
    }

    [Fact]
    public void Tokens_keys_and_passwords_are_secrets_wherever_they_stand()
    {
        var effective = Reading.Settings(
            """
            actor-monitor {
              monitor.token = hidden
              manager { token = hidden, monitors = [{ name = a, address = "127.0.0.1:1", token = hidden }] }
              pbm.token = "hidden hidden hidden"
            }
            akka.remote.dot-netty.tcp.ssl { certificate { password = hidden, path = "a.pfx" }, private-key = hidden }
            akka.some { api-token = hidden, client-secret = hidden, key = hidden, keys-read = shown }
            """).Effective;

        effective.Where(setting => setting.Value.Contains("hidden", StringComparison.Ordinal)).ShouldAllBe(setting => setting.Shown == "***");
        effective.Count(setting => setting.Shown == "***").ShouldBe(9);
        effective.ShouldAllBe(setting => !setting.ToString().Contains("hidden", StringComparison.Ordinal));
        Shown(effective, "akka.some.keys-read").ShouldBe("shown");
        Shown(effective, "akka.remote.dot-netty.tcp.ssl.certificate.path").ShouldBe("a.pfx");
    }

    private static string Shown(IEnumerable<EffectiveSetting> settings, string path) => settings.Single(setting => setting.Path == path).Shown;
}
