using System.Diagnostics;
using System.Text.RegularExpressions;
using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd.Pbm;

/// <summary>pbm as a person has it before them: a real terminal, keys and a screen, against a real manager.</summary>
public sealed class TerminalE2E(TerminalE2E.Manager manager) : IClassFixture<TerminalE2E.Manager>, IDisposable
{
    private const string Prompt = @"^\[127\.0\.0\.1:\d+\] pbm>";

    private readonly TestFolder _folder = new();

    [TmuxFact]
    public async Task Tab_completes_what_the_node_has()
    {
        await using var screen = await TmuxScreen.PbmAsync(_folder, 100, 24, manager.Node.Pbm);
        _ = await screen.UntilAsync(Prompt);

        await screen.TypeAsync("he");
        await screen.PressAsync("Tab");
        _ = await screen.UntilAsync("^health +help$");
        await screen.PressAsync("C-u");
        await screen.TypeAsync("mon");
        await screen.PressAsync("Tab");
        _ = await screen.UntilAsync("pbm> monitors$");
        await screen.TypeAsync("li");
        await screen.PressAsync("Tab");
        await screen.TypeAsync("--ou");
        await screen.PressAsync("Tab");
        await screen.TypeAsync("j");
        await screen.PressAsync("Tab");
        _ = await screen.UntilAsync("pbm> monitors list --output json$");
        await screen.PressAsync("Enter");
        _ = await screen.UntilAsync("^{\"name\":\"eu-1\"");
    }

    [TmuxFact]
    public async Task Jobs_and_monitors_are_completed_by_their_names()
    {
        await using var screen = await TmuxScreen.PbmAsync(_folder, 100, 24, manager.Node.Pbm);
        _ = await screen.UntilAsync(Prompt);

        await screen.TypeAsync("jobs show t");
        await screen.PressAsync("Tab");
        _ = await screen.UntilAsync("pbm> jobs show tcp-1$");
        await screen.PressAsync("C-u");
        await screen.TypeAsync("monitors drain e");
        await screen.PressAsync("Tab");
        _ = await screen.UntilAsync("pbm> monitors drain eu-1$");
    }

    [TmuxFact]
    public async Task Top_draws_one_picture_over_the_other_until_it_is_ended()
    {
        await using var screen = await TmuxScreen.PbmAsync(_folder, 120, 30, manager.Node.Pbm);
        _ = await screen.UntilAsync(Prompt);
        await screen.TypeAsync("top");
        await screen.PressAsync("Enter");

        var first = await screen.UntilAsync("^UPTIME(?s:.)*^eu-1 +linked ");
        var figures = first.Split('\n').SkipWhile(line => !line.StartsWith("UPTIME", StringComparison.Ordinal)).ElementAt(1);
        var later = await screen.UntilAsync($@"\A(?!(?s:.)*{Regex.Escape(figures)})(?s:.)*^eu-1 +linked ");

        later.Split("UPTIME").Length.ShouldBe(2);
        await screen.PressAsync("C-c");
        _ = await screen.UntilAsync($@"{Prompt}\s*\z");
    }

    [TmuxFact]
    public async Task Lines_are_recalled_in_the_next_run()
    {
        await using (var first = await TmuxScreen.PbmAsync(_folder, 100, 24, manager.Node.Pbm))
        {
            foreach (var line in new[] { "uptime", "jobs list --output json", " monitors list", "no-such token=abc" })
            {
                _ = await first.UntilAsync($@"{Prompt}\s*\z");
                await first.TypeAsync(line);
                await first.PressAsync("Enter");
            }

            _ = await first.UntilAsync($@"no command ""no-such""(?s:.)*{Prompt}\s*\z");
            await first.PressAsync("C-d");
            _ = await first.UntilAsync("^exit 0$");
        }

        var file = Path.Combine(_folder.Path, "actormonitor", "pbm-history");
        (await File.ReadAllLinesAsync(file)).ShouldBe(["uptime", "jobs list --output json"]);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using var second = await TmuxScreen.PbmAsync(_folder, 100, 24, manager.Node.Pbm);
        _ = await second.UntilAsync(Prompt);
        await second.PressAsync("Up");
        _ = await second.UntilAsync("pbm> jobs list --output json$");
        await second.PressAsync("C-u");
        await second.TypeAsync("up");
        await second.PressAsync("Up");
        _ = await second.UntilAsync("pbm> uptime$");
        await second.PressAsync("C-u", "C-r");
        await second.TypeAsync("json");
        _ = await second.UntilAsync("^\\(search \"json\"\\) jobs list --output json$");
        await second.PressAsync("C-g");
        _ = await second.UntilAsync($@"{Prompt}\s*\z");
    }

