using Akka.Actor;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class AskAndSelectionSpec : SystemSpec
{
    private static Props Answering(object answer) => new FunActor.Hooks { Receive = (_, context) => context.Sender.Tell(answer, context.Self) }.Props;

    [Fact]
    public async Task A_status_failure_throws_its_cause_or_is_the_answer_as_asked()
    {
        var failure = new Status.Failure(new InvalidOperationException("because"));
        var actor = Sys.ActorOf(Answering(failure));

        (await Should.ThrowAsync<InvalidOperationException>(() => actor.Ask<string>("?", Patience))).Message.ShouldBe("because");
        (await actor.Ask<object>("?", Patience)).ShouldBe(failure);
    }

    [Fact]
    public async Task An_answer_of_another_type_is_an_argument_exception()
    {
        var actor = Sys.ActorOf(Answering(42));

        await Should.ThrowAsync<ArgumentException>(() => actor.Ask<string>("?", Patience));
    }

    [Fact]
    public async Task No_answer_in_time_is_a_timeout_and_a_late_answer_a_dead_letter()
    {
        var letters = NewProbe();
        Sys.EventStream.Subscribe(letters.Ref, typeof(DeadLetter));
        var asker = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(new FunActor.Hooks { Receive = (_, context) => asker.SetResult(context.Sender) }.Props);

        await Should.ThrowAsync<AskTimeoutException>(() => actor.Ask<string>("?", TimeSpan.FromMilliseconds(20)));
        (await asker.Task).Tell("late", ActorRefs.NoSender);

        (await letters.Expect<DeadLetter>()).Message.ShouldBe("late");
    }

    [Fact]
    public async Task A_question_can_be_cancelled()
    {
        var actor = Sys.ActorOf(new FunActor.Hooks { Receive = (_, _) => { } }.Props);
        using var cancel = new CancellationTokenSource();

        var asking = actor.Ask<string>("?", null, cancel.Token);
        await cancel.CancelAsync();

        await Should.ThrowAsync<TaskCanceledException>(() => asking);
        ((ActorSystemImpl)Sys).LocalProvider.TempContainer.GetChild(["$a"]).ShouldBe(ActorRefs.Nobody);
    }

    [Fact]
    public async Task A_message_factory_gets_the_ref_for_the_answer()
    {
        var actor = Sys.ActorOf(new FunActor.Hooks { Receive = (message, context) => ((IActorRef)message).Tell("direct", context.Self) }.Props);

        (await actor.Ask<string>(replyTo => replyTo, Patience, CancellationToken.None)).ShouldBe("direct");
    }

    [Fact]
    public async Task The_ref_for_an_answer_is_found_by_its_path()
    {
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            Receive = (_, context) => provider.ResolveActorRef(context.Sender.Path.ToSerializationFormat()).Tell("found", context.Self),
        }.Props);

        (await actor.Ask<string>("?", Patience)).ShouldBe("found");
    }

    [Fact]
    public async Task PipeTo_sends_the_result_or_the_failure_with_the_sender_given()
    {
        var probe = NewProbe();
        var sender = Sys.ActorOf(Props.Empty);

        await Task.FromResult(1).PipeTo(probe.Ref, sender);
        await probe.Expect(1);
        probe.LastSender.ShouldBe(sender);

        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref);
        (await probe.Expect<Status.Failure>()).Cause.Message.ShouldBe("no");

        await Task.FromResult(2).PipeTo(probe.Ref, success: n => n * 2, failure: e => e.Message);
        await probe.Expect(4);
        await Task.FromException<int>(new InvalidOperationException("no")).PipeTo(probe.Ref, success: n => n, failure: e => e.Message);
        await probe.Expect("no");
    }

    [Fact]
    public async Task GracefulStop_is_true_after_the_end_and_cancelled_when_it_takes_too_long()
    {
        var actor = Sys.ActorOf(Props.Empty);
        (await actor.GracefulStop(Patience)).ShouldBeTrue();
        (await actor.GracefulStop(Patience)).ShouldBeTrue();

        var stubborn = Sys.ActorOf(new FunActor.Hooks { Receive = (_, _) => { } }.Props);
        await Should.ThrowAsync<TaskCanceledException>(() => stubborn.GracefulStop(TimeSpan.FromMilliseconds(20), "please"));
    }

    [Fact]
    public async Task Selections_are_absolute_relative_and_by_pattern()
    {
        var probe = NewProbe();
        FunActor.Hooks Child() => new() { Receive = (message, context) => probe.Ref.Tell($"{context.Self.Path.Name}:{message}", context.Self) };
        var parent = Sys.ActorOf(
            new FunActor.Hooks
            {
                PreStart = context =>
                {
                    foreach (var name in new[] { "one", "two", "other" }) context.ActorOf(Child().Props, name);
                },
                Receive = (message, context) => context.ActorSelection((string)message).Tell("relative"),
            }.Props,
            "parent");
        await Settle(parent);

        Sys.ActorSelection("/user/parent/one").Tell("absolute");
        await probe.Expect("one:absolute");
        Sys.ActorSelection("akka://spec/user/parent/two").Tell("addressed");
        await probe.Expect("two:addressed");
        Sys.ActorSelection(parent.Path / "two").Tell("by path");
        await probe.Expect("two:by path");
        Sys.ActorSelection("/user/parent/t*").Tell("star");
        await probe.Expect("two:star");
        Sys.ActorSelection("/user/*/o?e").Tell("mark");
        await probe.Expect("one:mark");
        parent.Tell("other", ActorRefs.NoSender);
        await probe.Expect("other:relative");
        parent.Tell("../parent/one", ActorRefs.NoSender);
        await probe.Expect("one:relative");
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_selection_resolves_to_its_one_actor_or_not()
    {
        var actor = Sys.ActorOf(Props.Empty, "there");

        (await Sys.ActorSelection("/user/there").ResolveOne(Patience)).ShouldBe(actor);
        await Should.ThrowAsync<ActorNotFoundException>(() => Sys.ActorSelection("/user/elsewhere").ResolveOne(Patience));
        await Should.ThrowAsync<ActorNotFoundException>(() => Sys.ActorSelection("/user/there/below").ResolveOne(Patience));
    }

    [Fact]
    public async Task A_message_to_a_selection_of_nobody_is_a_dead_letter()
    {
        var probe = NewProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));

        Sys.ActorSelection("/user/elsewhere").Tell("hello");

        var letter = await probe.Expect<DeadLetter>();
        letter.Message.ShouldBe("hello");
        letter.Recipient.Path.ToStringWithoutAddress().ShouldBe("/user/elsewhere");
    }

    [Fact]
    public async Task A_ref_is_resolved_with_its_uid_and_without()
    {
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var actor = Sys.ActorOf(Props.Empty, "there");

        provider.ResolveActorRef(actor.Path.ToSerializationFormat()).ShouldBe(actor);
        provider.ResolveActorRef("akka://spec/user/there").ShouldBe(actor);
        provider.ResolveActorRef($"akka://spec/user/there#{actor.Path.Uid + 1}").ShouldNotBe(actor);
        (await provider.ResolveActorRef("akka://spec/user/none").Ask<ActorIdentity>(new Identify(1), Patience)).Subject.ShouldBeNull();
    }

    [Fact]
    public async Task Identify_of_a_dead_actor_is_answered_with_nobody()
    {
        var actor = Sys.ActorOf(Props.Empty);
        await actor.GracefulStop(Patience);

        (await actor.Ask<ActorIdentity>(new Identify(1), Patience)).Subject.ShouldBeNull();
    }
}
