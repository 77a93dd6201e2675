using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Health;

public sealed class NodeHealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly SetTime _time = new(Start);
    private readonly NodeHealth _health;
    private readonly List<(string Name, HealthStatus Status)> _changes = [];

    public NodeHealthTests()
    {
        _health = new NodeHealth(_time);
        _health.Changed += check => _changes.Add((check.Name, check.Status));
    }

    [Fact]
    public void Checks_are_listed_by_name()
    {
        _health.Report("store", HealthStatus.Ok, "1 MiB");
        _health.Report("clock", HealthStatus.Warning, "in the future");

        _health.Checks.ShouldBe(
        [
            new HealthCheck("clock", HealthStatus.Warning, "in the future", Start, IsSticky: false),
            new HealthCheck("store", HealthStatus.Ok, "1 MiB", Start, IsSticky: false),
        ]);
    }

    [Fact]
    public void The_instant_is_that_of_the_status_and_the_message_is_the_newest()
    {
        _health.Report("store", HealthStatus.Failed, "the disk is full");
        _time.Now += TimeSpan.FromSeconds(10);
        _health.Report("store", HealthStatus.Failed, "the disk is full, 2 tries");

        _health.Checks.ShouldBe([new HealthCheck("store", HealthStatus.Failed, "the disk is full, 2 tries", Start, IsSticky: false)]);
    }

    [Fact]
    public void A_check_that_is_reported_Ok_is_Ok_from_then_on()
    {
        _health.Report("store", HealthStatus.Failed, "the disk is full");
        _time.Now += TimeSpan.FromSeconds(10);
        _health.Report("store", HealthStatus.Ok, "written");

        _health.Checks.ShouldBe([new HealthCheck("store", HealthStatus.Ok, "written", Start.AddSeconds(10), IsSticky: false)]);
    }

    [Fact]
    public void A_sticky_report_stays_until_it_is_cleared()
    {
        _health.Report("store", HealthStatus.Failed, "damaged, set aside", isSticky: true);
        _time.Now += TimeSpan.FromSeconds(10);
        _health.Report("store", HealthStatus.Ok, "written");

        _health.Checks.ShouldBe([new HealthCheck("store", HealthStatus.Failed, "damaged, set aside", Start, IsSticky: true)]);
        _health.Clear("store").ShouldBeTrue();
        _health.Checks.ShouldBe([new HealthCheck("store", HealthStatus.Ok, "written", Start, IsSticky: false)]);
    }

    [Fact]
    public void A_cleared_check_that_has_said_nothing_else_is_Ok()
    {
        _health.Report("store", HealthStatus.Failed, "damaged, set aside", isSticky: true);

        _health.Clear("store").ShouldBeTrue();

        _health.Checks.ShouldBe([new HealthCheck("store", HealthStatus.Ok, "nothing to report", Start, IsSticky: false)]);
    }

    [Fact]
    public void What_is_wrong_now_cannot_be_cleared()
    {
        _health.Report("store", HealthStatus.Warning, "damaged, set aside", isSticky: true);
        _health.Report("store", HealthStatus.Failed, "the disk is full");

        _health.Checks[0].ShouldBe(new HealthCheck("store", HealthStatus.Failed, "the disk is full; damaged, set aside", Start, IsSticky: true));
        _health.Clear("store").ShouldBeTrue();
        _health.Checks[0].ShouldBe(new HealthCheck("store", HealthStatus.Failed, "the disk is full", Start, IsSticky: false));
        _health.Clear("store").ShouldBeFalse();
        _health.Clear("strore").ShouldBeFalse();
    }

    [Fact]
    public void The_worse_of_what_is_and_what_was_is_shown()
    {
        _health.Report("store", HealthStatus.Failed, "damaged, set aside", isSticky: true);
        _time.Now += TimeSpan.FromSeconds(10);
        _health.Report("store", HealthStatus.Warning, "nearly full");

        _health.Checks[0].ShouldBe(new HealthCheck("store", HealthStatus.Failed, "nearly full; damaged, set aside", Start, IsSticky: true));
    }

    [Fact]
    public void Only_another_status_is_a_change()
    {
        _health.Report("store", HealthStatus.Ok, "opened");
        _health.Report("store", HealthStatus.Failed, "the disk is full");
        _health.Report("store", HealthStatus.Failed, "the disk is still full");
        _health.Report("store", HealthStatus.Warning, "damaged, set aside", isSticky: true);
        _health.Report("store", HealthStatus.Ok, "written");
        _ = _health.Clear("store");
        _health.Report("clock", HealthStatus.Warning, "in the future");

        _changes.ShouldBe([("store", HealthStatus.Failed), ("store", HealthStatus.Warning), ("store", HealthStatus.Ok), ("clock", HealthStatus.Warning)]);
    }

    [Fact]
    public void A_part_that_is_no_more_is_forgotten()
    {
        _health.Report("journal of berlin", HealthStatus.Failed, "damaged", isSticky: true);

        _health.Forget("journal of berlin");

        _health.Checks.ShouldBeEmpty();
    }

    [Fact]
    public void Reports_from_many_threads_end_as_the_last_of_each()
    {
        Parallel.For(0, 64, part =>
        {
            for (var i = 0; i < 100; i++)
                _health.Report($"part {part}", i % 2 == 0 ? HealthStatus.Failed : HealthStatus.Ok, $"{i}");
        });

        _health.Checks.Length.ShouldBe(64);
        _health.Checks.ShouldAllBe(check => check.Status == HealthStatus.Ok && check.Message == "99");
        _changes.Count.ShouldBe(64 * 100);
    }

    private sealed class SetTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
