using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Prompt;

public sealed class HistoryFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-").FullName;

    private string FilePath => Path.Combine(_folder, "state", "actormonitor", "pbm-history");

    [Fact]
    public async Task Lines_are_there_in_the_next_run()
    {
        (await LoadAsync()).ShouldBeEmpty();
        File.Exists(FilePath).ShouldBeFalse();

        await new HistoryFile(FilePath).AddAsync("jobs list", CancellationToken.None);
        await new HistoryFile(FilePath).AddAsync("jobs show 日本", CancellationToken.None);

        (await LoadAsync()).ShouldBe(["jobs list", "jobs show 日本"]);
    }

    [Fact]
    public async Task Only_their_user_can_read_them()
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "older\n");
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await new HistoryFile(FilePath).AddAsync("newer", CancellationToken.None);

        File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await LoadAsync()).ShouldBe(["older", "newer"]);
    }

    [Fact]
    public async Task The_oldest_lines_make_room()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllLinesAsync(FilePath, Enumerable.Range(0, HistoryFile.MaxLines + 20).Select(i => $"line {i}"));

        await new HistoryFile(FilePath).AddAsync("newest", CancellationToken.None);

        var lines = await File.ReadAllLinesAsync(FilePath);
        lines.Length.ShouldBe(HistoryFile.MaxLines);
        (lines[0], lines[^1]).ShouldBe(("line 21", "newest"));
    }

    [Fact]
    public async Task Several_at_once_lose_no_line_of_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            await Task.Yield();
            for (var i = 0; i < 25; i++)
                await new HistoryFile(FilePath).AddAsync($"{writer}-{i}", CancellationToken.None);
        }));

        (await LoadAsync()).Order().ShouldBe(Enumerable.Range(0, 4).SelectMany(writer => Enumerable.Range(0, 25).Select(i => $"{writer}-{i}")).Order());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_no_reason_to_complain()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "state"), "a file where a folder should be");

        await new HistoryFile(FilePath).AddAsync("jobs list", CancellationToken.None);
        (await LoadAsync()).ShouldBeEmpty();
        await new HistoryFile(null).AddAsync("jobs list", CancellationToken.None);
        (await new HistoryFile(null).LoadAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_line_in_the_file_is_left_out()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "good\n\e[2J\n\n" + new string('x', LineBuffer.MaxLength + 1) + "\nlast");

        (await LoadAsync()).ShouldBe(["good", "last"]);
    }

    [Theory]
    [InlineData("jobs list", true)]
    [InlineData("jobs show token", true)]
    [InlineData("jobs list --token-file x", true)]
    [InlineData("check https secret.example", true)]
    [InlineData(" jobs list", false)]
    [InlineData("   ", false)]
    [InlineData("", false)]
    [InlineData("check http x password=y", false)]
    [InlineData("check http x --header 'Token: y'", false)]
    [InlineData("check http x SECRET = y", false)]
    [InlineData("check http x --token y", false)]
    [InlineData("check http x --password", false)]
    [InlineData("check http x {\"apikey\":\"y\"}", false)]
    public void A_line_with_a_secret_is_not_kept(string line, bool isKept) => HistoryFile.IsKept(line).ShouldBe(isKept);

    [Theory]
    [InlineData("/state", "/home/a", "/state/actormonitor/pbm-history")]
    [InlineData(null, "/home/a", "/home/a/.local/state/actormonitor/pbm-history")]
    [InlineData("relative", "/home/a", "/home/a/.local/state/actormonitor/pbm-history")]
    [InlineData(null, null, null)]
    public void It_is_where_state_belongs(string? state, string? home, string? path)
    {
        if (!OperatingSystem.IsWindows())
            HistoryFile.UsualPath(name => name switch { "XDG_STATE_HOME" => state, "HOME" => home, _ => null }).ShouldBe(path);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<IReadOnlyList<string>> LoadAsync() => new HistoryFile(FilePath).LoadAsync(CancellationToken.None);
}
