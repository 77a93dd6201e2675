using ActorMonitor.EndToEnd.Processes;
using Xunit;

namespace ActorMonitor.EndToEnd.Pbm;

/// <summary>pbm's sessions against real nodes; each is a text file. README.md says how they are written.</summary>
public sealed class TranscriptE2E
{
    private static readonly string Folder = Programs.Sample("tests/ActorMonitor.EndToEnd/Pbm/transcripts");

    public static TheoryData<string> Sessions => [.. Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task A_session_is_as_it_is_written(string name)
    {
        await using var session = new TranscriptSession();

        var difference = await session.RunAsync(await File.ReadAllTextAsync(Path.Combine(Folder, name)));

        Assert.True(difference is null, difference);
    }

    [Fact]
    public void Every_command_is_typed_in_a_session()
    {
        var commands = File.ReadLines(Programs.Sample("docs/reference/pbm.md")).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]).ToList();
        var typed = Directory.GetFiles(Folder, "*.txt").SelectMany(File.ReadLines).Where(line => line.StartsWith("$ pbm ", StringComparison.Ordinal) || line.StartsWith("> ", StringComparison.Ordinal)).ToList();

        Assert.Contains("jobs list", commands);
        var missing = commands.Where(command => !typed.Exists(line => $"{line} ".Contains($" {command} ", StringComparison.Ordinal))).ToList();
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("a  b", "a      b", true)]
    [InlineData("a <n> ms", "a 71.301 ms", true)]
    [InlineData("a <n>", "a b", false)]
    [InlineData("up <dur>", "up 3m 05s", true)]
    [InlineData("x\n...\ny", "x\n1\n2\ny", true)]
    [InlineData("x\n...", "x", true)]
    [InlineData("x\n...\ny", "x\n1", false)]
    [InlineData("x", "x\ny", false)]
    [InlineData("(a|b)", "a", false)]
    public void Screens_are_compared_as_README_says(string expected, string actual, bool isAsExpected)
        => Assert.Equal(isAsExpected, Transcript.IsAsExpected(expected.Split('\n'), actual.Split('\n')));
}
