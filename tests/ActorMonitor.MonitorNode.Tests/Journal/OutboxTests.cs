using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

public sealed class OutboxTests : IDisposable
{
    private const long Second = 1_000_000;

    private readonly JournalFolder _folder = new();
    private readonly SessionJournal _journal;
    private readonly Outbox _outbox;

    public OutboxTests()
    {
        _journal = _folder.Open(JournalFolder.Large with { SegmentBytes = 4096, MemoryBytes = 16 * 1024 });
        _outbox = new Outbox(_journal) { CreditBytes = long.MaxValue };
    }

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Results_are_numbered_from_one_and_sent_once_in_order()
    {
        Add(3);

        Send(0).ShouldBe([1, 2, 3]);
        Send(Second).ShouldBeEmpty();
        (_outbox.Count, _outbox.OldestSeq, _outbox.NewestSeq, _outbox.OnTheWay).ShouldBe((3, 1, 3, 3));
    }

    [Fact]
    public void Nothing_is_sent_before_there_is_credit()
    {
        Add(3);

        _outbox.Reconnected();

        Send(0).ShouldBeEmpty();
        _outbox.CreditBytes = 1;
        Send(0).ShouldBe([1]);
    }

    [Fact]
    public void What_one_sent_two_seconds_later_has_overtaken_is_lost_and_sent_again_at_once()
    {
        Add(3);
        _ = Send(0);
        Add(1);
        _ = Send(Second);
        Add(1);
        _ = Send(2 * Second);

        _outbox.Acknowledged(new SeqRange(4, 4)).ShouldBe(1);
        _outbox.Expire(2 * Second);
        Send(2 * Second).ShouldBeEmpty();

        _outbox.Acknowledged(new SeqRange(5, 5)).ShouldBe(1);
        _outbox.Expire(3 * Second);
        Send(3 * Second).ShouldBe([1, 2, 3]);
        _outbox.Expire(3 * Second);
        Send(3 * Second).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_acknowledged_is_sent_again_after_thirty_seconds()
    {
        Add(3);
        _ = Send(0);
        _outbox.Acknowledged(new SeqRange(2, 2)).ShouldBe(1);

        _outbox.Expire(29 * Second);
        Send(29 * Second).ShouldBeEmpty();
        _outbox.Expire(30 * Second);

        Send(30 * Second).ShouldBe([1, 3]);
        _outbox.Expire(59 * Second);
        Send(59 * Second).ShouldBeEmpty();
        _outbox.Expire(60 * Second);
        Send(60 * Second).ShouldBe([1, 3]);
    }

    [Fact]
    public void After_a_reconnect_new_results_go_before_the_backlog()
    {
        Add(500);
        _ = Send(0);

        Reconnect();
        Add(3, from: 501);

        var sent = Send(Second);
        sent.Take(3).ShouldBe([501, 502, 503]);
        sent.Skip(3).ShouldBe(Enumerable.Range(1, 500).Select(seq => (long)seq));
    }

    [Fact]
    public void Live_results_that_memory_cannot_hold_follow_as_backlog()
    {
        _outbox.CreditBytes = 0;
        Add(1000);
        _journal.FirstInMemory.ShouldBeGreaterThan(100);

        _outbox.CreditBytes = long.MaxValue;
        var sent = Send(0);

        sent[0].ShouldBe(_journal.FirstInMemory);
        sent.Order().ShouldBe(Enumerable.Range(1, 1000).Select(seq => (long)seq));
    }

    [Fact]
    public void The_window_is_never_exceeded_by_more_than_one_entry()
    {
        Add(1000);
        Reconnect();
        _outbox.CreditBytes = 5000;
        var random = new Random(1);
        var onTheWay = new Dictionary<long, int>();
        for (var round = 0; round < 2000; round++)
        {
            while (_outbox.TryNext(0, out var entry))
            {
                onTheWay.Values.Sum().ShouldBeLessThan(5000);
                onTheWay.Add(entry.Seq, entry.Bytes);
            }

            _outbox.BytesOnTheWay.ShouldBe(onTheWay.Values.Sum());
            if (onTheWay.Count == 0)
                break;
            onTheWay.Values.Sum().ShouldBeGreaterThanOrEqualTo(Math.Min(5000, (int)_outbox.Count * 10));
            foreach (var seq in onTheWay.Keys.Where(_ => random.Next(3) == 0).ToList())
            {
                _ = _outbox.Acknowledged(new SeqRange(seq, seq));
                _ = onTheWay.Remove(seq);
            }
        }

        _outbox.Count.ShouldBe(0);
    }

    [Fact]
    public void No_manager_can_open_the_window_wider_than_the_bound()
    {
        _outbox.CreditBytes = long.MaxValue;
        _outbox.CreditBytes.ShouldBe(Outbox.MaxCreditBytes);
        _outbox.CreditBytes = -1;
        _outbox.CreditBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(1, long.MaxValue, 300)]
    [InlineData(long.MinValue, long.MaxValue, 300)]
    [InlineData(299, 305, 2)]
    [InlineData(301, long.MaxValue, 0)]
    [InlineData(5, 4, 0)]
    [InlineData(long.MaxValue, long.MinValue, 0)]
    public void A_range_acknowledges_what_it_holds_whatever_its_ends(long first, long last, int acknowledged)
    {
        Add(300);
        _ = Send(0);

        _outbox.Acknowledged(new SeqRange(first, last)).ShouldBe(acknowledged);

        (_outbox.Count, _outbox.OnTheWay).ShouldBe((300 - acknowledged, 300 - acknowledged));
        _outbox.BytesOnTheWay.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void An_empty_outbox_has_no_oldest_result_and_no_bytes()
    {
        Add(200);

        _ = _outbox.Acknowledged(new SeqRange(1, 200));

        (_outbox.OldestSeq, _outbox.NewestSeq, _outbox.Count, _outbox.Bytes).ShouldBe((0, 200, 0, 0));
    }

    [Fact]
    public void With_acknowledgements_in_any_order_each_result_arrives_once()
    {
        Add(2000);
        Reconnect();
        var random = new Random(2);
        var arrived = new List<long>();
        while (_outbox.Count > 0)
        {
            _outbox.CreditBytes = 20_000;
            var sent = Send(0);
            arrived.AddRange(sent);
            foreach (var seq in sent.OrderBy(_ => random.Next()))
                _outbox.Acknowledged(new SeqRange(seq, seq)).ShouldBe(1);
        }

        arrived.ShouldBe(Enumerable.Range(1, 2000).Select(seq => (long)seq));
        _journal.Tick();
        _folder.Time.Advance(TimeSpan.FromSeconds(1));
        _folder.Segments.Length.ShouldBe(1);
    }

    [Fact]
    public void What_cannot_be_read_now_holds_nothing_up_and_is_tried_again()
    {
        Add(500);
        Reconnect();
        var hidden = _folder.Segments[1];
        File.Move(hidden, hidden + ".away");

        _outbox.CreditBytes = long.MaxValue;
        List<long> sent = [];
        for (var sweep = 0; sweep < 10; sweep++)
            sent.AddRange(Send(0));
        File.Move(hidden + ".away", hidden);
        _outbox.Expire(31 * Second);
        foreach (var seq in sent)
            _ = _outbox.Acknowledged(new SeqRange(seq, seq));

        var rest = Send(31 * Second);
        rest.ShouldNotBeEmpty();
        sent.Concat(rest).Order().ShouldBe(Enumerable.Range(1, 500).Select(seq => (long)seq));
    }

    [Fact]
    public void With_a_manager_that_acknowledges_nothing_little_is_remembered_of_what_is_on_the_way()
    {
        Add(3000);
        _outbox.CreditBytes = 10_000;
        for (var second = 0L; second < 600; second++)
        {
            _outbox.Expire(second * Second);
            _ = Send(second * Second);
            _outbox.OnTheWay.ShouldBeLessThan(200);
        }
    }

    private void Add(int count, int from = 1)
    {
        for (var n = from; n < from + count; n++)
            _ = _journal.Completed(new Epoch(1), 1, JournalFolder.Result(n));
    }

    private void Reconnect()
    {
        _outbox.Reconnected();
        _outbox.CreditBytes = long.MaxValue;
    }

    private List<long> Send(long now)
    {
        var sent = new List<long>();
        while (_outbox.TryNext(now, out var entry))
            sent.Add(entry.Seq);
        return sent;
    }
}
