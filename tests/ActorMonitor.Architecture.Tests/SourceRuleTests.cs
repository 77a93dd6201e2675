using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace ActorMonitor.Architecture.Tests;

/// <summary>Rules on C# files that no analyzer of ours knows.</summary>
public partial class SourceRuleTests
{
    // The namespaces of Akka.NET 1.5 that the system may use; all else is the inside of the slice, or of Akka.
    private static readonly string[] AkkaNamespaces =
    [
        "Akka", "Akka.Actor", "Akka.Actor.Setup", "Akka.Configuration", "Akka.Configuration.Hocon", "Akka.DependencyInjection", "Akka.Dispatch", "Akka.Event",
        "Akka.Hosting", "Akka.Hosting.Logging", "Akka.Pattern", "Akka.Remote", "Akka.Routing", "Akka.Serialization", "Akka.TestKit",
        "Akka.TestKit.Configs", "Akka.TestKit.Xunit2", "Akka.Util",
    ];

    private static readonly string[] Services = ["ping", "traceroute", "http", "https", "tcp", "udp", "dns", "ntp"];

    // The namespaces whose types a file of ours is likely to name without a prefix.
    private static readonly string[] CommonBclNamespaces =
    [
        "System", "System.Collections.Generic", "System.Diagnostics", "System.IO", "System.Linq", "System.Net", "System.Net.Http",
        "System.Net.NetworkInformation", "System.Net.Security", "System.Net.Sockets", "System.Text", "System.Threading", "System.Threading.Tasks",
    ];

    [Fact]
    public void Nothing_is_named_Common_Helper_or_Util()
    {
        // Akka.Util is a namespace of the API that the slice has the names of.
        var paths = from file in Repository.Sources().Concat(Repository.FilesBelow("src", "*.csproj"))
                    where !Repository.Relative(file).StartsWith("src/ActorMonitor.Actors/Util/", StringComparison.Ordinal)
                    from segment in Repository.Relative(file).Split('/', '.')
                    where IsEmptyName(segment)
                    select Repository.Relative(file);
        var types = from file in Repository.Sources()
                    from finding in Repository.LinesWhere(file, line => TypeDeclaration().Match(line) is { Success: true } type && IsEmptyName(type.Groups[1].Value))
                    select finding;

        paths.Concat(types).ShouldBeEmpty();
    }

    [Fact]
    public void A_disabled_warning_carries_its_reason_on_the_same_line()
        => Repository.Sources()
            .SelectMany(file => Repository.LinesWhere(file, line => PragmaWithoutReason().IsMatch(line)))
            .ShouldBeEmpty();

    [Fact]
    public void Code_outside_the_actor_API_uses_its_public_namespaces_only()
    {
        var findings = from file in Repository.Sources().Where(file => !IsActorSlice(Repository.Relative(file)))
                       from finding in Repository.LinesWhere(file, IsForeignUseOfAkka)
                       select finding;

        findings.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_outside_the_catalog_and_the_probes_branches_on_a_service()
    {
        var quoted = Services.Select(service => $"\"{service}\"").ToArray();
        var findings = from file in Repository.FilesBelow("src", "*.cs")
                       let path = Repository.Relative(file)
                       where !MayNameServices(path)
                       from finding in Repository.LinesWhere(file, line => !IsComment(line)
                           && !IsDemoJob(path, line)
                           && quoted.Any(name => line.Contains(name, StringComparison.Ordinal)))
                       select finding;

        findings.ShouldBeEmpty();
    }

    [Fact]
    public void No_namespace_hides_a_type_of_the_base_library()
    {
        var hidden = AppDomain.CurrentDomain.GetAssemblies()
            .Append(typeof(System.Net.Dns).Assembly)
            .Append(typeof(System.Net.NetworkInformation.Ping).Assembly)
            .Append(typeof(System.Net.Sockets.Socket).Assembly)
            .Append(typeof(System.Net.Http.HttpClient).Assembly)
            .Where(assembly => assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal))
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => !type.IsNested && CommonBclNamespaces.Contains(type.Namespace))
            .Select(type => type.Name.Split('`')[0])
            .ToHashSet(StringComparer.Ordinal);
        hidden.ShouldContain("Monitor");
        hidden.ShouldContain("Dns");
        hidden.ShouldContain("Ping");

        var findings = from file in Repository.FilesBelow("src", "*.cs")
                       from finding in Repository.LinesWhere(file, line => Namespace().Match(line) is { Success: true } declaration
                           && declaration.Groups[1].Value.Split('.').Any(hidden.Contains))
                       select finding;

        findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Common")]
    [InlineData("StringHelper")]
    [InlineData("NetUtils")]
    [InlineData("UtilityBelt")]
    public void Names_that_say_nothing_are_found(string name) => IsEmptyName(name).ShouldBeTrue();

    [Theory]
    [InlineData("Utilization")]
    [InlineData("Uncommon")]
    [InlineData("CommonName")]
    public void Names_that_only_contain_such_letters_are_not_found(string name) => IsEmptyName(name).ShouldBeFalse();

    // The subject field of a certificate is really called common name.
    private static bool IsEmptyName(string name)
        => !name.StartsWith("CommonName", StringComparison.Ordinal)
            && Word().Matches(name).Select(word => word.Value)
                .Any(word => word is "Common" or "Helper" or "Helpers" or "Util" or "Utils" or "Utility" or "Utilities");

    private static bool IsActorSlice(string path)
        => path.StartsWith("src/ActorMonitor.Actors", StringComparison.Ordinal) || path.StartsWith("tests/ActorMonitor.Actors.Tests/", StringComparison.Ordinal);

    private static bool IsForeignUseOfAkka(string line)
        => (Namespace().Match(line) is { Success: true } declaration && IsBelowAkka(declaration.Groups[1].Value))
            || (UsingOfAkka().Match(line) is { Success: true } import && !IsPublic(import));

    private static bool IsBelowAkka(string name) => name == "Akka" || name.StartsWith("Akka.", StringComparison.Ordinal);

    // "using static" and an alias name a type: its namespace is what stands before the last dot.
    private static bool IsPublic(Match import)
    {
        var name = import.Groups["name"].Value;
        return AkkaNamespaces.Contains(name)
            || (import.Groups["type"].Success && AkkaNamespaces.Contains(name[..Math.Max(0, name.LastIndexOf('.'))]));
    }

    private static bool MayNameServices(string path)
        => path.StartsWith("src/ActorMonitor.Probes/", StringComparison.Ordinal)
            || path.StartsWith("src/ActorMonitor.LoopbackTargets/", StringComparison.Ordinal)
            || path.StartsWith("src/ActorMonitor.Actors", StringComparison.Ordinal);

    // The host's demo jobs are JSON with one job a line.
    private static bool IsDemoJob(string path, string line)
        => path.StartsWith("src/ActorMonitor.Host/", StringComparison.Ordinal) && line.Contains("\"service\": \"", StringComparison.Ordinal);

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|static|sealed|abstract|partial|readonly|file|ref)\s+)*(?:class|struct|record(?:\s+(?:class|struct))?|interface|enum)\s+(\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable(?:\s+[\w,\s]+)?$")]
    private static partial Regex PragmaWithoutReason();

    [GeneratedRegex(@"^namespace\s+([\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?<type>static\s+|\w+\s*=\s*)?(?<name>Akka(?:\.\w+)*)\s*;")]
    private static partial Regex UsingOfAkka();
}
