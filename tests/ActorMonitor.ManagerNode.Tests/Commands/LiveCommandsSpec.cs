using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Commands;

/// <summary>The commands that hold and reload jobs, over a whole manager.</summary>
public class LiveCommandsSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    private readonly List<JobsRead> _files = [];

    [Fact]
    public async Task A_reload_says_what_it_did_and_a_mistake_changes_nothing_and_is_told_whole()
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("a"), Sample.Job("b")));
        AwaitConnect();
        _files.Add(new JobsRead("jobs.json", [Sample.Job("a"), Sample.Job("b", intervalSeconds: 7), Sample.Job("c")], [], ["mind the gap"]));
        _files.Add(new JobsRead("jobs.json", null, [new ConfigurationError("jobs.json", 3, "$[0].port", "no"), new ConfigurationError("jobs.json", 9, "$[4]", "nor this")], []));
        _files.Add(new JobsRead("jobs.json", [Sample.Job("c")], [], []));

        var (exit, text) = await RunAsync(manager, "jobs reload");
        exit.ShouldBe(0);
        text.ShouldContain("added         1  c");
        text.ShouldContain("changed       1  b");
        text.ShouldContain("unchanged     1  -");
        text.ShouldContain("mind the gap");

        (exit, text) = await RunAsync(manager, "jobs reload");
        exit.ShouldBe(1);
        text.ShouldContain("jobs.json:3: $[0].port: no");
        text.ShouldContain("jobs.json:9: $[4]: nor this");
        text.ShouldContain("2 mistakes: nothing was changed.");
        Health.Checks.Single(check => check.Name == "jobs").Status.ShouldBe(HealthStatus.Warning);
        (await RunAsync(manager, "jobs list --output")).Exit.ShouldBe(2);
        (await RunAsync(manager, "jobs list")).Text.Split('\n').Length.ShouldBe(1 + 3 + 1);

        (await RunAsync(manager, "jobs reload")).Text.ShouldContain("removed       2  a, b");
        Health.Checks.Single(check => check.Name == "jobs").Status.ShouldBe(HealthStatus.Ok);
        (await RunAsync(manager, "jobs list")).Text.Split('\n').Length.ShouldBe(1 + 1 + 1);
    }

    [Fact]
    public async Task Without_a_jobs_file_a_reload_says_so()
    {
        var commands = new ShellCommandSet("manager", ManagerCommands.Of(ActorRefs.Nobody, Health, Sample.Services, TimeProvider.System));
        var said = new StringWriter();

        (await commands.RunAsync(["jobs", "reload"], said, CancellationToken.None)).ShouldBe(1);

        said.ToString().ShouldContain("There is no jobs file to read");
    }

    [Fact]
    public async Task Names_and_patterns_choose_and_one_that_means_nothing_keeps_all_from_being_done()
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop-1"), Sample.Job("shop-2"), Sample.Job("mail")));
        AwaitConnect();

        (await RunAsync(manager, "jobs pause shop-1 mial")).ShouldSatisfyAllConditions(
            ran => ran.Exit.ShouldBe(1), ran => ran.Text.ShouldContain("There is no job \"mial\". Did you mean mail?"));
        (await RunAsync(manager, "jobs pause --all mail")).Text.ShouldContain("either names or --all");
        (await RunAsync(manager, "jobs list --state paused")).Text.ShouldNotContain("paused");

        (await RunAsync(manager, "jobs pause shop-* --reason rack")).Text.ShouldBe("2 jobs paused.\n");
        var listed = (await RunAsync(manager, "jobs list --state paused")).Text;
        listed.ShouldContain("shop-1");
        listed.ShouldContain("by an operator: rack");
        listed.ShouldNotContain("mail");
        (await RunAsync(manager, "jobs resume ?hop-1")).Text.ShouldBe("shop-1 resumed.\n");
        (await RunAsync(manager, "jobs resume --all")).Text.ShouldBe("shop-2 resumed.\n");
        (await RunAsync(manager, "jobs resume --all")).Text.ShouldBe("None of 3 jobs is paused.\n");
        (await RunAsync(manager, "jobs resume nothing*")).ShouldSatisfyAllConditions(ran => ran.Exit.ShouldBe(1), ran => ran.Text.ShouldContain("No job is called \"nothing*\""));
    }

    [Fact]
    public async Task A_pause_ends_by_itself()
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop")));
        AwaitConnect();
        (await RunAsync(manager, "jobs pause shop --for 30s")).Text.ShouldBe("shop paused for 30s.\n");
        (await RunAsync(manager, "jobs list")).Text.ShouldContain("paused since");

        Scheduler.Advance(TimeSpan.FromSeconds(31));

        // The word of its end goes to the jobs; what is asked after it finds them told.
        while ((await RunAsync(manager, "jobs list")).Text.Contains("paused", StringComparison.Ordinal))
            Scheduler.Advance(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task A_manager_that_does_not_answer_is_a_line_and_no_exception()
    {
        var silent = CreateTestProbe();

        // The wait is the shell's own, in real time: all at once.
        string[] lines = ["jobs list", "jobs show a", "jobs pause a", "jobs resume a", "monitors list", "monitors drain eu", "monitors resume eu"];
        foreach (var (exit, text) in await Task.WhenAll(lines.Select(line => RunAsync(silent.Ref, line))))
        {
            exit.ShouldBe(1);
            text.ShouldContain("timed out: ");
            text.ShouldContain("did not answer within 5s");
        }
    }

    [Fact]
    public void Settings_that_are_secret_are_not_shown()
    {
        Secrets.Shown("auth.password", SettingValue.Of("sesame")).ShouldBe("***");
        Secrets.Shown("auth.passwordFile", SettingValue.Of("/etc/p")).ShouldBe("/etc/p");
        Secrets.Shown("headers", SettingValue.ListOf(["Accept: text/html", "Authorization: Bearer abc", "X-Api-Key: k"])).ShouldBe("Accept: text/html, Authorization: ***, X-Api-Key: ***");
        Secrets.Shown("proxy", SettingValue.Of("http://user:pw@proxy.example:3128")).ShouldBe("http://user:***@proxy.example:3128");
        Secrets.Shown("path", SettingValue.Of("/a?b=c:d@e")).ShouldBe("/a?b=c:d@e");
    }

    private async Task<(int Exit, string Text)> RunAsync(IActorRef manager, string line)
    {
        using var reload = new JobsReload(manager, _ => Task.FromResult(NextFile()), Health, TimeProvider.System);
        var commands = new ShellCommandSet("manager", ManagerCommands.Of(manager, Health, Sample.Services, TimeProvider.System, reload));
        var said = new StringWriter();
        var exit = await commands.RunAsync(line.Split(' '), said, CancellationToken.None);
        return (exit, said.ToString().ReplaceLineEndings("\n"));
    }

    private JobsRead NextFile()
    {
        var file = _files[0];
        _files.RemoveAt(0);
        return file;
    }
}
