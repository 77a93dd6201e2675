using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Holds;

public sealed class HoldsFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actormonitor-holds-");
    private readonly HoldsFile _file;

    public HoldsFileTests() => _file = new HoldsFile(_folder.FullName, new SetTime(Now));

    private string Path => System.IO.Path.Combine(_folder.FullName, HoldsFile.Name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_held_is_read_as_it_was_written()
    {
        _file.Read().ShouldBe((HoldState.Empty, null));
        var state = HoldState.Empty
            .Pause(["shop", "ünïcode ☃ \"quoted\""], new Hold("alice@127.0.0.1", Now, "upgrade", Now.AddHours(2)))
            .Drain("eu", new Hold("bob", Now.AddTicks(1)));

        _file.Write(state);

        var (read, problem) = _file.Read();
        problem.ShouldBeNull();
        read.Jobs.ShouldBe(state.Jobs);
        read.Monitors.ShouldBe(state.Monitors);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "version": 2, "jobs": [], "monitors": [] }""")]
    [InlineData("""{ "version": 1, "jobs": [] }""")]
    [InlineData("""{ "version": 1, "jobs": [], "monitors": [], "more": 1 }""")]
    [InlineData("""{ "version": 1, "jobs": [{ "name": "a", "by": "b" }], "monitors": [] }""")]
    [InlineData("""{ "version": 1, "jobs": [{ "name": "", "by": "b", "since": "2026-11-22T10:00:00Z" }], "monitors": [] }""")]
    [InlineData("""{ "version": 1, "jobs": [{ "name": "a", "by": null, "since": "2026-11-22T10:00:00Z" }], "monitors": [] }""")]
    [InlineData("""{ "version": 1, "jobs": [{ "name": "a", "by": "b", "since": "2026-11-22T10:00:00Z", "until": "2026-11-22T09:00:00Z" }], "monitors": [] }""")]
    [InlineData("""{ "version": 1, "jobs": [{ "name": "a", "by": "b", "since": "2026-11-22T10:00:00Z" }, { "name": "a", "by": "b", "since": "2026-11-22T10:00:00Z" }], "monitors": [] }""")]
    public void A_file_that_cannot_be_understood_is_set_aside_and_nothing_is_held(string text)
    {
        File.WriteAllText(Path, text);

        var (state, problem) = _file.Read();

        state.ShouldBe(HoldState.Empty);
        problem.ShouldNotBeNull().ShouldContain("is damaged");
        File.Exists(Path).ShouldBeFalse();
        File.ReadAllText(Path + ".damaged-20261122-100000").ShouldBe(text);
        _file.Read().ShouldBe((HoldState.Empty, null));
    }

    [Fact]
    public void A_pause_ends_at_its_end_and_not_before()
    {
        var state = HoldState.Empty.Pause(["a"], new Hold("x", Now, Until: Now.AddMinutes(1))).Pause(["b"], new Hold("x", Now)).Drain("eu", new Hold("x", Now, Until: Now.AddMinutes(2)));

        state.NextEnd.ShouldBe(Now.AddMinutes(1));
        state.Without(Now.AddSeconds(59)).ShouldBe(state);
        var later = state.Without(Now.AddMinutes(1));
        (later.Jobs.Keys.Single(), later.Monitors.Count, later.NextEnd).ShouldBe(("b", 1, Now.AddMinutes(2)));
        later.Without(Now.AddMinutes(2)).Monitors.ShouldBeEmpty();
    }

    [Fact]
    public void A_job_has_to_be_told_only_what_is_new_to_it()
    {
        var job = Sample.Job("shop", ["eu", "us"]);
        var drained = HoldState.Empty.Drain("us", new Hold("x", Now));

        drained.Differs(HoldState.Empty, job).ShouldBeTrue();
        drained.Differs(HoldState.Empty, Sample.Job("shop", ["eu"])).ShouldBeFalse();
        drained.Pause(["shop"], new Hold("x", Now)).Differs(drained, job).ShouldBeTrue();
        drained.Pause(["mail"], new Hold("x", Now)).Differs(drained, job).ShouldBeFalse();
        drained.Pause(["shop"], new Hold("x", Now)).Of(new JobId("shop")).Of("us")!.Cause.ShouldBe(Cause.Paused);
        drained.Of(new JobId("shop")).Of("us")!.Cause.ShouldBe(Cause.Maintenance);
        drained.Of(new JobId("shop")).Of("eu").ShouldBeNull();
    }
}
