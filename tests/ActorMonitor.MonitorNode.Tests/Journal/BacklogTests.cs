using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

// It looks at what the process holds.
[CollectionDefinition(nameof(BacklogTests), DisableParallelization = true)]
[Collection(nameof(BacklogTests))]
public class BacklogTests
{
    [Fact]
    public void Ten_minutes_of_a_thousand_results_a_second_take_little_memory_and_are_delivered_in_order()
    {
        const int backlog = 600_000;
        using var folder = new JournalFolder();
        using var journal = folder.Open(JournalFolder.Large);
        var outbox = new Outbox(journal);
        for (var n = 1; n <= backlog; n++)
            _ = journal.Completed(new Epoch(1), 1, JournalFolder.Result(n, $"job-{n % 1000}", "a message of some length, as results have it"));
        var most = Live();

        outbox.Reconnected();
        long next = 1, live = backlog;
        while (outbox.Count > 0)
        {
            if (live < backlog + 20_000)
            {
                live = journal.Completed(new Epoch(1), 1, JournalFolder.Result((int)live + 1));
                outbox.CreditBytes = 256 * 1024;
                outbox.TryNext(0, out var newest).ShouldBe(outbox.BytesOnTheWay > 0);
                if (newest?.Seq == live)
                    _ = outbox.Acknowledged(new SeqRange(live, live));
                else if (newest is not null)
                    newest.Seq.ShouldBe(next++);
            }

            var first = next;
            while (outbox.TryNext(0, out var entry))
            {
                if (entry.Seq <= backlog)
                    entry.Seq.ShouldBe(next++);
                else
                    _ = outbox.Acknowledged(new SeqRange(entry.Seq, entry.Seq));
            }

            _ = outbox.Acknowledged(new SeqRange(1, next - 1));
            if (next / 100_000 != first / 100_000)
                most = Math.Max(most, Live());
        }

        next.ShouldBe(backlog + 1);
        most.ShouldBeLessThan(64L * 1024 * 1024);
        journal.DiskBytes.ShouldBeLessThan(40L * 1024 * 1024);

        long Live()
        {
            var bytes = GC.GetTotalMemory(forceFullCollection: true);
            GC.KeepAlive(journal);
            return bytes;
        }
    }
}