    [TmuxFact]
    public async Task Tables_fit_the_window_and_colours_are_where_they_help()
    {
        _ = await PbmCalls.RowsUntilAsync(manager.Node.Pbm, ["jobs", "list"], rows => rows[0]["last"]?.GetValue<string>() == "Up");
        await using var wide = await TmuxScreen.PbmAsync(_folder, 180, 10, manager.Node.Pbm, "jobs", "list");
        (await wide.UntilAsync("^exit 0$")).ShouldMatch(@"(?m)^JOB +SERVICE +TARGET .* NOT RUNNING$");
        (await wide.ColouredAsync()).ShouldMatch("\e\\[1mJOB\e");

        await using var narrow = await TmuxScreen.PbmAsync(_folder, 60, 10, manager.Node.Pbm, "jobs", "list");
        var records = (await narrow.UntilAsync("^exit 0$")).Split('\n');
        records[0].ShouldMatch("^job: tcp-1 .*target: ");
        records[1].ShouldMatch("^  [a-z]+: ");
        records[^2].ShouldContain("not running: ");

        await using var wrong = await TmuxScreen.PbmAsync(_folder, 60, 10, manager.Node.Pbm, "jobs", "lst");
        _ = await wrong.UntilAsync("^exit 2$");
        (await wrong.ColouredAsync()).ShouldStartWith("\e[31mpbm: jobs has no \"lst\". Did you mean list?");

        await using var plain = await TmuxScreen.PbmAsync(_folder, 180, 10, manager.Node.Pbm, "jobs", "list", "--color", "never");
        _ = await plain.UntilAsync("^exit 0$");
        (await plain.ColouredAsync()).ShouldNotContain("\e");
    }

    [TmuxFact]
    public async Task A_watched_line_follows_the_window_and_outlives_the_node()
    {
        await using var target = new CountingTarget();
        var config = _folder.ManagerHocon("brief", _folder.TcpJobs(target.Port), "", ("eu-1", "127.0.0.1:1"));
        await using var first = await NodeUnderTest.ManagerAsync(_folder, config);
        await using var screen = await TmuxScreen.PbmAsync(_folder, 180, 10, first.Pbm, "jobs", "list", "--watch", "200ms");
        (await screen.UntilAsync("^tcp-1 +tcp ")).ShouldMatch($@"^Every 200ms: jobs list   {first.Pbm}   \d\d:\d\d:\d\dZ\n\nJOB ");

        await screen.ResizeAsync(60, 10);
        _ = await screen.UntilAsync("^job: tcp-1 ");
        await screen.ResizeAsync(180, 3);
        _ = await screen.UntilAsync("^… 3 more lines");
        await screen.ResizeAsync(180, 10);

        await first.Program.KillAsync();
        (await screen.UntilAsync("^pbm: No node at ")).ShouldNotContain("tcp-1");
        await using var second = await NodeUnderTest.ManagerAsync(_folder, config, like: first);
        (await screen.UntilAsync("^tcp-1 +tcp ")).ShouldNotContain("No node at");

        await screen.PressAsync("C-c");
        _ = await screen.UntilAsync("^exit 130$");
    }

    [TmuxFact]
    public async Task Control_C_ends_a_command_and_a_line_but_not_the_session()
    {
        await using var screen = await TmuxScreen.PbmAsync(_folder, 100, 24, manager.Node.Pbm);
        _ = await screen.UntilAsync(Prompt);
        await screen.TypeAsync("half a line");
        await screen.PressAsync("C-c");
        _ = await screen.UntilAsync($@"half a line\^C\n{Prompt}\s*\z");

        await screen.TypeAsync("monitors list --watch 1h");
        await screen.PressAsync("Enter");
        _ = await screen.UntilAsync("^Every 1h: monitors list ");
        await screen.PressAsync("C-c");
        _ = await screen.UntilAsync($@"{Prompt}\s*\z");

        await screen.TypeAsync("clear");
        await screen.PressAsync("Enter");
        _ = await screen.UntilAsync($@"\A{Prompt}\s*\z");
        await screen.PressAsync("C-d");
        _ = await screen.UntilAsync("^exit 0$");
    }

    [Fact]
    public async Task A_reader_that_leaves_the_pipe_ends_it_quietly()
    {
        if (OperatingSystem.IsWindows())
            return;
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", "{ \"$@\"; echo \"exit $?\" >&2; } | head -n 1", "sh", Programs.Dotnet, Programs.Pbm, manager.Node.Pbm, "jobs", "list", "--watch", "100ms" })
            start.ArgumentList.Add(argument);
        using var pipe = Process.Start(start)!;
        using var bound = new CancellationTokenSource(ProgramUnderTest.Patience, TimeProvider.System);
        try
        {
            var error = pipe.StandardError.ReadToEndAsync(bound.Token);
            (await pipe.StandardOutput.ReadToEndAsync(bound.Token)).ShouldStartWith("Every 100ms: jobs list ");
            (await error).ShouldBe("exit 141\n");
        }
        finally
        {
            if (!pipe.HasExited)
                pipe.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A manager with one job on one monitor.</summary>
    public sealed class Manager : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();
        private CountingTarget? _target;
        private NodeUnderTest? _monitor;

        internal NodeUnderTest Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _target = new CountingTarget();
            _monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1");
            Node = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("boss", _folder.TcpJobs(_target.Port), "", ("eu-1", _monitor.Remoting)));
        }

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            await _monitor!.DisposeAsync();
            await _target!.DisposeAsync();
            _folder.Dispose();
        }
    }
}
