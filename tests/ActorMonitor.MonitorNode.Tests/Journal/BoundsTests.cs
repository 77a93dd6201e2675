using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

public class BoundsTests
{
    [Fact]
    public void Above_the_bound_of_size_the_oldest_results_become_one_Dropped_a_job_and_are_all_accounted_for()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        for (var n = 1; n <= 3000; n++)
        {
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n, n % 3 == 0 ? "a" : "b"));
            journal.DiskBytes.ShouldBeLessThan(JournalFolder.Small.MaxBytes + (3 * 4096));
        }

        var entries = JournalFolder.Drain(journal);

        var dropped = entries.OfType<DroppedEntry>().ToList();
        journal.Dropped.ShouldBeGreaterThan(1000);
        dropped.Sum(entry => entry.Count).ShouldBe(journal.Dropped);
        (entries.OfType<ResultEntry>().Count() + journal.Dropped).ShouldBe(3000);
        dropped.Where(entry => entry.Job.Name == "a").Sum(entry => entry.Count).ShouldBeInRange((journal.Dropped / 3) - 1, (journal.Dropped / 3) + 1);
        var oldestKept = entries.OfType<ResultEntry>().Min(entry => entry.Result.Slot);
        dropped.Max(entry => entry.Last).ShouldBeLessThan(oldestKept);
    }

    [Fact]
    public void A_Dropped_outlives_a_restart_and_is_acknowledged_like_a_result()
    {
        using var folder = new JournalFolder();
        using (var journal = folder.Open())
        {
            for (var n = 1; n <= 1500; n++)
                _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        }

        List<OutboxEntry> entries;
        using (var journal = folder.Open())
        {
            entries = JournalFolder.Drain(journal);
            entries.OfType<DroppedEntry>().ShouldNotBeEmpty();
            (entries.OfType<DroppedEntry>().Sum(entry => entry.Count) + entries.OfType<ResultEntry>().Count()).ShouldBe(1500);
            foreach (var dropped in entries.OfType<DroppedEntry>())
                journal.Acknowledge(new SeqRange(dropped.Seq, dropped.Seq)).ShouldBe(1);
        }

        using var again = folder.Open();
        JournalFolder.Drain(again).ShouldBe(entries.OfType<ResultEntry>(), new SameSeq());
    }

    [Fact]
    public void Results_older_than_the_bound_of_age_are_given_up_and_younger_ones_are_kept()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open(JournalFolder.Large);
        for (var hour = 0; hour < 30; hour++)
        {
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(hour));
            folder.Time.Advance(TimeSpan.FromMinutes(59));
            journal.Tick();
            folder.Time.Advance(TimeSpan.FromMinutes(1));
            journal.Tick();
        }

        var entries = JournalFolder.Drain(journal);

        var oldest = entries.OfType<ResultEntry>().Min(entry => entry.Result.Slot.DueUnixMilliseconds / 1000);
        oldest.ShouldBeInRange(4, 6);
        entries.OfType<DroppedEntry>().Sum(entry => entry.Count).ShouldBe(oldest);
    }

    [Theory]
    [InlineData(26, true)]
    [InlineData(20, false)]
    [InlineData(-100, false)]
    public void The_time_that_a_monitor_was_off_counts_as_age(int hours, bool isGivenUp)
    {
        using var folder = new JournalFolder();
        using (var journal = folder.Open())
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1));
        folder.Time.StepWall(TimeSpan.FromHours(hours));

        using var again = folder.Open();
        again.Tick();

        JournalFolder.Drain(again).Single().ShouldBeOfType(isGivenUp ? typeof(DroppedEntry) : typeof(ResultEntry));
    }

    [Fact]
    public void A_step_of_the_wall_clock_makes_nothing_older()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1));

        folder.Time.StepWall(TimeSpan.FromDays(400));
        journal.Tick();

        JournalFolder.Drain(journal).Single().ShouldBeOfType<ResultEntry>();
    }

    [Fact]
    public void A_fold_that_was_cut_short_by_a_kill_counts_wholly_or_not_at_all()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        var n = 0;
        JournalFolder before;
        do
        {
            before = folder.Copy();
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(++n, $"job-{n % 10}"));
            if (journal.Dropped > 0)
                break;
            before.Dispose();
        }
        while (true);

        // The file that was folded is back, as it is when the process dies before it is deleted, and the newest is cut.
        using (before)
        {
            var newest = folder.Segments[^1];
            var whole = File.ReadAllBytes(newest);
            var outcomes = new HashSet<int>();
            for (var length = whole.Length; length > Math.Max(600, whole.Length - 1200); length -= 13)
            {
                using var copy = folder.Copy();
                foreach (var segment in before.Segments.Where(path => Path.GetFileName(path) != Path.GetFileName(newest)))
                    File.Copy(segment, Path.Combine(copy.Path, Path.GetFileName(segment)), overwrite: true);
                File.WriteAllBytes(Path.Combine(copy.Path, Path.GetFileName(newest)), whole[..length]);
                using var again = copy.Open(JournalFolder.Large);
                var entries = JournalFolder.Drain(again);
                var dropped = entries.OfType<DroppedEntry>().Sum(entry => entry.Count);
                dropped.ShouldBeOneOf(0, journal.Dropped);
                var results = entries.OfType<ResultEntry>().Select(entry => entry.Seq).ToList();
                results.ShouldBe(results.Distinct());
                (results.Count + dropped).ShouldBeInRange(n - 20, n);
                if (length == whole.Length)
                    (results.Count + dropped).ShouldBe(n);
                _ = outcomes.Add(dropped > 0 ? 1 : 0);
            }

            outcomes.Count.ShouldBe(2);
        }
    }

    [Fact]
    public void Giving_up_a_large_segment_takes_small_steps()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open(new JournalSettings(8 * 1024 * 1024, TimeSpan.FromHours(24)));
        var n = 0;
        while (journal.DiskBytes <= 8 * 1024 * 1024)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(++n));
        journal.Dropped.ShouldBe(0);

        var steps = 0;
        for (; journal.Dropped == 0; steps++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(++n));

        steps.ShouldBeGreaterThan(100);
        var entries = JournalFolder.Drain(journal);
        (entries.OfType<ResultEntry>().Count() + journal.Dropped).ShouldBe(n);
    }

    private sealed class SameSeq : IEqualityComparer<OutboxEntry>
    {
        public bool Equals(OutboxEntry? x, OutboxEntry? y) => x?.Seq == y?.Seq;

        public int GetHashCode(OutboxEntry obj) => obj.Seq.GetHashCode();
    }
}
