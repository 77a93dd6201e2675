using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Health;

public sealed class HealthCommandTests
{
    private readonly NodeHealth _health = new(TimeProvider.System);

    [Fact]
    public async Task Each_check_is_shown()
    {
        _health.Report("store", HealthStatus.Warning, "nearly full");
        _health.Report("clock", HealthStatus.Ok, "right");
        await using var node = await SampleNode.StartAsync(null, HealthCommand.Of(_health));

        var run = await node.PbmAsync("health");

        run.Exit.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldMatch("^CHECK  STATUS   SINCE +MESSAGE$");
        lines[1].ShouldMatch("^clock  Ok       20..-..-.. ..:..:..Z  right$");
        lines[2].ShouldMatch("^store  Warning  20..-..-.. ..:..:..Z  nearly full$");
    }

    [Fact]
    public async Task A_failed_check_is_a_failed_command()
    {
        _health.Report("store", HealthStatus.Failed, "the disk is full");
        await using var node = await SampleNode.StartAsync(null, HealthCommand.Of(_health));

        var run = await node.PbmAsync("health");

        run.Exit.ShouldBe(1);
        run.Error.ShouldBe("pbm: Failed: store.\n");
    }

    [Fact]
    public async Task Who_has_seen_a_sticky_check_clears_it()
    {
        _health.Report("store", HealthStatus.Failed, "damaged, set aside", isSticky: true);
        await using var node = await SampleNode.StartAsync(null, HealthCommand.Of(_health));

        (await node.PbmAsync("health")).ShouldSatisfyAllConditions(
            run => run.Exit.ShouldBe(1),
            run => run.Error.ShouldBe("pbm: Failed: store (health --clear \"store\" when you have seen it).\n"));
        (await node.PbmAsync("health", "--clear", "store")).ShouldSatisfyAllConditions(run => run.Exit.ShouldBe(0), run => run.Error.ShouldBeEmpty());
        (await node.PbmAsync("health")).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_cleared_is_said()
    {
        _health.Report("store", HealthStatus.Ok, "written");
        await using var node = await SampleNode.StartAsync(null, HealthCommand.Of(_health));

        (await node.PbmAsync("health", "--clear", "stroe")).ShouldSatisfyAllConditions(
            run => run.Exit.ShouldBe(1), run => run.Error.ShouldBe("pbm: There is no check \"stroe\". Did you mean store?\n"));
        (await node.PbmAsync("health", "--clear", "store")).Error.ShouldStartWith("pbm: store has said nothing that can be cleared");
    }

    [Fact]
    public void To_look_needs_no_token_and_to_clear_does()
    {
        var commands = SampleNode.CommandSet(null, [HealthCommand.Of(_health)]);

        commands.Resolve(["health"]).Changes.ShouldBeFalse();
        commands.Resolve(["health", "--clear", "store"]).Changes.ShouldBeTrue();
        commands.Resolve(["jobs", "pause", "google"]).Changes.ShouldBeTrue();
        commands.Resolve(["help", "health"]).Answer.ShouldHaveSingleItem().ShouldBeOfType<TextLine>().Text.ShouldContain("changes the node and needs its token");
    }

    [Fact]
    public async Task A_wrong_token_clears_nothing()
    {
        _health.Report("store", HealthStatus.Failed, "damaged, set aside", isSticky: true);
        await using var node = await SampleNode.StartAsync(null, HealthCommand.Of(_health));
        await File.WriteAllTextAsync(node.Settings.TokenFile, new string('0', 64));

        (await node.PbmAsync("health", "--clear", "store")).Exit.ShouldBe(4);

        _health.Checks[0].Status.ShouldBe(HealthStatus.Failed);
    }
}
