using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Commands;

public sealed class ShellCommandSetTests
{
    private readonly ShellCommandSet _commands = SampleNode.CommandSet();

    [Theory]
    [InlineData("jobs list", "jobs list")]
    [InlineData("JOBS List", "jobs list")]
    [InlineData("list_jobs", "jobs list")]
    [InlineData("ledger", "ledger")]
    [InlineData("ledger google", "ledger")]
    public void A_line_finds_its_command(string line, string name)
        => _commands.Resolve(line.Split(' ')).Command!.Name.ShouldBe(name);

    [Fact]
    public void Values_come_by_option_by_place_and_by_default()
    {
        var listed = _commands.Resolve(["jobs", "list", "--limit", "3", "--state=PAUSED", "--since", "2m", "--quiet"]).Invocation!;
        listed.Read(SampleNode.Limit).ShouldBe(3);
        listed.Read(SampleNode.State).ShouldBe("paused");
        listed.Read(SampleNode.Since).ShouldBe(TimeSpan.FromMinutes(2));
        listed.Read(SampleNode.Quiet).ShouldBeTrue();

        var plain = _commands.Resolve(["jobs", "list"]).Invocation!;
        plain.Read(SampleNode.Limit).ShouldBe(20);
        plain.Read(SampleNode.Since).ShouldBeNull();
        plain.Read(SampleNode.Quiet).ShouldBeFalse();

        _commands.Resolve(["ledger", "google"]).Invocation!.Read(SampleNode.Job).ShouldBe("google");
        _commands.Resolve(["ledger", "--job", "google"]).Invocation!.Read(SampleNode.Job).ShouldBe("google");
        _commands.Resolve(["ledger", "--", "--odd-name"]).Invocation!.Read(SampleNode.Job).ShouldBe("--odd-name");
        _commands.Resolve(["ledger", "-5"]).Invocation!.Read(SampleNode.Job).ShouldBe("-5");
        _commands.Resolve(["jobs", "pause", "a", "b c"]).Invocation!.Read(SampleNode.Jobs).ShouldBe(["a", "b c"]);
    }

    [Theory]
    [InlineData("jobs", "jobs needs one of: list, pause. Try: help jobs")]
    [InlineData("jobs lst", "jobs has no \"lst\". Did you mean list? Try: help jobs")]
    [InlineData("job list", "This manager has no command \"job\". Did you mean jobs? Try: help")]
    [InlineData("hepl", "This manager has no command \"hepl\". Did you mean help? Try: help")]
    [InlineData("frobnicate", "This manager has no command \"frobnicate\". Try: help")]
    [InlineData("jobs list --limit", "--limit needs a value: a whole number from 1 to 1000. Try: help jobs list")]
    [InlineData("jobs list --limit 0", "--limit \"0\": expected a whole number from 1 to 1000. Try: help jobs list")]
    [InlineData("jobs list --limit 3 --limit 4", "--limit is given twice. Try: help jobs list")]
    [InlineData("jobs list --limit=", "--limit is empty. Try: help jobs list")]
    [InlineData("jobs list --lmit 3", "jobs list has no option --lmit. Did you mean --limit? Try: help jobs list")]
    [InlineData("jobs list --state tired", "--state \"tired\": expected one of all, running, paused. Try: help jobs list")]
    [InlineData("jobs list extra", "jobs list does not take \"extra\". Try: help jobs list")]
    [InlineData("jobs pause", "jobs pause needs JOBS: the jobs' names. Try: help jobs pause")]
    [InlineData("ledger a b", "ledger does not take \"b\". Try: help ledger")]
    [InlineData("clients list --all", "clients is a command of a monitor, and this node is a manager. Try: pbm 127.0.0.1:9111 clients list --all")]
    [InlineData("help list_clients", "list_clients is a command of a monitor, and this node is a manager. Try: pbm 127.0.0.1:9111 list_clients")]
    public void A_line_that_is_not_understood_says_what_to_type(string line, string message)
    {
        var resolution = _commands.Resolve(line.Split(' '));

        resolution.Exit.ShouldBe(2);
        resolution.Command.ShouldBeNull();
        resolution.Answer.ShouldHaveSingleItem().ShouldBe(new Failure(message));
    }

