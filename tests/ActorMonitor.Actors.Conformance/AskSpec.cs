using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class AskSpec(ITestOutputHelper output) : TestKit(output: output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task The_answer_completes_the_question()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        (await echo.Ask<string>("question", Soon)).ShouldBe("question");
    }

    [Fact]
    public async Task A_question_made_from_the_reply_address_is_answered_there()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        (await echo.Ask<IActorRef>(replyTo => replyTo, Soon, CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_Status_Failure_is_thrown_as_its_cause()
    {
        var answer = TestActor.Ask<string>("question", Soon);

        ExpectMsg("question");
        LastSender.Tell(new Status.Failure(new InvalidOperationException("refused")));

        (await Should.ThrowAsync<Exception>(answer)).GetBaseException().ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("refused");
    }

    [Fact]
    public async Task A_Status_Failure_is_an_answer_to_one_who_takes_any_object()
    {
        var answer = TestActor.Ask<object>("question", Soon);

        ExpectMsg("question");
        LastSender.Tell(new Status.Failure(new InvalidOperationException("refused")));

        (await answer).ShouldBeOfType<Status.Failure>().Cause.Message.ShouldBe("refused");
    }

    [Fact]
    public async Task An_answer_of_another_type_is_an_ArgumentException()
    {
        var answer = TestActor.Ask<string>("question", Soon);

        ExpectMsg("question");
        LastSender.Tell(42);

        await Should.ThrowAsync<ArgumentException>(answer);
    }

    [Fact]
    public async Task Silence_is_an_AskTimeoutException()
        => await Should.ThrowAsync<AskTimeoutException>(TestActor.Ask<string>("question", TimeSpan.FromMilliseconds(50)));

    [Fact]
    public async Task A_cancelled_question_ends_as_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var answer = TestActor.Ask<string>("question", Soon, cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(answer);
    }
}
