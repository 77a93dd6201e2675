using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

public class SessionJournalTests
{
    [Fact]
    public void What_was_told_is_there_after_a_restart()
    {
        using var folder = new JournalFolder();
        using (var journal = folder.Open())
        {
            journal.Epoch(new Epoch(5), "main");
            journal.Epoch(new Epoch(4), "main");
            journal.Grant(JournalFolder.Grant("a"));
            journal.Grant(JournalFolder.Grant("b"));
            journal.Grant(JournalFolder.Grant("b", revision: 2));
            journal.Grant(JournalFolder.Grant("c"));
            journal.Revoke(new JobId("c"));
            journal.Renew(DateTimeOffset.UnixEpoch.AddHours(5), TimeSpan.FromSeconds(-3));
            journal.Grant(JournalFolder.Grant("d"));
            journal.Started(JournalFolder.Started(1, "a"));
            journal.Completed(new Epoch(5), 9, JournalFolder.Result(1, "a")).ShouldBe(1);
            journal.Started(JournalFolder.Started(2, "a"));
            journal.Completed(new Epoch(5), 9, JournalFolder.Result(8, "b")).ShouldBe(2);
        }

        using var again = folder.Open();

        var found = again.Recovery;
        (found.HighestEpoch, found.ManagerName, found.ManagerAheadOfWall, found.Damage).ShouldBe((new Epoch(5), "main", TimeSpan.FromSeconds(-3), null));
        found.Grants.Keys.Select(job => job.Name).Order().ShouldBe(["a", "b", "d"]);
        found.Grants[new JobId("b")].ShouldBe(JournalFolder.Grant("b", revision: 2) with { ValidUntil = DateTimeOffset.UnixEpoch.AddHours(5) });
        found.Grants[new JobId("d")].ShouldBe(JournalFolder.Grant("d"));
        found.Accepted.ShouldBe(new Dictionary<JobId, Slot> { [new JobId("a")] = new Slot(2000), [new JobId("b")] = new Slot(8000) }, ignoreOrder: true);
        found.Unfinished.ShouldBe([JournalFolder.Started(2, "a")]);
        var results = JournalFolder.Drain(again).Cast<ResultEntry>().ToList();
        results.Select(entry => (entry.Seq, entry.Epoch, entry.Revision, entry.Result.Job.Name, entry.Result.Elapsed.TotalMilliseconds))
            .ShouldBe([(1, new Epoch(5), 9, "a", 1), (2, new Epoch(5), 9, "b", 8)]);
    }

    [Fact]
    public void A_killed_process_has_lost_nothing_that_was_appended()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        for (var n = 1; n <= 300; n++)
        {
            journal.Started(JournalFolder.Started(n));
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
            if (n % 25 != 0)
                continue;
            using var copy = folder.Copy();
            using var after = copy.Open();
            JournalFolder.SeqsIn(after).ShouldBe(Enumerable.Range(1, n).Select(seq => (long)seq));
            after.Recovery.Unfinished.ShouldBeEmpty();
            after.Recovery.Accepted[new JobId("job")].ShouldBe(new Slot(1000L * n));
            after.Id.ShouldBe(journal.Id);
        }

        folder.Segments.Length.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void The_state_is_whole_in_a_journal_whose_older_segments_are_gone()
    {
        using var folder = new JournalFolder();
        using (var journal = folder.Open())
        {
            journal.Epoch(new Epoch(5), "main");
            journal.Started(JournalFolder.Started(3, "slow"));
            for (var job = 0; job < 100; job++)
                journal.Grant(JournalFolder.Grant($"job-{job}"));
            for (var n = 1; n <= 200; n++)
            {
                var seq = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
                journal.Acknowledge(new SeqRange(seq, seq)).ShouldBe(1);
            }

            folder.Time.Advance(TimeSpan.FromSeconds(1));
            folder.Segments.Length.ShouldBe(1);
            journal.Count.ShouldBe(0);
        }

        using var again = folder.Open();

        again.Recovery.Grants.Count.ShouldBe(100);
        again.Recovery.Unfinished.ShouldBe([JournalFolder.Started(3, "slow")]);
        again.Recovery.HighestEpoch.ShouldBe(new Epoch(5));
        (again.OldestSeq, again.NewestSeq).ShouldBe((0, 200));
    }

