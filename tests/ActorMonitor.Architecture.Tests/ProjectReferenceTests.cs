using Shouldly;
using Xunit;

namespace ActorMonitor.Architecture.Tests;

/// <summary>Section 3 of the design: which project may know which.</summary>
public class ProjectReferenceTests
{
    // The list of the design. Projects that are not built yet may be absent; a name that is not here may not exist.
    private static readonly Dictionary<string, string[]> Imports = new()
    {
        ["ActorMonitor.Actors"] = [],
        ["ActorMonitor.Actors.TestKit"] = ["ActorMonitor.Actors"],
        ["ActorMonitor.Messages"] = ["ActorMonitor.Actors"],
        ["ActorMonitor.Configuration"] = ["ActorMonitor.Actors", "ActorMonitor.Messages"],
        ["ActorMonitor.Probes"] = ["ActorMonitor.Messages"],
        ["ActorMonitor.MonitorNode"] =
            ["ActorMonitor.Actors", "ActorMonitor.Messages", "ActorMonitor.Configuration", "ActorMonitor.Probes", "ActorMonitor.Shell"],
        ["ActorMonitor.ManagerNode"] =
        [
            "ActorMonitor.Actors", "ActorMonitor.Messages", "ActorMonitor.Configuration", "ActorMonitor.Storage", "ActorMonitor.Alerts",
            "ActorMonitor.Shell",
        ],
        ["ActorMonitor.Storage"] = ["ActorMonitor.Messages"],
        ["ActorMonitor.Alerts"] = ["ActorMonitor.Messages"],
        ["ActorMonitor.Dashboard"] = ["ActorMonitor.Messages", "ActorMonitor.Storage", "ActorMonitor.Alerts"],
        ["ActorMonitor.Shell"] = ["ActorMonitor.Messages"],
        ["ActorMonitor.LoopbackTargets"] = [],
        ["ActorMonitor.Pbm"] = ["ActorMonitor.Shell"],
    };

    private const string Host = "ActorMonitor.Host";
    private static readonly string[] NotBuiltYet = ["ActorMonitor.Alerts", "ActorMonitor.Dashboard"];
    private static readonly IReadOnlyDictionary<string, ProjectFile> Projects = Repository.Projects("src");

    public static TheoryData<string> BuiltProjects => [.. Projects.Keys.Where(name => name != Host)];

    [Fact]
    public void The_projects_are_those_of_the_design()
    {
        var expected = Imports.Keys.Append(Host).ToList();

        Projects.Keys.Except(expected).ShouldBeEmpty("projects that the design does not know");
        expected.Except(NotBuiltYet).Except(Projects.Keys).ShouldBeEmpty("projects of the design that are missing");
    }

    [Theory]
    [MemberData(nameof(BuiltProjects))]
    public void A_project_imports_exactly_what_the_design_lists(string project)
    {
        Imports.ShouldContainKey(project);
        var expected = Imports[project].Where(Projects.ContainsKey);

        Projects[project].References.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public void The_host_imports_nothing_but_product_projects()
        => Projects[Host].References.Except(Imports.Keys.Where(name => name != "ActorMonitor.Actors.TestKit")).ShouldBeEmpty();

    [Fact]
    public void Nothing_of_the_product_references_the_test_kit_or_an_executable()
    {
        string[] ends = ["ActorMonitor.Actors.TestKit", Host, "ActorMonitor.Pbm"];

        Projects.Values.SelectMany(project => project.References).Intersect(ends).ShouldBeEmpty();
    }

    [Fact]
    public void Arrows_never_point_back()
    {
        foreach (var project in Projects.Keys)
        {
            Reachable(project).ShouldNotContain(project, $"{project} reaches itself");
        }
    }

    [Fact]
    public void The_two_nodes_never_reach_each_other()
    {
        Reachable("ActorMonitor.ManagerNode").ShouldNotContain("ActorMonitor.MonitorNode");
        Reachable("ActorMonitor.MonitorNode").ShouldNotContain("ActorMonitor.ManagerNode");
    }

    private static HashSet<string> Reachable(string project)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Projects[project].References);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next) && Projects.TryGetValue(next, out var file))
            {
                foreach (var reference in file.References)
                {
                    open.Push(reference);
                }
            }
        }

        return reached;
    }
}
