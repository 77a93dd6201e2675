using ActorMonitor.Configuration;
using ActorMonitor.Host.Commands;
using ActorMonitor.Host.Composition;
using ActorMonitor.Host.NodeCommands;
using ActorMonitor.Shell;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.NodeCommands;

public sealed class ConfigCommandsTests : IDisposable
{
    private const string Good = """
        actor-monitor {
          console = off
          monitor { queue = 7, token = "a secret of ours" }
          pbm.token = "another secret of ours"
        }
        akka {
          remote.dot-netty.tcp { port = 0, ssl.certificate.password = "a third secret" }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("config-").FullName;
    private readonly LiveConfiguration _configuration;
    private readonly Typed _node;
    private readonly List<ConsoleMode> _applied = [];
    private string? _timesOut;

    public ConfigCommandsTests()
    {
        File.WriteAllText(FileName, Good);
        var source = new ConfigurationSource(new RunOptions(FileName, null, ["actor-monitor.monitor.max-clients=5"], OutputFormat.Text, null), NodeRole.Up, "up");
        _configuration = new LiveConfiguration(source, source.Read(TextWriter.Null).ShouldNotBeNull());
        _configuration.Add(new LiveSetting(["actor-monitor.console"], (read, _) =>
        {
            if (_timesOut is { } who)
                throw new TimeoutException(who);
            _applied.Add(read.Settings.Console);
            return Task.FromResult<string?>(null);
        }));
        _node = new Typed(ConfigCommands.Of("monitor", _configuration));
    }

    private string FileName => Path.Combine(_folder, "up.hocon");

    public void Dispose()
    {
        _configuration.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_key_is_shown_with_its_value_and_where_it_comes_from()
    {
        var lines = await _node.LinesAsync("config", "show");

        lines[0].ShouldBe("KEY VALUE FROM");
        lines.ShouldContain($"actor-monitor.console off {FileName}:2");
        lines.ShouldContain($"actor-monitor.monitor.queue 7 {FileName}:3");
        lines.ShouldContain("actor-monitor.monitor.max-clients 5 --set");
        lines.ShouldContain("actor-monitor.monitor.outbox.age 1d default");
        lines.ShouldContain("actor-monitor.monitor.probes.max 64 default");
        lines.ShouldContain("actor-monitor.log warning default");
        lines.ShouldContain($"akka.remote.dot-netty.tcp.port 0 {FileName}:7");
    }

    [Fact]
    public async Task No_secret_is_shown()
    {
        var text = (await _node.RunAsync("config", "show")).Text;

        text.ShouldNotContain("secret of ours");
        text.ShouldNotContain("third secret");
        (await _node.LinesAsync("config", "show", "actor-monitor.pbm.token"))[1].ShouldBe($"actor-monitor.pbm.token *** {FileName}:4");
        (await _node.LinesAsync("config", "show", "akka.remote.dot-netty.tcp.ssl"))[1].ShouldBe($"akka.remote.dot-netty.tcp.ssl.certificate.password *** {FileName}:7");
    }

    [Fact]
    public async Task A_part_is_shown_by_its_path_and_one_that_is_not_there_is_named()
    {
        (await _node.LinesAsync("config", "show", "actor-monitor.monitor.outbox")).Length.ShouldBe(3);
        (await _node.RunAsync("config", "show", "actor-monitor.monitr")).ShouldBe((1, "pbm: There is no key actor-monitor.monitr. Did you mean actor-monitor.monitor?\n"));
    }

    [Fact]
    public async Task Check_tells_what_would_change_and_changes_nothing()
    {
        (await _node.LinesAsync("config", "check")).ShouldBe([$"{FileName}: no mistakes, and nothing that the nodes do not run with."]);
        await File.WriteAllTextAsync(FileName, Good.Replace("console = off", "console = all", StringComparison.Ordinal).Replace("queue = 7", "queue = 8", StringComparison.Ordinal));

        (await _node.LinesAsync("config", "check")).ShouldBe(
        [
            "KEY RUNS WITH CONFIGURED FROM STATE NOTE",
            $"actor-monitor.console off all {FileName}:2 reload config reload applies it",
            $"actor-monitor.monitor.queue 7 8 {FileName}:3 restart takes a restart",
            $"{FileName}: no mistakes.",
        ]);
        _applied.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reload_applies_what_can_be_and_names_what_takes_a_restart()
    {
        await File.WriteAllTextAsync(FileName, Good.Replace("console = off", "console = all", StringComparison.Ordinal).Replace("a secret of ours", "it was read", StringComparison.Ordinal));

        (await _node.LinesAsync("config", "reload")).ShouldBe(
        [
            "KEY RUNS WITH CONFIGURED FROM STATE NOTE",
            $"actor-monitor.console off all {FileName}:2 applied",
            $"actor-monitor.monitor.token *** *** {FileName}:3 restart takes a restart",
        ]);
        _applied.ShouldBe([ConsoleMode.All]);
        (await _node.LinesAsync("config", "show", "actor-monitor.console"))[1].ShouldBe($"actor-monitor.console all {FileName}:2");

        // What was applied is what the node runs with; what was not is named again.
        (await _node.LinesAsync("config", "reload")).Length.ShouldBe(2);
        _applied.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("config", "check", "a reload would change nothing")]
    [InlineData("config", "reload", "nothing was changed")]
    public async Task A_bad_file_changes_nothing_and_all_its_mistakes_are_told(string palette, string verb, string consequence)
    {
        await File.WriteAllTextAsync(FileName, "actor-monitor {\n  console = loud\n  monitor { queue = 0, probs { } }\n}");

        var (exit, text) = await _node.RunAsync(palette, verb);

        exit.ShouldBe(1);
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            $"pbm: {FileName}:2: actor-monitor.console: expected one of all, changes, off, found \"loud\"",
            $"pbm: {FileName}:3: actor-monitor.monitor.queue: expected a whole number from 1 to 1000000, found \"0\"",
            $"pbm: {FileName}:3: actor-monitor.monitor.probs: unknown key; did you mean \"probes\"?",
            $"pbm: 3 mistakes: {consequence}.",
        ]);
        _applied.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_does_not_answer_is_a_failure_and_the_change_is_there_the_next_time()
    {
        await File.WriteAllTextAsync(FileName, Good.Replace("console = off", "console = all", StringComparison.Ordinal));
        _timesOut = "timed out: /user/console did not answer within 5 s";

        var (exit, text) = await _node.RunAsync("config", "reload");

        exit.ShouldBe(1);
        text.ShouldEndWith("pbm: config reload timed out: /user/console did not answer within 5 s.\n");
        _timesOut = null;
        (await _node.RunAsync("config", "reload")).Exit.ShouldBe(0);
        _applied.ShouldBe([ConsoleMode.All]);
    }

    [Fact]
    public async Task Jobs_are_followed_by_the_command_that_the_manager_has_for_it()
    {
        _configuration.ReloadJobs = new ShellCommand { Palette = "jobs", Verb = "reload", Summary = "for a test", Run = (_, _) => new[] { new TextLine("3 jobs added") }.ToAsyncEnumerable() };

        (await _node.LinesAsync("config", "reload")).ShouldBe([$"{FileName}: no mistakes, and nothing that the nodes do not run with.", "3 jobs added"]);
    }
}
