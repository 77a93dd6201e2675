using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace ActorMonitor.Architecture.Tests;

/// <summary>Rules on project files: one list of versions, one solution with everything in it.</summary>
public class ProjectFileTests
{
    [Fact]
    public void Versions_of_packages_stand_in_Directory_Packages_props_only()
    {
        string[] patterns = ["*.csproj", "*.props", "*.targets"];
        var files = patterns.SelectMany(pattern => Repository.FilesBelow("src", pattern)
                .Concat(Repository.FilesBelow("tests", pattern))
                .Concat(Repository.FilesBelow("bench", pattern)))
            .Append(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Append(Path.Combine(Repository.Root, "Directory.Build.targets"));

        var findings =
            from file in files
            from reference in XDocument.Load(file).Descendants().Where(element => element.Name.LocalName is "PackageReference" or "PackageVersion")
            where reference.Name.LocalName == "PackageVersion"
                || reference.Attributes().Select(attribute => attribute.Name.LocalName)
                    .Concat(reference.Elements().Select(element => element.Name.LocalName))
                    .Any(name => name is "Version" or "VersionOverride")
            select $"{Repository.Relative(file)}: {reference}";

        findings.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "ActorMonitor.sln")).Replace('\\', '/');

        Repository.FilesBelow("src", "*.csproj").Concat(Repository.FilesBelow("tests", "*.csproj"))
            .Select(Repository.Relative)
            .Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_internals_of_the_actor_API_are_open_to_its_test_kit_and_its_fuzz_run_alone()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src/ActorMonitor.Actors/ActorMonitor.Actors.csproj"));

        project.Descendants("InternalsVisibleTo").Select(element => (string?)element.Attribute("Include"))
            .ShouldBe(["ActorMonitor.Actors.TestKit", "ActorMonitor.Bench"]);
    }
}
