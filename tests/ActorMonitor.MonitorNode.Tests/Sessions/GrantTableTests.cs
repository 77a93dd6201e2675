using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class GrantTableTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(100, 50)]
    [InlineData(1_000, 250)]
    [InlineData(3_999, 999)]
    [InlineData(10_000, 1_000)]
    public void A_slot_is_started_when_a_quarter_of_the_interval_has_passed_without_an_Execute(int intervalMilliseconds, int graceMilliseconds)
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", intervalMilliseconds), Noon);

        table.NextStart.ShouldBe(Noon.AddMilliseconds(graceMilliseconds));
        table.TryTakeDue(Noon.AddMilliseconds(graceMilliseconds - 1), out _).ShouldBeFalse();
        table.TryTakeDue(Noon.AddMilliseconds(graceMilliseconds), out var due).ShouldBeTrue();

        due.Slot.Due.ShouldBe(Noon);
        table.NextStart.ShouldBe(Noon.AddMilliseconds(intervalMilliseconds + graceMilliseconds));
    }

    [Fact]
    public void A_slot_that_an_Execute_had_run_is_not_started()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 1_000), Noon);

        table.TryAccept(new JobId("job"), At(0)).ShouldBeTrue();

        table.TryTakeDue(Noon.AddMilliseconds(999), out _).ShouldBeFalse();
        table.NextStart.ShouldBe(Noon.AddMilliseconds(1_250));
        table.TryAccept(new JobId("job"), At(0)).ShouldBeFalse();
    }

    [Fact]
    public void An_Execute_that_comes_after_the_start_is_not_accepted()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 1_000), Noon);
        table.TryTakeDue(Noon.AddMilliseconds(250), out _).ShouldBeTrue();

        table.TryAccept(new JobId("job"), At(0)).ShouldBeFalse();
        table.TryAccept(new JobId("job"), At(1_000)).ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_started_before_the_first_slot_of_the_grant()
    {
        var table = new GrantTable();

        _ = table.TryGrant(Terms("job", 1_000) with { NotBefore = At(4_500) }, Noon);

        table.NextStart.ShouldBe(Noon.AddMilliseconds(5_250));
        table.TryTakeDue(Noon.AddMilliseconds(4_400), out _).ShouldBeFalse();
    }

    [Fact]
    public void What_had_passed_when_the_grant_came_is_not_started()
    {
        var table = new GrantTable();

        _ = table.TryGrant(Terms("job", 10_000) with { NotBefore = At(-60_000) }, Noon.AddMilliseconds(1_000));

        table.NextStart.ShouldBe(Noon.AddMilliseconds(11_000));
    }

    [Fact]
    public void After_its_end_a_grant_starts_nothing_until_it_is_renewed_and_then_not_what_has_passed()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 1_000) with { ValidUntil = Noon.AddMilliseconds(1_500) }, Noon);
        Take(table, Noon.AddMilliseconds(250)).ShouldBe([At(0)]);
        Take(table, Noon.AddMilliseconds(1_250)).ShouldBe([At(1_000)]);

        table.NextStart.ShouldBeNull();
        Take(table, Noon.AddMilliseconds(5_300)).ShouldBeEmpty();

        table.Renew(Noon.AddHours(1), Noon.AddMilliseconds(5_300));
        table.NextStart.ShouldBe(Noon.AddMilliseconds(6_250));
    }

    [Fact]
    public void The_last_word_on_the_end_holds()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("a", 1_000) with { ValidUntil = Noon.AddHours(2) }, Noon);
        table.Find(new JobId("a"))!.ValidUntil.ShouldBe(Noon.AddHours(2));

        table.Renew(Noon.AddHours(1), Noon);
        _ = table.TryGrant(Terms("b", 1_000) with { ValidUntil = Noon.AddHours(3) }, Noon);

        table.Find(new JobId("a"))!.ValidUntil.ShouldBe(Noon.AddHours(1));
        table.Find(new JobId("b"))!.ValidUntil.ShouldBe(Noon.AddHours(3));
        table.LatestEnd().ShouldBe(Noon.AddHours(3));
    }

    [Fact]
    public void A_permission_that_is_cut_short_ends_then()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 1_000), Noon);

        table.Renew(Noon.AddMilliseconds(-1), Noon);

        Take(table, Noon.AddMilliseconds(500)).ShouldBeEmpty();
        table.NextStart.ShouldBeNull();
    }

    [Fact]
    public void A_grant_that_is_sent_again_changes_nothing()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 10_000), Noon);

        // It waits for its turn; had this been a new permission the slot would have been left out.
        _ = table.TryGrant(Terms("job", 10_000), Noon.AddMilliseconds(1_001));

        Take(table, Noon.AddMilliseconds(1_002)).ShouldBe([At(0)]);
    }

    [Fact]
    public void A_new_revision_has_its_own_slots_and_first_slot_and_remembers_what_was_accepted()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 1_000), Noon);
        table.TryAccept(new JobId("job"), At(3_000)).ShouldBeTrue();

        _ = table.TryGrant(Terms("job", 700, revision: 2) with { NotBefore = At(2_000) }, Noon.AddMilliseconds(3_010));

        var next = table.NextStart!.Value.ToUnixTimeMilliseconds() - 175;
        (next % 700, next > At(3_000).DueUnixMilliseconds, next <= At(3_700).DueUnixMilliseconds).ShouldBe((0, true, true));
        table.Find(new JobId("job"))!.Revision.ShouldBe(2);
    }

    [Fact]
    public void What_was_accepted_is_remembered_over_revocation_and_a_new_grant()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 1_000), Noon);
        table.TryAccept(new JobId("job"), At(1_000)).ShouldBeTrue();

        table.Revoke(new JobId("job"));
        (table.Count, table.NextStart, table.Find(new JobId("job"))).ShouldBe((0, null, null));
        table.TryAccept(new JobId("job"), At(1_000)).ShouldBeFalse();
        _ = table.TryGrant(Terms("job", 1_000), Noon.AddMilliseconds(1_010));

        table.TryAccept(new JobId("job"), At(1_000)).ShouldBeFalse();
        table.NextStart.ShouldBe(Noon.AddMilliseconds(2_250));
    }

    [Theory]
    [InlineData(10_000, 10_000)]
    [InlineData(60_000, 30_000)]
    public void What_was_missed_for_a_moment_is_taken_though_it_has_expired_and_what_was_missed_for_longer_is_not(int intervalMilliseconds, int patienceMilliseconds)
    {
        var start = (long)intervalMilliseconds * 1_000;
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", intervalMilliseconds), Noon);
        Take(table, Noon.AddMilliseconds(500)).ShouldBeEmpty();
        Take(table, Noon.AddMilliseconds(1_000)).ShouldBe([At(0)]);

        Take(table, Noon.AddMilliseconds(start + patienceMilliseconds + 30_000)).First().ShouldBe(At(start));
        start *= 2;
        Take(table, Noon.AddMilliseconds(start + patienceMilliseconds + 30_001)).ShouldNotContain(At(start));
    }

    [Theory]
    [InlineData(10_000, 10_000)]
    [InlineData(60_000, 30_000)]
    public void What_had_expired_before_the_monitor_ran_is_not_taken(int intervalMilliseconds, int patienceMilliseconds)
    {
        var (one, other) = (new GrantTable(), new GrantTable());
        foreach (var table in new[] { one, other })
            table.Recover(new Dictionary<JobId, Slot> { [new JobId("job")] = At(0) }, [Terms("job", intervalMilliseconds)]);

        Take(one, Noon.AddMilliseconds(intervalMilliseconds + patienceMilliseconds)).First().ShouldBe(At(intervalMilliseconds));
        Take(other, Noon.AddMilliseconds(intervalMilliseconds + patienceMilliseconds + 1)).ShouldNotContain(At(intervalMilliseconds));
    }

    [Fact]
    public void The_slots_that_a_clock_stepped_over_are_not_started()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 10_000), Noon);

        table.Stepped(Noon.AddHours(1));

        Take(table, Noon.AddHours(1).AddSeconds(9)).ShouldBeEmpty();
        Take(table, Noon.AddHours(1).AddSeconds(11)).ShouldBe([At(3_610_000)]);
    }

    [Fact]
    public void After_a_clock_stepped_back_the_slots_from_now_on_are_started()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 10_000), Noon);
        table.Stepped(Noon.AddHours(1));
        Take(table, Noon.AddHours(1)).ShouldBeEmpty();

        table.Stepped(Noon.AddMinutes(1));

        table.NextStart.ShouldBe(Noon.AddSeconds(71));
        Take(table, Noon.AddSeconds(72)).ShouldBe([At(70_000)]);
    }

    [Fact]
    public void What_is_left_from_before_a_restart_goes_on_where_it_was()
    {
        var table = new GrantTable();

        table.Recover(
            new Dictionary<JobId, Slot> { [new JobId("job")] = At(0), [new JobId("once")] = At(500) }, [Terms("job", 10_000) with { NotBefore = At(-70_000) }]);

        table.TryAccept(new JobId("once"), At(500)).ShouldBeFalse();
        table.TryAccept(new JobId("job"), At(0)).ShouldBeFalse();
        Take(table, Noon.AddSeconds(12)).ShouldBe([At(10_000)]);
    }

    [Fact]
    public void A_slot_that_is_due_is_not_left_out_when_the_Execute_of_the_next_one_comes_early()
    {
        var table = new GrantTable();
        _ = table.TryGrant(Terms("job", 100), Noon);

        table.TryTakeBefore(new JobId("job"), At(100), Noon.AddMilliseconds(40), out var before).ShouldBeTrue();
        before.Slot.ShouldBe(At(0));
        table.TryTakeBefore(new JobId("job"), At(100), Noon.AddMilliseconds(40), out _).ShouldBeFalse();
        table.TryAccept(new JobId("job"), At(100)).ShouldBeTrue();
    }

    [Fact]
    public void There_is_room_for_so_many_jobs_and_not_for_more()
    {
        var table = new GrantTable(bound: 2);
        table.TryGrant(Terms("a", 1_000), Noon).ShouldBeTrue();
        table.TryGrant(Terms("b", 1_000), Noon).ShouldBeTrue();

        table.TryGrant(Terms("c", 1_000), Noon).ShouldBeFalse();
        table.TryGrant(Terms("b", 1_000, revision: 2), Noon).ShouldBeTrue();
        table.Count.ShouldBe(2);
    }

    [Fact]
    public void However_often_a_peer_grants_and_revokes_the_queue_stays_bounded()
    {
        var table = new GrantTable();
        for (var n = 1; n <= 10_000; n++)
        {
            _ = table.TryGrant(Terms($"job {n % 3}", 86_400_000 - n, revision: n), Noon);
            if (n % 7 == 0)
                table.Revoke(new JobId($"job {n % 3}"));
            table.Queued.ShouldBeLessThan(100);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_grants_of_a_second_cost_a_small_part_of_it(bool areExecuted)
    {
        const int jobs = 10_000;
        const int seconds = 30;
        var table = new GrantTable();
        var ids = Enumerable.Range(0, jobs).Select(n => new JobId($"job {n}")).ToList();
        for (var n = 0; n < jobs; n++)
            table.TryGrant(Terms(ids[n].Name, 1_000) with { PhaseMilliseconds = n / 10, NotBefore = At(0) }, Noon).ShouldBeTrue();

        var started = 0;
        var begin = TimeProvider.System.GetTimestamp();
        for (var now = 0; now < seconds * 1_000; now += 10)
        {
            for (var n = now % 1_000 * 10; areExecuted && n < ((now % 1_000) + 10) * 10; n++)
                _ = table.TryAccept(ids[n], At(now - (now % 1_000) + (n / 10)));
            started += Take(table, Noon.AddMilliseconds(now)).Count;
            _ = table.NextStart;
        }

        // Those of the last quarter of a second still wait.
        if (areExecuted)
            started.ShouldBe(0);
        else
            started.ShouldBeInRange(jobs * (seconds - 1), jobs * seconds);
        TimeProvider.System.GetElapsedTime(begin).ShouldBeLessThan(TimeSpan.FromSeconds(seconds / 3));
    }

    private static GrantTerms Terms(string job, int intervalMilliseconds, long revision = 1) => new(
        revision,
        new CheckDefinition(new JobId(job), "ping", "h", 0, TimeSpan.FromMilliseconds(intervalMilliseconds), TimeSpan.FromSeconds(1), SettingMap.Empty, SettingMap.Empty),
        revision == 1 ? Noon.ToUnixTimeMilliseconds() % intervalMilliseconds : 0,
        Noon.AddDays(1),
        new Slot(0));

    private static Slot At(long milliseconds) => new(Noon.ToUnixTimeMilliseconds() + milliseconds);

    private static List<Slot> Take(GrantTable table, DateTimeOffset now)
    {
        var taken = new List<Slot>();
        while (table.TryTakeDue(now, out var due))
            taken.Add(due.Slot);
        return taken;
    }
}
