using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Links;

public class GrantBookTests
{
    private static readonly OutboxId Outbox = OutboxId.New();
    private readonly GrantBook _book = new([new JobId("a"), new JobId("b")], [new JobId("old")]);

    [Fact]
    public void What_is_offered_is_sent_once_and_again_after_five_seconds_until_it_is_acknowledged()
    {
        _book.Connected(Outbox);
        Sent().ShouldBe([("old", null)]);
        Acknowledge("old", 0).ShouldBe(new GrantNews(new JobId("old"), 0));
        _book.Offer(Offer("a", 5));
        Sent().ShouldBe([("a", 5)]);

        _book.Expire(4_999_999);
        Sent().ShouldBeEmpty();
        _book.Expire(5_000_000);
        Sent(5_000_000).ShouldBe([("a", 5)]);

        Acknowledge("a", 5).ShouldBe(new GrantNews(new JobId("a"), 5));
        Acknowledge("a", 5).ShouldBeNull();
        _book.Expire(60_000_000);
        Sent().ShouldBeEmpty();
        (_book.Holds(new JobId("a"), 5), _book.Holds(new JobId("a"), 6), _book.Holds(new JobId("b"), 5), _book.Acknowledged).ShouldBe((true, false, false, 1));
    }

    [Fact]
    public void At_each_connection_everything_is_offered_anew_and_what_the_same_memory_held_is_still_known()
    {
        _book.Connected(Outbox).ShouldBeFalse();
        _book.Offer(Offer("a", 5));
        _ = Sent();
        _ = Acknowledge("a", 5);

        _book.Connected(Outbox).ShouldBeFalse();

        _book.Holds(new JobId("a"), 5).ShouldBeTrue();
        _book.Offer(Offer("a", 5));
        Sent().ShouldBe([("old", null), ("a", 5)]);
    }

    [Fact]
    public void A_monitor_with_a_new_memory_holds_nothing()
    {
        _book.Connected(Outbox);
        _book.Offer(Offer("a", 5));
        _ = Sent();
        _ = Acknowledge("a", 5);

        _book.Connected(OutboxId.New()).ShouldBeTrue();

        _book.Holds(new JobId("a"), 5).ShouldBeFalse();
        _book.Acknowledged.ShouldBe(0);
    }

    [Fact]
    public void A_monitor_that_says_that_it_holds_another_revision_is_granted_again()
    {
        _book.Connected(Outbox);
        _book.Offer(Offer("a", 5));
        _ = Sent();
        _ = Acknowledge("a", 5);

        Acknowledge("a", 4).ShouldBe(new GrantNews(new JobId("a"), 0));

        _book.Holds(new JobId("a"), 5).ShouldBeFalse();
        Sent().ShouldBe([("a", 5)]);
    }

    [Fact]
    public void A_monitor_that_always_answers_wrongly_is_not_flooded()
    {
        _book.Connected(Outbox);
        _book.Offer(Offer("a", 5));
        _ = Sent();

        for (var n = 0; n < 10; n++)
        {
            _ = Acknowledge("a", 4);
            Sent().ShouldBeEmpty();
        }
    }

