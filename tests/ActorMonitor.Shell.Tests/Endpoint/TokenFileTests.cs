using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class TokenFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-").FullName;

    private string File1 => Path.Combine(_folder, "deep", "manager", TokenFile.Name);

    [Fact]
    public void A_new_token_is_long_and_only_its_owner_can_read_it()
    {
        var token = TokenFile.Establish(File1, null);

        token.Length.ShouldBe(64);
        TokenFile.Read(File1).Token.ShouldBe(token);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(File1).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.GetDirectoryName(File1)!).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_token_survives_a_restart() => TokenFile.Establish(File1, null).ShouldBe(TokenFile.Establish(File1, null));

    [Fact]
    public void A_configured_token_takes_the_place_of_the_files()
    {
        TokenFile.Establish(File1, null);
        TokenFile.Establish(File1, "sixteen letters!").ShouldBe("sixteen letters!");
        TokenFile.Read(File1).Token.ShouldBe("sixteen letters!");
    }

    [Fact]
    public void A_token_that_others_could_read_is_not_kept()
    {
        if (OperatingSystem.IsWindows())
            return;
        var seen = TokenFile.Establish(File1, null);
        File.SetUnixFileMode(File1, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        TokenFile.Establish(File1, null).ShouldNotBe(seen);
        File.GetUnixFileMode(File1).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("0123456789abcdef\n0123456789abcdef")]
    public void A_file_without_a_token_is_replaced(string content)
    {
        TokenFile.Establish(File1, null);
        File.WriteAllText(File1, content);

        TokenFile.Read(File1).ShouldBe((null, "it holds no token"));
        TokenFile.Establish(File1, null).Length.ShouldBe(64);
    }

    [Fact]
    public void A_huge_file_is_not_read()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File1)!);
        File.WriteAllText(File1, new string('x', 1_000_000));

        TokenFile.Read(File1).ShouldBe((null, "it holds no token"));
    }

    [Fact]
    public void A_file_that_is_not_there_says_so() => TokenFile.Read(File1).ShouldBe((null, "this user sees no such file"));

    [Fact]
    public void A_folder_that_cannot_be_made_names_the_setting()
    {
        File.WriteAllText(Path.Combine(_folder, "deep"), "in the way");

        Should.Throw<ShellEndpointException>(() => TokenFile.Establish(File1, null)).Message.ShouldContain("actor-monitor.data");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
