using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class AuditLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-audit-").FullName;

    [Fact]
    public async Task A_changing_command_is_recorded_with_who_what_when_and_how_it_ended()
    {
        await using var node = await SampleNode.StartAsync();

        _ = await node.PbmAsync("jobs", "pause", "shop", "nix");

        var lines = Lines(node.Settings.AuditFile);
        lines.Count.ShouldBe(2);
        ((string)lines[0]["event"]!).ShouldBe("began");
        ((string)lines[0]["who"]!).ShouldEndWith("@127.0.0.1");
        lines[0]["what"]!.AsArray().Select(word => (string)word!).ShouldBe(["jobs", "pause", "shop", "nix"]);
        DateTimeOffset.TryParse((string)lines[0]["at"]!, out _).ShouldBeTrue();
        ((string)lines[1]["event"]!).ShouldBe("ended");
        ((long)lines[1]["number"]!).ShouldBe((long)lines[0]["number"]!);
        ((int)lines[1]["exit"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_that_only_looks_is_not_recorded()
    {
        await using var node = await SampleNode.StartAsync();

        _ = await node.PbmAsync("jobs", "list");

        File.Exists(node.Settings.AuditFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_wrong_token_is_recorded_and_the_command_is_not_run()
    {
        await using var node = await SampleNode.StartAsync();
        var wrong = Path.Combine(_folder, "other.token");
        await File.WriteAllTextAsync(wrong, "sixteen letters and more of another node");

        var run = await PbmRun.OfAsync([node.Address, "jobs", "pause", "shop", "--token-file", wrong]);

        run.Exit.ShouldBe(4);
        node.Paused.ShouldBeEmpty();
        var line = Lines(node.Settings.AuditFile).ShouldHaveSingleItem();
        ((string)line["event"]!).ShouldBe("refused");
        ((string)line["reason"]!).ShouldBe("wrong token");
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_said_and_does_not_keep_the_operator_from_steering()
    {
        await using var node = await SampleNode.StartAsync(settings => settings with { AuditFile = Path.Combine(_folder, "not", "there", "audit.log") });

        var run = await node.PbmAsync("jobs", "pause", "shop");

        run.Exit.ShouldBe(0);
        run.Output.ShouldContain("Not in the audit log: ");
        node.Paused.ShouldBe(["shop"]);
    }

    [Fact]
    public void Secrets_in_a_line_are_not_recorded()
    {
        var file = Path.Combine(_folder, AuditLog.Name);

        new AuditLog(file, TimeProvider.System).Began("root@127.0.0.1", ["check", "http", "--set", "auth.password=hunter2", "--set", "path=/x=y"]).Problem.ShouldBeNull();

        File.ReadAllText(file).ShouldContain("\"auth.password=***\"");
        File.ReadAllText(file).ShouldContain("\"path=/x=y\"");
        File.ReadAllText(file).ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_full_file_is_set_aside_and_so_many_are_kept()
    {
        var file = Path.Combine(_folder, AuditLog.Name);
        var log = new AuditLog(file, TimeProvider.System);
        for (var i = 0; i < AuditLog.FilesKept + 2; i++)
        {
            using (var stream = new FileStream(file, FileMode.OpenOrCreate))
                stream.SetLength(AuditLog.MaxBytes);
            log.Began("root@127.0.0.1", ["jobs", "pause", $"{i}"]).Problem.ShouldBeNull();
        }

        Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe([AuditLog.Name, .. Enumerable.Range(1, AuditLog.FilesKept).Select(i => $"{AuditLog.Name}.{i}")]);
        Lines(file).ShouldHaveSingleItem();
    }

    [Fact]
    public void Only_the_nodes_user_may_read_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        var file = Path.Combine(_folder, AuditLog.Name);

        new AuditLog(file, TimeProvider.System).Refused("root@127.0.0.1", ["jobs", "pause", "x"], "wrong token").ShouldBeNull();

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<JsonNode> Lines(string file) => [.. File.ReadLines(file).Select(line => JsonNode.Parse(line)!)];
}
