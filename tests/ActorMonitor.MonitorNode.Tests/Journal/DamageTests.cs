using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

public class DamageTests
{
    [Fact]
    public void A_torn_tail_costs_the_last_frame_alone_wherever_it_is_torn()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        for (var n = 1; n <= 5; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        var before = new FileInfo(folder.Segments[0]).Length;
        _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(6, message: "the last one"));
        var whole = File.ReadAllBytes(folder.Segments[0]);

        for (var length = before; length < whole.Length; length++)
        {
            using var copy = folder.Copy();
            File.WriteAllBytes(copy.Segments[0], whole[..(int)length]);
            using (var torn = copy.Open())
            {
                JournalFolder.SeqsIn(torn).ShouldBe([1, 2, 3, 4, 5]);
                torn.Recovery.Damage.ShouldBeNull();
                torn.Id.ShouldBe(journal.Id);
                var seq = torn.Completed(new Epoch(1), 1, JournalFolder.Result(7));
                seq.ShouldBeGreaterThan(6);
            }

            using var again = copy.Open();
            JournalFolder.Drain(again).Cast<ResultEntry>().Select(entry => entry.Result.Slot.DueUnixMilliseconds / 1000).ShouldBe([1, 2, 3, 4, 5, 7]);
            copy.Segments.Length.ShouldBe(1);
        }
    }

    [Fact]
    public void A_segment_that_was_just_begun_when_the_power_went_is_no_damage()
    {
        foreach (var bytes in new[] { 0, 1, 64, 5000 })
        {
            using var folder = Filled(50, out var id);
            File.WriteAllBytes(Path.Combine(folder.Path, SegmentLog.NameOf(1_000)), new byte[bytes]);

            using var journal = folder.Open();

            journal.Recovery.Damage.ShouldBeNull();
            journal.Id.ShouldBe(id);
            JournalFolder.SeqsIn(journal).Count.ShouldBe(50);
        }
    }

    [Fact]
    public void A_torn_state_at_the_head_of_the_newest_segment_leaves_the_one_before_in_force()
    {
        using var folder = new JournalFolder();
        using var journal = folder.Open();
        journal.Epoch(new Epoch(9), "main");
        for (var job = 0; job < 20; job++)
            journal.Grant(JournalFolder.Grant($"job-{job}"));
        journal.Revoke(new JobId("job-0"));
        var segments = folder.Segments.Length;
        for (var n = 1; folder.Segments.Length == segments; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        var head = File.ReadAllBytes(folder.Segments[^1]);

        for (var length = 0; length < head.Length - 100; length += 37)
        {
            using var copy = folder.Copy();
            File.WriteAllBytes(copy.Segments[^1], head[..length]);
            using var torn = copy.Open();
            torn.Recovery.HighestEpoch.ShouldBe(new Epoch(9));
            torn.Recovery.Grants.Count.ShouldBe(19);
        }
    }

    [Fact]
    public void Damage_in_the_middle_costs_what_cannot_be_read_alone()
    {
        using var folder = Filled(200, out _);
        var damaged = folder.Segments[1];
        var bytes = File.ReadAllBytes(damaged);
        bytes.AsSpan(bytes.Length / 2, 3).Fill(0xEE);
        File.WriteAllBytes(damaged, bytes);

        using var journal = folder.Open();

        var seqs = JournalFolder.SeqsIn(journal);
        seqs.Count.ShouldBeInRange(197, 199);
        seqs.ShouldBe(seqs.Order());
        journal.Recovery.Damage!.ShouldContain("damaged");
    }

    [Fact]
    public void One_bad_byte_in_a_head_costs_nothing()
    {
        using var folder = Filled(200, out var id);
        foreach (var segment in folder.Segments)
        {
            var bytes = File.ReadAllBytes(segment);
            bytes[20] ^= 1;
            File.WriteAllBytes(segment, bytes);
        }

        using var journal = folder.Open();

        JournalFolder.SeqsIn(journal).Count.ShouldBe(200);
        journal.Id.ShouldBe(id);
    }

    [Fact]
    public void When_the_newest_segment_cannot_be_read_the_outbox_is_another()
    {
        using var folder = Filled(200, out var id);
        var bytes = File.ReadAllBytes(folder.Segments[^1]);
        bytes.AsSpan(0, SegmentHeader.Bytes).Fill(0xEE);
        File.WriteAllBytes(folder.Segments[^1], bytes);

        using var journal = folder.Open();

        journal.Id.ShouldNotBe(id);
        journal.Recovery.Damage!.ShouldContain("set aside");
        JournalFolder.SeqsIn(journal).Count.ShouldBeInRange(100, 199);
        File.ReadAllBytes(Path.Combine(folder.Path, "damaged")).ShouldBe(bytes);

        using var copy = folder.Copy();
        using var again = copy.Open();
        again.Id.ShouldBe(journal.Id);
    }

    [Fact]
    public void What_a_probed_host_wrote_into_a_result_never_passes_for_a_frame()
    {
        // A whole frame within the text of a result, right but for the salt, found when the frame around it is damaged.
        var inner = new FrameBuffer();
        EntryFrames.Write(inner, new ResultEntry(77, new Epoch(1), 1, JournalFolder.Result(999, "forged")));
        var text = new string([.. inner.Written.ToArray().Select(each => (char)each)]);
        using var folder = new JournalFolder();
        using (var journal = folder.Open())
        {
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1, message: text[..Math.Min(text.Length, 1000)]));
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(2));
        }

        var bytes = File.ReadAllBytes(folder.Segments[0]);
        var frame = bytes.AsSpan().IndexOf("forged"u8);
        frame.ShouldBeGreaterThan(0);
        inner.Written.CopyTo(bytes.AsSpan(frame - 30));
        File.WriteAllBytes(folder.Segments[0], bytes);

        using var again = folder.Open();

        JournalFolder.SeqsIn(again).ShouldBe([2]);
    }

    [Fact]
    public void Random_damage_never_throws_and_never_invents_a_result()
    {
        using var folder = Filled(150, out var id);
        var originals = folder.Segments.ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            using var copy = folder.Copy();
            foreach (var (name, original) in originals)
            {
                if (random.Next(3) == 0)
                    File.WriteAllBytes(Path.Combine(copy.Path, name), Garbled(original, random));
            }

            long[] first;
            using (var journal = copy.Open())
            {
                first = AssertGenuine(journal, seed);
                var seq = journal.Completed(new Epoch(1), 1, JournalFolder.Result(1_000_000));
                (journal.Id != id || seq > 150).ShouldBeTrue($"seed {seed}: seq {seq} was given before");
                journal.IsHealthy.ShouldBeTrue();
            }

            // What was read once is still there, and what was kept after the damage too.
            using var again = copy.Open();
            JournalFolder.SeqsIn(again).SkipLast(1).ShouldBe(first, $"seed {seed}");
        }
    }

    private static long[] AssertGenuine(SessionJournal journal, int seed)
    {
        var entries = JournalFolder.Drain(journal);
        foreach (var entry in entries.Cast<ResultEntry>())
        {
            entry.Result.Slot.ShouldBe(new Slot(1000 * entry.Seq), $"seed {seed}");
            entry.Result.Elapsed.ShouldBe(TimeSpan.FromMilliseconds(entry.Seq));
        }

        var seqs = entries.Select(entry => entry.Seq).ToArray();
        seqs.ShouldBe(seqs.Distinct().Order());
        return seqs;
    }

    private static byte[] Garbled(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        switch (random.Next(5))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                for (var n = random.Next(1, 20); n > 0; n--)
                    bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
                return bytes;
            case 2:
                var from = random.Next(bytes.Length);
                bytes.AsSpan(from, random.Next(bytes.Length - from)).Clear();
                return bytes;
            case 3:
                var at = random.Next(bytes.Length);
                return [.. bytes[..at], .. bytes[random.Next(at + 1)..]];
            default:
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
                return bytes;
        }
    }

    private static JournalFolder Filled(int results, out OutboxId id)
    {
        var folder = new JournalFolder();
        using var journal = folder.Open();
        for (var n = 1; n <= results; n++)
        {
            journal.Started(JournalFolder.Started(n));
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
        }

        id = journal.Id;
        return folder;
    }
}