    [Fact]
    public void No_more_than_the_window_is_on_the_way()
    {
        var jobs = Enumerable.Range(0, 1_000).Select(n => $"job {n}").ToList();
        var book = new GrantBook(jobs.Select(job => new JobId(job)), []);
        book.Connected(Outbox);
        foreach (var job in jobs)
            book.Offer(Offer(job, 1));

        var sent = 0;
        var last = default(JobId);
        while (book.TryNext(0, out var job, out _))
            (last, sent) = (job, sent + 1);
        sent.ShouldBe(GrantBook.Window);

        book.TryAcknowledge(last, 1, out _).ShouldBeTrue();
        book.TryNext(0, out _, out _).ShouldBeTrue();
        book.TryNext(0, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_job_that_a_monitor_runs_unasked_is_revoked()
    {
        _book.Connected(Outbox);
        _ = Sent();

        _book.Stray(new JobId("stranger"));
        _book.Stray(new JobId("stranger"));
        _book.Stray(new JobId("b"));

        Sent().ShouldBe([("stranger", null)]);
        Acknowledge("stranger", 0).ShouldNotBeNull();
        _book.TryAcknowledge(new JobId("other stranger"), 7, out _).ShouldBeFalse();
        Sent().ShouldBe([("other stranger", null)]);
    }

    [Fact]
    public void Strays_are_remembered_up_to_a_bound()
    {
        _book.Connected(Outbox);
        for (var n = 0; n < GrantBook.MostStrays + 100; n++)
            _book.Stray(new JobId($"stray {n}"));

        var sent = 0;
        while (_book.TryNext(0, out var job, out _))
        {
            sent++;
            _ = Acknowledge(job.Name, 0);
        }

        sent.ShouldBe(GrantBook.MostStrays + 1);
    }

    [Fact]
    public void A_configured_job_is_never_revoked_while_its_offer_is_awaited()
    {
        _book.Connected(Outbox);
        _book.Offer(Offer("a", 5));
        _ = Sent();
        _book.Connected(Outbox);

        Acknowledge("a", 4).ShouldBeNull();

        Sent().ShouldBe([("old", null)]);
    }

    [Fact]
    public void What_is_withdrawn_is_revoked_at_once_and_again_until_that_is_acknowledged_and_then_forgotten()
    {
        _book.Connected(Outbox);
        _book.Offer(Offer("a", 5));
        _ = Sent();
        _ = Acknowledge("a", 5);

        _book.Withdraw(new JobId("a"));
        _book.Withdraw(new JobId("a"));
        Sent().ShouldBe([("a", null)]);
        _book.Expire(5_000_000);
        Sent(5_000_000).ShouldBe([("old", null), ("a", null)], ignoreOrder: true);
        Acknowledge("a", 0).ShouldBe(new GrantNews(new JobId("a"), 0));

        (_book.Holds(new JobId("a"), 5), _book.Acknowledged).ShouldBe((false, 0));
        _book.Connected(Outbox);
        Sent().ShouldBe([("old", null)]);
    }

    [Fact]
    public void A_change_of_mind_does_not_wait_for_what_is_on_the_way()
    {
        _book.Connected(Outbox);
        _ = Sent();
        _book.Offer(Offer("new", 5));
        Sent().ShouldBe([("new", 5)]);
        _book.Withdraw(new JobId("new"));
        Sent().ShouldBe([("new", null)]);
        _book.Offer(Offer("new", 6));
        Sent().ShouldBe([("new", 6)]);

        // The answers come in the order of what was said; only the last is what is wanted.
        Acknowledge("new", 5).ShouldBeNull();
        _ = Acknowledge("new", 0);
        Acknowledge("new", 6).ShouldBe(new GrantNews(new JobId("new"), 6));
        Sent().ShouldBeEmpty();
    }

    [Fact]
    public void A_job_that_was_withdrawn_while_nobody_was_connected_is_revoked_before_anything_else_is_said_of_it()
    {
        _book.Connected(Outbox);
        _book.Offer(Offer("a", 5));
        _ = Sent();
        _ = Acknowledge("a", 5);
        _book.Connected(Outbox);
        _ = Sent();

        _book.Withdraw(new JobId("a"));

        Sent().ShouldBe([("a", null)]);
    }

    private static Offer Offer(string job, long revision) => new(revision, Sample.Job(job).Check, 0, new Slot(1));

    private List<(string, long?)> Sent(long now = 0)
    {
        List<(string, long?)> sent = [];
        while (_book.TryNext(now, out var job, out var offer))
            sent.Add((job.Name, offer?.Revision));
        return sent;
    }

    private GrantNews? Acknowledge(string job, long revision) => _book.TryAcknowledge(new JobId(job), revision, out var news) ? news : null;
}
