using System.Net;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class SettingsReaderTests
{
    [Fact]
    public void Without_a_file_everything_has_its_default()
    {
        var reading = SettingsReader.Read(null, [], NodeRole.Up);

        reading.Errors.ShouldBeEmpty();
        var settings = reading.Settings!;
        settings.Data.ShouldBe("./data");
        settings.Console.ShouldBe(ConsoleMode.All);
        settings.Monitor.ShouldBe(MonitorSettings.Default with { Labels = settings.Monitor.Labels, Targets = settings.Monitor.Targets });
        settings.Monitor.Labels.ShouldBeEmpty();
        settings.Monitor.Targets.Allow.ShouldBeEmpty();
        settings.Monitor.Targets.Deny.ShouldBeNull();
        settings.Manager.ShouldBe(ManagerSettings.Default);
        settings.Pbm.ShouldBe(new PbmSettings("127.0.0.1", null, ""));
    }

    [Fact]
    public void Every_key_is_read()
    {
        var reading = Reading.Settings("""
            actor-monitor {
              data = /var/lib/actormonitor
              console = Changes
              log = Error
              monitor {
                name = eu-1
                location = eu
                domain = provider-a
                labels { rack = 7, "a key" = "a text" }
                token = one
                checks-per-probe = 1
                queue = 2
                max-clients = 3
                outbox { size = 4 MiB, age = 36 hours }
                probes { min = 5, max = 60 }
                targets { allow = ["10.0.0.0/8", "fd00::/8"], deny = [] }
                resolver { servers = ["192.0.2.53", "192.0.2.54:5353", "2001:db8::53", "[2001:db8::54]:5353"], cache-size = 7, max-ttl = 1h }
              }
              manager {
                name = m
                token = two
                jobs = /etc/jobs.json
                autonomy = 90m
                store { max-size = 500 GB, raw = 14d, five-minutes = 60 days, one-hour = 100d }
                monitors = [
                  { name = a, address = "127.0.0.1:1" }
                  { name = b, address = "[::1]:2", location = here, token = three }
                  { name = c, address = localhost }
                ]
              }
              pbm { host = "::1", port = 0, token = four }
            }
            """);

        reading.Errors.ShouldBeEmpty();
        var (data, console, monitor, manager, pbm, log) = reading.Settings!;
        data.ShouldBe("/var/lib/actormonitor");
        console.ShouldBe(ConsoleMode.Changes);
        log.ShouldBe(LogThreshold.Error);
        (monitor.Name, monitor.Location, monitor.Domain, monitor.Token).ShouldBe(("eu-1", "eu", "provider-a", "one"));
        monitor.Labels.ShouldBe([new("a key", "a text"), new("rack", "7")]);
        (monitor.ChecksPerProbe, monitor.Queue, monitor.MaxClients).ShouldBe((1, 2, 3));
        monitor.Outbox.ShouldBe(new OutboxSettings(4 << 20, TimeSpan.FromHours(36)));
        monitor.Probes.ShouldBe(new PoolBounds(5, 60));
        monitor.Targets.Allow.ShouldBe([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")]);
        monitor.Targets.Deny!.Value.ShouldBeEmpty();
        monitor.Resolver.Servers.Select(server => server.ToString()).ShouldBe(["192.0.2.53:53", "192.0.2.54:5353", "[2001:db8::53]:53", "[2001:db8::54]:5353"]);
        (monitor.Resolver.CacheSize, monitor.Resolver.MaxTtl).ShouldBe((7, TimeSpan.FromHours(1)));
        (manager.Name, manager.Token, manager.Jobs).ShouldBe(("m", "two", "/etc/jobs.json"));
        manager.Autonomy.ShouldBe(TimeSpan.FromMinutes(90));
        manager.Store.ShouldBe(new ManagerStoreSettings(500_000_000_000, TimeSpan.FromDays(14), TimeSpan.FromDays(60), TimeSpan.FromDays(100)));
        manager.Monitors.ShouldBe([
            new MonitorAddress("a", "127.0.0.1", 1, "a", "two"),
            new MonitorAddress("b", "::1", 2, "here", "three"),
            new MonitorAddress("c", "localhost", 8091, "c", "two"),
        ]);
        pbm.ShouldBe(new PbmSettings("::1", 0, "four"));
    }

    [Fact]
    public void A_name_is_the_default_of_location_and_domain()
    {
        var monitor = Reading.Settings("actor-monitor.monitor.name = eu-1").Settings!.Monitor;

        (monitor.Location, monitor.Domain).ShouldBe(("eu-1", "eu-1"));
    }

    [Fact]
    public void The_jobs_file_is_beside_the_configuration()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "up.hocon");
        File.WriteAllText(file, "actor-monitor.manager.jobs = jobs.json");

        SettingsReader.Read(file, [], NodeRole.Up).Settings!.Manager.Jobs.ShouldBe(Path.Combine(folder.Path, "jobs.json"));
        SettingsReader.Read(file, ["actor-monitor.manager.jobs=other.json"], NodeRole.Up).Settings!.Manager.Jobs.ShouldBe("other.json");
    }

    [Fact]
    public void Overrides_win_and_the_last_wins_over_those_before()
    {
        var reading = Reading.Settings(
            "actor-monitor { console = all, monitor { queue = 5, name = x } }", NodeRole.Up,
            "actor-monitor.monitor.queue=6", "actor-monitor.console = off", "actor-monitor.monitor.queue=7", "actor-monitor.manager.monitors=[{ name = a, address = \"127.0.0.1:1\" }]");

        reading.Errors.ShouldBeEmpty();
        reading.Settings!.Console.ShouldBe(ConsoleMode.Off);
        (reading.Settings.Monitor.Queue, reading.Settings.Monitor.Name).ShouldBe((7, "x"));
        reading.Settings.Manager.Monitors.Length.ShouldBe(1);
        reading.Hocon.GetInt("actor-monitor.monitor.queue").ShouldBe(7);
    }

    [Theory]
    [InlineData(@"C:\data")]
    [InlineData("/data # 1 // 2")]
    [InlineData("a = b \"c\"")]
    public void An_override_is_a_text_as_it_stands(string text)
        => SettingsReader.Read(null, ["actor-monitor.data=" + text], NodeRole.Up).Settings!.Data.ShouldBe(text);

    [Theory]
    [InlineData("actor-monitor.console", "--set: expected KEY=VALUE, such as actor-monitor.console=off, found \"actor-monitor.console\"")]
    [InlineData("=off", "--set: expected KEY=VALUE, such as actor-monitor.console=off, found \"=off\"")]
    [InlineData("a..b=off", "--set: expected KEY=VALUE, such as actor-monitor.console=off, found \"a..b=off\"")]
    [InlineData("actor-monitor.console=loud", "--set: actor-monitor.console: expected one of all, changes, off, found \"loud\"")]
    [InlineData("actor-monitor.data=", "--set: actor-monitor.data: expected the path of a folder, found \"\"")]
    [InlineData("actor-monitor.quiet=1", "--set: actor-monitor.quiet: unknown key; actor-monitor has data, console, monitor, manager, pbm, log")]
    [InlineData("console=off", "--set: console: unknown key; expected one under actor-monitor or akka")]
    [InlineData("akkka.loglevel=INFO", "--set: akkka: unknown key; did you mean \"akka\"?")]
    [InlineData("actor-monitor.monitor=5", "--set: actor-monitor.monitor: expected an object in braces, found \"5\"")]
    public void A_bad_override_is_a_mistake_of_the_command_line(string text, string message)
        => Reading.SettingsMistakes("", NodeRole.Up, text).ShouldBe([message]);

    [OwnParserFact]
    public void A_broken_override_is_a_mistake_of_the_command_line()
        => Reading.SettingsMistakes("", NodeRole.Up, "actor-monitor.manager.monitors=[{").ShouldHaveSingleItem().ShouldStartWith("--set: actor-monitor.manager.monitors: the value is no HOCON: ");

    [Fact]
    public void Mistakes_of_file_and_command_line_are_reported_together()
        => Reading.SettingsMistakes("actor-monitor.queue = 5", NodeRole.Up, "actor-monitor.consle=off").Length.ShouldBe(2);

    [Fact]
    public void An_override_mends_what_the_file_has_wrong()
        => Reading.Settings("actor-monitor.console = loud", NodeRole.Up, "actor-monitor.console=off").Errors.ShouldBeEmpty();

    [Fact]
    public void A_missing_file_is_one_mistake()
        => SettingsReader.Read("no/such.hocon", [], NodeRole.Manager).Errors.ShouldHaveSingleItem().ToString().ShouldBe("no/such.hocon: there is no such file");

    [Fact]
    public void A_file_that_is_no_text_is_one_mistake()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "node.hocon");
        File.WriteAllBytes(file, [0x80, 0xFF, 0x00]);

        SettingsReader.Read(file, [], NodeRole.Up).Errors.ShouldHaveSingleItem().ToString().ShouldBe($"{file}: the file is no text: expected UTF-8");
    }

    [Fact]
    public void A_file_is_bounded()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "node.hocon");
        File.WriteAllText(file, new string(' ', SettingsReader.MaxFileBytes + 1));

        SettingsReader.Read(file, [], NodeRole.Up).Errors.ShouldHaveSingleItem().ToString().ShouldBe($"{file}: expected at most 1048576 bytes, found 1048577");
    }

    [Fact]
    public void Names_of_the_operator_may_stand_beside_ours()
        => Reading.Settings("where = eu\nactor-monitor.monitor.location = ${where}").Settings!.Monitor.Location.ShouldBe("eu");

    [Theory]
    [InlineData("checks-per-probe", 1, 100_000)]
    [InlineData("queue", 1, 1_000_000)]
    [InlineData("max-clients", 1, 4096)]
    [InlineData("probes.max", 1, 10_000)]
    public void Bounds_are_inclusive(string key, int minimum, int maximum)
    {
        foreach (var (value, isAccepted) in new[] { (minimum - 1, false), (minimum, true), (maximum, true), (maximum + 1, false) })
            Reading.Settings($"actor-monitor.monitor.{key} = {value}").Errors.IsEmpty.ShouldBe(isAccepted, $"{key} = {value}");
    }

    [Theory]
    [InlineData("monitor.outbox.size", "1048575", "1MiB", "1 TiB", "1024.1GiB")]
    [InlineData("monitor.outbox.age", "59s", "1m", "6d", "31 days")]
    [InlineData("manager.autonomy", "59999ms", "1 minute", "30 days", "721h")]
    [InlineData("manager.store.max-size", "16MB", "16m", "16TiB", "17T")]
    [InlineData("manager.store.raw", "24h", "25h", "30d", "3651d")]
    [InlineData("manager.store.five-minutes", "6d", "7d", "3650d", "3651d")]
    [InlineData("manager.store.one-hour", "167h", "168h", "3650d", "3651d")]
    public void Bounds_of_amounts_are_inclusive(string key, string below, string least, string most, string above)
    {
        foreach (var (value, isAccepted) in new[] { (below, false), (least, true), (most, true), (above, false) })
            Reading.Settings($"actor-monitor.{key} = {value}").Errors.IsEmpty.ShouldBe(isAccepted, $"{key} = {value}");
    }

    [Theory]
    [InlineData(NodeRole.Up, "monitor.outbox.age = 7d", "node.hocon:1: actor-monitor.monitor.outbox.age: monitor.outbox.age (7d) must be less than manager.store.raw (7d), or a result that comes late finds no slot any more")]
    [InlineData(NodeRole.Up, "manager.store.raw = 1d", "node.hocon:1: actor-monitor.manager.store.raw: monitor.outbox.age (1d) must be less than manager.store.raw (1d), or a result that comes late finds no slot any more")]
    [InlineData(NodeRole.Up, "monitor.outbox.age = 6d", null)]
    [InlineData(NodeRole.Monitor, "monitor.outbox.age = 30d", null)]
    [InlineData(NodeRole.Monitor, "manager.store.raw = 4h", "node.hocon:1: actor-monitor.manager.store.raw: monitor.outbox.age (1d) must be less than manager.store.raw (4h), or a result that comes late finds no slot any more")]
    public void What_a_monitor_still_holds_has_its_place_in_the_store(NodeRole role, string line, string? mistake)
        => Reading.Settings("actor-monitor." + line, role).Errors.Select(error => error.ToString()).ShouldBe(mistake is null ? [] : [mistake]);

    [Fact]
    public void A_manager_knows_the_age_of_its_monitors_outboxes_only_when_its_file_names_it()
    {
        const string monitors = "actor-monitor.manager.monitors = [{ name = a, address = \"127.0.0.1:1\" }]\nactor-monitor.manager.store.raw = 4h";

        Reading.Settings(monitors, NodeRole.Manager).Errors.ShouldBeEmpty();
        Reading.Settings(monitors + "\nactor-monitor.monitor.outbox.age = 4h", NodeRole.Manager).Errors.ShouldHaveSingleItem().Line.ShouldBe(3);
    }

    [Theory]
    [InlineData(NodeRole.Up, "", "monitor.outbox.age (1d) is less than manager.store.raw (7d)")]
    [InlineData(NodeRole.Monitor, "", "not checked here: each manager's store.raw must be more than monitor.outbox.age (1d)")]
    [InlineData(NodeRole.Monitor, "actor-monitor.manager.store.raw = 8d", "monitor.outbox.age (1d) is less than manager.store.raw (8d)")]
    public void It_is_said_what_of_the_times_was_checked(NodeRole role, string hocon, string says)
    {
        var reading = Reading.Settings(hocon, role);

        RetentionCheck.Describe(reading, reading.Settings!, role).ShouldBe(says);
    }

    [Theory]
    [InlineData("{ raw = 31d }", "node.hocon:1: actor-monitor.manager.store.raw: 31d is above the default of five-minutes, 30d: set five-minutes too")]
    [InlineData("{ raw = 31d, five-minutes = 31d }", null)]
    [InlineData("{ one-hour = 6d }", "node.hocon:1: actor-monitor.manager.store.one-hour: expected at least raw (7d), found 6d")]
    public void Rollups_are_kept_as_long_as_raw_records(string store, string? mistake)
        => Reading.Settings($"actor-monitor.manager.store {store}").Errors.Select(error => error.ToString()).ShouldBe(mistake is null ? [] : [mistake]);

    [Theory]
    [InlineData("{ min = 64 }", null)]
    [InlineData("{ min = 65 }", "node.hocon:1: actor-monitor.monitor.probes.min: 65 is above the default of max, 64: set max too")]
    [InlineData("{ max = 0 }", "node.hocon:1: actor-monitor.monitor.probes.max: expected a whole number from 1 to 10000, found \"0\"")]
    public void A_pool_has_room(string probes, string? mistake)
    {
        var errors = Reading.Settings($"actor-monitor.monitor.probes {probes}\nakka.actor.deployment./probes.nr-of-instances = 64").Errors.Select(error => error.ToString());
        errors.ShouldBe(mistake is null ? [] : [mistake]);
    }

    [Fact]
    public void Secrets_are_not_printed()
    {
        var settings = Reading.Settings("""
            actor-monitor {
              monitor.token = hush
              manager { token = hush, monitors = [{ name = a, address = "127.0.0.1:1", token = hush }] }
              pbm.token = hush
            }
            """).Settings!;

        settings.ToString().ShouldNotContain("hush");
        Reading.SettingsMistakes("actor-monitor.monitor.token = [hush]").ShouldHaveSingleItem().ShouldNotContain("hush");
    }
}
