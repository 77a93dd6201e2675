using System.Text;
using System.Xml.Linq;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Faults;

/// <summary>Every fault of the table gets the cause that the table says, and the page of causes is made of the table.</summary>
public class FaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Nothing that a peer does on a socket makes these.
    private static readonly Cause[] NotOfThePeer =
    [
        Cause.None, Cause.LocalResource, Cause.ProbeFailed, Cause.ProbeLost, Cause.Cancelled, Cause.Starved, Cause.LocalClock, Cause.Permission, Cause.Unsupported,
    ];

    public static TheoryData<string> OnLoopback => [.. FaultTable.All.Where(fault => !fault.NeedsNamespace).Select(fault => fault.ToString())];

    public static TheoryData<string> InNamespaces => [.. FaultTable.All.Where(fault => fault.NeedsNamespace).Select(fault => fault.ToString())];

    [Theory]
    [MemberData(nameof(OnLoopback))]
    public Task A_fault_has_its_cause(string fault) => MeetAsync(fault);

    [NamespaceTheory]
    [MemberData(nameof(InNamespaces))]
    public Task A_fault_of_a_network_has_its_cause(string fault) => MeetAsync(fault);

    [Fact]
    public void There_are_sixty_faults_or_more_and_no_two_are_the_same()
    {
        FaultTable.All.Select(fault => fault.ToString()).ShouldBeUnique();
        FaultTable.All.Length.ShouldBeGreaterThanOrEqualTo(60);
    }

    [Fact]
    public void Every_cause_that_a_peer_can_give_is_proved_by_a_fault()
        => Enum.GetValues<Cause>().Where(cause => cause < Cause.Overrun).Except(NotOfThePeer).Except(FaultTable.All.Select(fault => fault.Cause)).ShouldBeEmpty();

    [Fact]
    public void The_page_of_causes_is_that_of_the_table()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "causes.md"));
        var written = page[..Math.Max(0, page.IndexOf("## The list\n", StringComparison.Ordinal))];
        var generated = written + Generate();
        written.ShouldStartWith("# Causes\n");
        if (page == generated)
            return;
        var fresh = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "fresh")).FullName, "causes.md");
        File.WriteAllText(fresh, generated);
        Assert.Fail($"docs/reference/causes.md is stale: cp {fresh} docs/reference/causes.md");
    }

    private static async Task MeetAsync(string name)
    {
        var fault = FaultTable.All.Single(each => each.ToString() == name);
        await using var lab = new FaultLab();
        var check = await fault.Arrange(lab);
        var probe = check.Probe ?? ProbeCatalog.Entries.Single(entry => entry.Definition.Name == fault.Service).Create(lab.Environment);
        try
        {
            var result = await probe.ProbeAsync(check.Request, CancellationToken.None).WaitAsync(Patience);

            (result.Outcome, result.Cause).ShouldBe((fault.Outcome, fault.Cause), result.Message);
            result.Message.ShouldNotBeNullOrWhiteSpace();
        }
        finally
        {
            (probe as IDisposable)?.Dispose();
        }
    }

    private static string Generate()
    {
        var meanings = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "ActorMonitor.Messages.xml")).Descendants("member")
            .Where(member => member.Attribute("name")!.Value.StartsWith("F:ActorMonitor.Messages.Cause.", StringComparison.Ordinal))
            .ToDictionary(member => member.Attribute("name")!.Value, member => string.Join(' ', member.Element("summary")!.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        var text = new StringBuilder("## The list\n\n| cause | meaning | proved by |\n|---|---|---|\n");
        foreach (var cause in Enum.GetValues<Cause>().Where(cause => cause != Cause.None))
        {
            var proofs = FaultTable.All.Where(fault => fault.Cause == cause).Select(fault => fault.Outcome == Outcome.Down ? fault.ToString() : $"{fault} ({fault.Outcome})");
            text.Append($"| `{cause.Name()}` | {Cell(meanings[$"F:ActorMonitor.Messages.Cause.{cause}"])} | {Cell(string.Join("; ", proofs))} |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
