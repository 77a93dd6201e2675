using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ActorMonitor.Actors.Conformance;

public class TestKitSpec(ITestOutputHelper output) : TestKit(
    ConfigurationFactory.ParseString("akka.test { single-expect-default = 300ms, filter-leeway = 300ms }").WithFallback(TestConfigs.DefaultConfig),
    output: output)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    [Fact]
    public void The_test_actor_is_the_sender_of_what_the_test_tells()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        echo.Tell("hello");

        ExpectMsgFrom(echo, "hello");
    }

    [Fact]
    public async Task The_test_actor_stays_the_sender_after_an_await()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        await Task.Yield();
        echo.Tell("one");
        await ExpectMsgAsync("one");
        await Task.Run(() => { });

        echo.Tell("two");

        await ExpectMsgAsync("two");
    }

    [Fact]
    public void A_probe_sends_as_itself_and_answers_the_last_sender()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("question");
        probe.ExpectMsg("question");

        probe.Reply("answer");

        ExpectMsgFrom(probe.Ref, "answer");
        probe.Send(TestActor, "more");
        ExpectMsgFrom(probe, "more");
    }

    [Fact]
    public void A_probe_forwards_with_the_first_sender()
    {
        var probe = CreateTestProbe();
        var end = CreateTestProbe();
        probe.Tell("letter");
        probe.ExpectMsg("letter");

        probe.Forward(end);

        end.ExpectMsgFrom(TestActor, "letter");
    }

    [Fact]
    public void A_probe_stands_for_its_ref()
    {
        var probe = CreateTestProbe("named");
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        echo.Tell("to the probe", probe);

        probe.ExpectMsg("to the probe");
        probe.Ref.Path.Name.ShouldStartWith("named");
        probe.Ref.Equals(probe).ShouldBeTrue();
    }

    [Fact]
    public void An_expected_message_that_does_not_come_fails()
        => Should.Throw<XunitException>(() => ExpectMsg<string>(hint: "the hint")).Message.ShouldContain("the hint");

    [Fact]
    public void A_message_of_another_type_fails()
    {
        TestActor.Tell(1);

        Should.Throw<XunitException>(() => ExpectMsg<string>());
    }

    [Fact]
    public void A_message_that_is_not_equal_fails()
    {
        TestActor.Tell("this");

        Should.Throw<XunitException>(() => ExpectMsg("that"));
    }

    [Fact]
    public void A_predicate_that_does_not_hold_fails()
    {
        TestActor.Tell("this");

        Should.Throw<XunitException>(() => ExpectMsg<string>(message => message.Length > 10));
    }

    [Fact]
    public void A_message_in_expected_silence_fails()
    {
        TestActor.Tell("noise");

        Should.Throw<XunitException>(() => ExpectNoMsg(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Silence_passes()
    {
        ExpectNoMsg(10);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void ReceiveN_fails_when_there_are_fewer()
    {
        TestActor.Tell(1);

        Should.Throw<XunitException>(() => ReceiveN(2, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task ReceiveOne_is_null_when_nothing_comes()
    {
        ReceiveOne(TimeSpan.FromMilliseconds(10)).ShouldBeNull();
        (await ReceiveOneAsync(TimeSpan.Zero)).ShouldBeNull();
        TestActor.Tell("something");
        (await ReceiveOneAsync(Long)).ShouldBe("something");
    }

    [Fact]
    public async Task Fishing_skips_what_does_not_fit()
    {
        TestActor.Tell(1);
        TestActor.Tell("small");
        TestActor.Tell("big fish");
        TestActor.Tell("next");

        FishForMessage<string>(message => message.StartsWith("big", StringComparison.Ordinal)).ShouldBe("big fish");
        await ExpectMsgAsync("next");
        Should.Throw<XunitException>(() => FishForMessage(_ => true, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void ExpectMsgAnyOf_takes_one_of_several()
    {
        TestActor.Tell("b");
        ExpectMsgAnyOf(["a", "b"]).ShouldBe("b");

        TestActor.Tell("c");
        Should.Throw<XunitException>(() => ExpectMsgAnyOf(["a", "b"]));
    }

    [Fact]
    public void Ignored_messages_do_not_come()
    {
        IgnoreMessages<int>();
        TestActor.Tell(1);
        TestActor.Tell("one");
        ExpectMsg("one");

        IgnoreNoMessages();
        TestActor.Tell(2);
        ExpectMsg(2);
    }

    [Fact]
    public void Within_gives_what_is_left_to_the_expectations_inside()
        => Should.Throw<XunitException>(() => Within(TimeSpan.FromMilliseconds(50), () => ExpectMsg<string>()));

    [Fact]
    public void Within_fails_a_block_that_ends_too_early()
        => Should.Throw<XunitException>(() => Within(Long / 2, Long, () => { }));

    [Fact]
    public async Task Within_passes_a_block_that_is_in_time()
    {
        TestActor.Tell("soon");

        (await WithinAsync(Long, async () => await ExpectMsgAsync<string>())).ShouldBe("soon");
    }

    [Fact]
    public async Task AwaitAssert_repeats_until_the_assertion_passes()
    {
        var tries = 0;

        AwaitAssert(() => (++tries).ShouldBeGreaterThan(2), Long, TimeSpan.FromMilliseconds(5));
        await AwaitAssertAsync(() => (++tries).ShouldBeGreaterThan(5), Long, TimeSpan.FromMilliseconds(5));

        tries.ShouldBe(6);
    }

    [Fact]
    public void AwaitAssert_fails_with_the_last_failure()
        => Should.Throw<ShouldAssertException>(() => AwaitAssert(() => 1.ShouldBe(2), TimeSpan.FromMilliseconds(50)));

    [Fact]
    public async Task AwaitCondition_waits_for_it()
    {
        var tries = 0;

        AwaitCondition(() => ++tries > 2, Long);
        await AwaitConditionAsync(() => Task.FromResult(++tries > 4), Long);

        Should.Throw<XunitException>(() => AwaitCondition(() => false, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void An_event_filter_counts()
    {
        EventFilter.Warning("careful").Expect(2, () =>
        {
            Sys.Log.Warning("careful");
            Sys.Log.Warning("something else");
            Sys.Log.Warning("careful");
        });
        Should.Throw<XunitException>(() => EventFilter.Warning("careful").ExpectOne(() => { }));
        Should.Throw<XunitException>(() => EventFilter.Warning("careful").Expect(0, () => Sys.Log.Warning("careful")));
        EventFilter.Warning("careful").Expect(0, () => Sys.Log.Warning("calm"));
    }

    [Fact]
    public async Task An_event_filter_fits_by_its_parts()
    {
        await EventFilter.Error(start: "begin").ExpectOneAsync(() => Log("begin and end"));
        await EventFilter.Error(contains: "and").ExpectOneAsync(() => Log("begin and end"));
        await EventFilter.Custom(e => e.Message.ToString() == "custom").ExpectOneAsync(() => Log("custom"));

        Task Log(string text)
        {
            Sys.Log.Error(text);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void An_event_filter_sees_dead_letters()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        Watch(echo);
        Sys.Stop(echo);
        ExpectTerminated(echo);

        EventFilter.DeadLetter<string>(message => message == "lost").ExpectOne(() => echo.Tell("lost"));
    }
}