    [Fact]
    public void The_advice_for_the_other_node_names_the_host_that_was_called()
        => _commands.Resolve(["clients"], "10.0.0.5").Answer.ShouldHaveSingleItem().ShouldBeOfType<Failure>().Message.ShouldEndWith("Try: pbm 10.0.0.5:9111 clients");

    [Fact]
    public void A_word_too_long_to_show_is_cut_in_the_message()
        => _commands.Resolve([new string('x', 4000)]).Answer.ShouldHaveSingleItem().ShouldBeOfType<Failure>().Message.Length.ShouldBeLessThan(150);

    [Theory]
    [InlineData("node", "help", "help help", "--help", "-h", "")]
    [InlineData("jobs", "help jobs", "jobs help", "jobs --help")]
    [InlineData("jobs-list", "help jobs list", "jobs list --help", "jobs help list", "help list_jobs", "jobs list --limit 0 -h")]
    [InlineData("jobs-pause", "help jobs pause")]
    [InlineData("ledger", "help ledger", "ledger help", "ledger --help")]
    public void Help_is_the_same_however_it_is_asked_for(string golden, params string[] lines)
    {
        foreach (var line in lines)
        {
            var resolution = _commands.Resolve(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            resolution.Exit.ShouldBe(0);
            var text = resolution.Answer.ShouldHaveSingleItem().ShouldBeOfType<TextLine>().Text;
            (text + "\n").ShouldBe(GoldenFile.Read($"help-{golden}.txt"), line);
        }
    }

    [Fact]
    public void First_words_are_what_the_other_node_needs_to_know() => _commands.FirstWords.ShouldBe(["jobs", "ledger", "list_jobs"]);

    [Fact]
    public void Commands_with_one_name_are_refused()
        => Should.Throw<ArgumentException>(() => new ShellCommandSet("manager", [Named("jobs", "list"), Named("jobs", "LIST")])).Message.ShouldContain("jobs list");

    [Fact]
    public void An_alias_that_is_taken_is_refused()
        => Should.Throw<ArgumentException>(() => new ShellCommandSet("manager", [Named("jobs", "list"), Named("x") with { Aliases = ["jobs"] }])).Message.ShouldContain("The alias jobs of x");

    [Theory]
    [InlineData("help", "")]
    [InlineData("jobs", "help")]
    [InlineData("exit", "")]
    [InlineData("two words", "")]
    [InlineData("", "list")]
    [InlineData("-jobs", "")]
    [InlineData("host:1", "")]
    public void A_command_that_cannot_be_typed_is_refused(string palette, string verb)
        => Should.Throw<ArgumentException>(() => new ShellCommandSet("manager", [Named(palette, verb)]));

    [Fact]
    public void Arguments_that_swallow_each_other_are_refused()
    {
        var required = ShellParameter.Argument(SampleNode.Job);
        var list = ShellParameter.Argument(SampleNode.Jobs);
        var optional = ShellParameter.OptionalArgument(Setting.Text("other", "", "another"));

        Should.Throw<ArgumentException>(() => new ShellCommandSet("manager", [Named("x") with { Parameters = [list, required] }]));
        Should.Throw<ArgumentException>(() => new ShellCommandSet("manager", [Named("x") with { Parameters = [optional, required] }]));
        Should.Throw<ArgumentException>(() => new ShellCommandSet("manager", [Named("x") with { Parameters = [required, required] }]));
        Should.NotThrow(() => new ShellCommandSet("manager", [Named("x") with { Parameters = [required, optional] }]));
    }

    [Fact]
    public async Task A_command_runs_in_the_process_too()
    {
        using var output = new StringWriter { NewLine = "\n" };

        (await _commands.RunAsync(["jobs", "list", "--limit", "3"], output, CancellationToken.None)).ShouldBe(0);

        output.ToString().ShouldBe(GoldenFile.Read("jobs-list.txt"));
    }

    private static ShellCommand Named(string palette, string verb = "")
        => new() { Palette = palette, Verb = verb, Summary = "for a test", Run = (_, _) => SampleNode.Says() };
}
