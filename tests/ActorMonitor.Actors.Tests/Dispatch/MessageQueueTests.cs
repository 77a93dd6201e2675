using Akka.Actor;
using Akka.Dispatch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Dispatch;

/// <summary>The queue behind every mailbox: nothing is lost, doubled or out of order, whoever adds and however the taker follows.</summary>
public class MessageQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Each_senders_messages_come_in_its_order_and_all_of_them(int senders)
    {
        const int Messages = 200_000;
        var shared = new Shared();
        var adding = Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < Messages; i++) shared.Queue.Add(new Envelope((sender, i), ActorRefs.NoSender));
        })).ToArray();
        var taking = Task.Run(() =>
        {
            var next = new int[senders];
            for (var left = senders * Messages; left > 0;)
            {
                if (!shared.Queue.TryTake(out var envelope)) continue;
                var (sender, number) = ((int, int))envelope.Message;
                if (number != next[sender]++) throw new InvalidOperationException($"{number} of sender {sender} is out of order");
                left--;
            }
        });

        await Task.WhenAll([taking, .. adding]).WaitAsync(Patience);

        shared.Queue.HasMore().ShouldBeFalse();
        shared.Queue.HasTaken.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(3000)]
    public void Bursts_of_any_size_can_follow_each_other(int burst)
    {
        var queue = new MessageQueue();
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < burst; i++) queue.Add(new Envelope(i, ActorRefs.NoSender));
            queue.HasMore().ShouldBeTrue();
            for (var i = 0; i < burst; i++)
            {
                queue.TryTake(out var envelope).ShouldBeTrue();
                envelope.Message.ShouldBe(i);
            }

            queue.TryTake(out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void What_was_taken_over_is_known_apart_from_what_was_added_later()
    {
        var queue = new MessageQueue();
        queue.Add(new Envelope("a", ActorRefs.NoSender));
        queue.Add(new Envelope("b", ActorRefs.NoSender));
        queue.HasTaken.ShouldBeFalse();

        queue.TryTake(out _).ShouldBeTrue();
        queue.Add(new Envelope("c", ActorRefs.NoSender));

        queue.HasTaken.ShouldBeTrue();
        queue.TakeRest().Select(envelope => envelope.Message).ShouldBe(["c"]);
        queue.TryTake(out var left).ShouldBeTrue();
        left.Message.ShouldBe("b");
    }

    [Fact]
    public void A_message_that_was_taken_is_not_kept_alive()
    {
        var queue = new MessageQueue();
        var message = AddOne(ref queue);
        TakeOne(ref queue);

        GC.Collect();

        message.TryGetTarget(out _).ShouldBeFalse();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference<object> AddOne(ref MessageQueue queue)
    {
        var message = new object();
        queue.Add(new Envelope(message, ActorRefs.NoSender));
        return new WeakReference<object>(message);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void TakeOne(ref MessageQueue queue) => queue.TryTake(out _);

    private sealed class Shared
    {
        public MessageQueue Queue;
    }
}