    [Fact]
    public void After_an_orderly_end_seqs_go_on()
    {
        using var folder = new JournalFolder();
        OutboxId id;
        using (var journal = folder.Open())
        {
            id = journal.Id;
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1));
        }

        using var again = folder.Open();

        again.Completed(new Epoch(1), 1, JournalFolder.Result(2)).ShouldBe(2);
        again.Id.ShouldBe(id);
    }

    [Fact]
    public void After_a_kill_no_seq_is_given_that_may_have_been_given_before()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1));
        using var copy = folder.Copy();
        var seen = new HashSet<long> { 1 };

        for (var kill = 0; kill < 5; kill++)
        {
            using var after = copy.Open();
            after.Id.ShouldBe(journal.Id);
            seen.Add(after.Completed(new Epoch(1), 1, JournalFolder.Result(10 + kill))).ShouldBeTrue();

            // What the disk had not when the power went.
            var torn = new FileInfo(copy.Segments[^1]).Length;
            for (var lost = 0; lost < 10; lost++)
                seen.Add(after.Completed(new Epoch(1), 1, JournalFolder.Result(100 + lost))).ShouldBeTrue();
            using var cut = new FileStream(copy.Segments[^1], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            cut.SetLength(torn);
            after.Dispose();
            cut.SetLength(torn);
        }
    }

    [Fact]
    public void Acknowledged_results_are_not_delivered_after_a_restart()
    {
        using var folder = new JournalFolder();
        using (var journal = folder.Open())
        {
            for (var n = 1; n <= 100; n++)
                _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
            journal.Acknowledge(new SeqRange(1, 40)).ShouldBe(40);
            journal.Acknowledge(new SeqRange(50, 50)).ShouldBe(1);
            journal.Acknowledge(new SeqRange(99, long.MaxValue)).ShouldBe(2);
            journal.Acknowledge(new SeqRange(99, long.MaxValue)).ShouldBe(0);
            journal.Acknowledge(new SeqRange(long.MinValue, 3)).ShouldBe(0);
            journal.Acknowledge(new SeqRange(70, 60)).ShouldBe(0);
        }

        using var again = folder.Open();

        JournalFolder.SeqsIn(again).ShouldBe(Enumerable.Range(41, 58).Where(seq => seq != 50).Select(seq => (long)seq));
        (again.OldestSeq, again.Count).ShouldBe((41, 57));
    }

    [Fact]
    public void Acknowledgements_of_an_older_segment_outlive_the_segment_they_were_written_to()
    {
        using var folder = new JournalFolder();
        var journal = folder.Open(new JournalSettings(1024 * 1024, TimeSpan.FromHours(24)) { SegmentBytes = 4096 });
        var first = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1));
        var second = journal.Completed(new Epoch(1), 1, JournalFolder.Result(2));
        for (var n = 3; n <= 400; n++)
        {
            var seq = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
            _ = journal.Acknowledge(new SeqRange(seq, seq));
            if (n == 150)
                _ = journal.Acknowledge(new SeqRange(second, second));
        }

        folder.Time.Advance(TimeSpan.FromSeconds(1));
        folder.Segments.Length.ShouldBe(2);
        journal.Dispose();

        using var again = folder.Open();

        JournalFolder.SeqsIn(again).ShouldBe([first]);
    }

    [Fact]
    public void A_folder_is_named_by_its_manager()
    {
        var manager = NodeId.New();
        using var parent = new JournalFolder();
        using var folder = new JournalFolder(Path.Combine(parent.Path, manager.ToString()));
        using var journal = folder.Open();

        journal.Recovery.Manager.ShouldBe(manager);
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_told()
    {
        using var folder = new JournalFolder();
        File.WriteAllText(folder.Path, "");
        try
        {
            Should.Throw<JournalException>(() => folder.Open()).Message.ShouldContain("needs a folder");
        }
        finally
        {
            File.Delete(folder.Path);
        }
    }

    [Fact]
    public void A_journal_of_a_later_version_is_left_alone()
    {
        using var folder = new JournalFolder();
        folder.Open().Dispose();
        var bytes = File.ReadAllBytes(folder.Segments[0]);
        foreach (var copy in new[] { 0, 64 })
        {
            bytes[copy + 8] = 2;
            BitConverter.GetBytes(Frame.Crc(0, 0, bytes.AsSpan(copy, 60))).CopyTo(bytes, copy + 60);
        }

        File.WriteAllBytes(folder.Segments[0], bytes);

        Should.Throw<JournalException>(() => folder.Open()).Message.ShouldContain("version 2");
        File.ReadAllBytes(folder.Segments[0]).ShouldBe(bytes);
    }

    [Fact]
    public void Ten_thousand_grants_are_written_once_a_segment()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open(JournalFolder.Large with { SegmentBytes = 1024 * 1024 });
        for (var job = 0; job < 10_000; job++)
            journal.Grant(JournalFolder.Grant($"job-{job}"));
        var before = journal.DiskBytes;
        for (var n = 1; n <= 10_000; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));

        using var copy = folder.Copy();
        using var again = copy.Open();
        again.Recovery.Grants.Count.ShouldBe(10_000);
        (journal.DiskBytes - before).ShouldBeLessThan(4 * before);
    }

    [Fact]
    public void A_result_that_is_too_large_to_be_sent_is_cut()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        var result = JournalFolder.Result(1) with { Attributes = [.. Enumerable.Range(0, 200).Select(n => new TextAttribute($"a{n}", new string('x', 1000)))] };

        var seq = journal.Completed(new Epoch(1), 1, result);

        journal.Read(seq).ShouldBeOfType<ResultEntry>().Result.Truncated.ShouldBeTrue();
    }
}
