using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public sealed class DataFolderTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _temporary = new();

    private string Folder => Path.Combine(_temporary.Path, "data", "manager");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_identity_is_made_once()
    {
        NodeId first;
        using (var data = DataFolder.Open(Folder))
            first = data.Id;
        using var again = DataFolder.Open(Folder);

        again.Id.ShouldBe(first);
        first.Value.ShouldNotBe(Guid.Empty);
        again.FullPath.ShouldBe(Folder);
    }

    [Fact]
    public void Two_folders_have_two_identities()
    {
        using var one = DataFolder.Open(Folder);
        using var other = DataFolder.Open(Folder + "2");

        other.Id.ShouldNotBe(one.Id);
    }

    [Fact]
    public void A_second_holder_is_refused_until_the_first_is_gone()
    {
        using (DataFolder.Open(Folder))
        {
            Should.Throw<DataFolderInUseException>(() => DataFolder.Open(Folder)).Message
                .ShouldBe($"the data folder {Folder} is in use by another process; stop it, or give this one its own with --set actor-monitor.data=FOLDER");
        }

        Should.NotThrow(() => DataFolder.Open(Folder).Dispose());
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_refused_and_given_up()
    {
        var obstacle = Directory.CreateDirectory(Path.Combine(Folder, "write.tmp"));

        Should.Throw<DataFolderException>(() => DataFolder.Open(Folder)).Message.ShouldStartWith($"the data folder {Folder} cannot be used: ");

        obstacle.Delete();
        Should.NotThrow(() => DataFolder.Open(Folder).Dispose());
        Directory.GetFiles(Folder).Select(Path.GetFileName).ShouldBe(["lock", "id"], ignoreOrder: true);
    }

    [Fact]
    public void Epochs_start_from_the_clock_and_grow_with_each_start()
    {
        var clock = new FixedClock(Now);
        using var data = DataFolder.Open(Folder);

        data.NextEpoch(clock).Value.ShouldBe(Now.ToUnixTimeSeconds());
        data.NextEpoch(clock).Value.ShouldBe(Now.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public void Epochs_grow_when_the_clock_has_gone_back()
    {
        using (var data = DataFolder.Open(Folder))
            _ = data.NextEpoch(new FixedClock(Now));
        using var again = DataFolder.Open(Folder);

        again.NextEpoch(new FixedClock(Now.AddYears(-1))).Value.ShouldBe(Now.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public void An_epoch_is_on_disk_before_it_is_given_out()
    {
        using var data = DataFolder.Open(Folder);

        var epoch = data.NextEpoch(new FixedClock(Now));

        File.ReadAllText(Path.Combine(Folder, "epoch")).ShouldBe($"{epoch.Value}\n");
        Directory.GetFiles(Folder, "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public void An_epoch_goes_beyond_one_that_a_monitor_has_seen()
    {
        using var data = DataFolder.Open(Folder);

        data.NextEpoch(new FixedClock(Now), new Epoch(9_999_999_999)).Value.ShouldBe(10_000_000_000);
        data.NextEpoch(new FixedClock(Now)).Value.ShouldBe(10_000_000_001);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    public void A_damaged_epoch_is_reported_and_kept(string text)
    {
        using var data = DataFolder.Open(Folder);
        var file = Path.Combine(Folder, "epoch");
        File.WriteAllText(file, text);

        Should.Throw<DataFolderException>(() => data.NextEpoch(new FixedClock(Now))).Message.ShouldStartWith($"{file} is damaged: ");
        File.ReadAllText(file).ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    public void A_damaged_identity_is_reported_and_the_folder_given_up(string text)
    {
        DataFolder.Open(Folder).Dispose();
        var file = Path.Combine(Folder, "id");
        File.WriteAllText(file, text);

        Should.Throw<DataFolderException>(() => DataFolder.Open(Folder)).Message.ShouldStartWith($"{file} is damaged: ");
        File.ReadAllText(file).ShouldBe(text);

        File.Delete(file);
        Should.NotThrow(() => DataFolder.Open(Folder).Dispose());
    }

    [Fact]
    public void The_token_is_made_once_and_can_be_chosen()
    {
        using var data = DataFolder.Open(Folder);

        var token = data.Token();
        token.Length.ShouldBe(64);
        data.Token().ShouldBe(token);

        var chosen = new string('x', 40);
        File.WriteAllText(data.TokenPath, chosen + "\r\n");
        data.Token().ShouldBe(chosen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("with spaces and more than enough characters in it")]
    public void A_token_that_is_easily_guessed_is_refused(string text)
    {
        using var data = DataFolder.Open(Folder);
        File.WriteAllText(data.TokenPath, text);

        Should.Throw<DataFolderException>(() => data.Token()).Message.ShouldContain("at least 32 letters and digits");
    }

    [UnixFact]
    public void Only_the_owner_enters_and_reads()
    {
        using var data = DataFolder.Open(Folder);
        _ = data.Token();

        if (OperatingSystem.IsWindows())
            return;
        File.GetUnixFileMode(Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(data.TokenPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.Combine(Folder, "id")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_path_that_cannot_be_a_folder_is_an_error_with_its_name()
    {
        var file = Path.Combine(_temporary.Path, "file");
        File.WriteAllText(file, "");

        Should.Throw<DataFolderException>(() => DataFolder.Open(file)).Message.ShouldStartWith($"the data folder {file} cannot be used: ");
        Should.Throw<DataFolderException>(() => DataFolder.Open(Path.Combine(file, "below"))).ShouldNotBeOfType<DataFolderInUseException>();
    }

    [Fact]
    public void What_a_crash_left_half_written_is_no_obstacle()
    {
        using var data = DataFolder.Open(Folder);
        File.WriteAllText(Path.Combine(Folder, "epoch.tmp"), "12");

        data.NextEpoch(new FixedClock(Now)).Value.ShouldBe(Now.ToUnixTimeSeconds());
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class UnixFactAttribute : FactAttribute
    {
        public UnixFactAttribute()
        {
            if (OperatingSystem.IsWindows())
                Skip = "Windows has no file modes.";
        }
    }
}
