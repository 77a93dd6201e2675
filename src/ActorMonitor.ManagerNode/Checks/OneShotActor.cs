// Owns one one-shot check from the shell's question to its answer. Supervised by ChecksActor.
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Checks;

/// <summary>
/// Hands a check over to a link and passes on what the link says of it, each step within its time. It ends with the answer, or when
/// whoever asked stops it: then the monitor is told that nobody waits.
/// </summary>
internal sealed class OneShotActor : ReceiveActor, IWithTimers
{
    /// <summary>How long the links may take to send a check.</summary>
    public static readonly TimeSpan SendBound = TimeSpan.FromSeconds(5);

    /// <summary>How long a monitor may have a check wait for a place.</summary>
    public static readonly TimeSpan WaitBound = TimeSpan.FromSeconds(30);

    /// <summary>How long after that, or after the check's timeout, its answer may take: the monitor's own bound, and the way.</summary>
    public static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(5);

    private readonly long _id;
    private readonly RunCheck _run;
    private readonly IActorRef _links;
    private IActorRef _link = ActorRefs.Nobody;
    private string _waitingFor = "/user/manager/monitors";
    private TimeSpan _bound = SendBound;

    public OneShotActor(long id, RunCheck run, IActorRef links)
    {
        (_id, _run, _links) = (id, run, links);

        Receive<OneShotSent>(OnSent);
        Receive<OneShotRuns>(runs =>
        {
            _ = _run.News.TryWrite(new CheckRuns());
            Await(_run.Check.Timeout + AnswerGrace);
        });
        Receive<OneShotEnded>(ended => End(new CheckDone(ended.Result)));
        Receive<OneShotFailed>(failed => End(new CheckFailed(failed.Reason)));
        Receive<Overdue>(_ => EndOverdue());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(long id, RunCheck run, IActorRef links) => Akka.Actor.Props.Create(() => new OneShotActor(id, run, links));

    protected override void PreStart()
    {
        _links.Tell(new HandOver(_id, _run.Among, _run.Check), Self);
        Await(SendBound);
    }

    protected override void PostStop()
    {
        _link.Tell(new CallOff(_id), Self);
        _ = _run.News.TryComplete();
    }

    private void OnSent(OneShotSent sent)
    {
        (_link, _waitingFor) = (Sender, sent.Monitor);
        _ = _run.News.TryWrite(new CheckHandedOver(sent.Monitor));
        Await(WaitBound + AnswerGrace);
    }

    private void Await(TimeSpan bound)
    {
        _bound = bound;
        Timers.StartSingleTimer(Overdue.Instance, Overdue.Instance, bound);
    }

    private void EndOverdue()
        => End(new CheckFailed($"timed out: {_waitingFor} did not answer within {DurationText.Print(_bound)}."), isAnswered: false);

    private void End(CheckNews news, bool isAnswered = true)
    {
        if (isAnswered)
            _link = ActorRefs.Nobody;
        _ = _run.News.TryWrite(news);
        Context.Stop(Self);
    }

    private sealed record Overdue
    {
        public static readonly Overdue Instance = new();
    }
}
