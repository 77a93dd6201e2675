using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

/// <summary>Each file of invalid/ has its exact messages beside it, in a file with .errors after its name.</summary>
public class InvalidFilesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "invalid");

    public static TheoryData<string> Jobs => [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order()];

    public static TheoryData<string> Settings => [.. Directory.GetFiles(Folder, "*.hocon").Select(file => Path.GetFileName(file)).Where(IsOursToTell).Order()];

    [Theory]
    [MemberData(nameof(Jobs))]
    public void A_wrong_jobs_file_gives_its_messages(string name)
    {
        var reading = JobsReader.Parse(File.ReadAllBytes(Path.Combine(Folder, name)), name, TestCatalog.Instance, Reading.Monitors);

        reading.File.ShouldBeNull();
        Compare(name, reading.Errors);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_wrong_configuration_gives_its_messages(string name)
    {
        var file = Path.Combine(Folder, name);
        var role = name.StartsWith("manager", StringComparison.Ordinal) ? NodeRole.Manager : name.StartsWith("monitor", StringComparison.Ordinal) ? NodeRole.Monitor : NodeRole.Up;

        var reading = SettingsReader.Read(file, [], role);

        reading.Settings.ShouldBeNull();
        Compare(name, reading.Errors.Select(error => error with { File = error.File == file ? name : error.File }));
    }

    // What is said of text that is no HOCON is the parser's: of the Akka packages it says something else, or nothing.
    private static bool IsOursToTell(string name) => !HoconParser.IsOfAkka || name is not ("up-substitution.hocon" or "up-syntax.hocon");

    private static void Compare(string name, IEnumerable<ConfigurationError> errors)
        => string.Concat(errors.Select(error => error + "\n")).ShouldBe(File.ReadAllText(Path.Combine(Folder, name + ".errors")));
}
