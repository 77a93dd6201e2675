using ActorMonitor.Bench.Load;
using Akka.Actor;

namespace ActorMonitor.Bench.Soak;

/// <summary>
/// One pair's sender: keeps a window of numbered messages under way. What is not answered within a check interval is written
/// off, as after a cut: the receiver sees it as a gap, or still gets it.
/// </summary>
internal sealed class SoakSender : ReceiveActor, IWithTimers
{
    private const int Window = 50;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private readonly int _pair;
    private readonly IActorRef _receiver;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private long _sent;
    private long _seen;
    private long _seenAtCheck;
    private long _writtenOff;
    private long _disorder;
    private bool _isPaused = true;

    public SoakSender(int pair, IActorRef receiver)
    {
        _pair = pair;
        _receiver = receiver;
        Receive<Seen>(seen => OnSeen(seen.Sequence));
        Receive<Check>(_ => OnCheck());
        Receive<Go>(_ =>
        {
            _isPaused = false;
            Fill();
        });
        Receive<Settle>(_ =>
        {
            _isPaused = true;
            _coordinator = Sender;
            OnCheck();
        });
        Receive<Totals>(totals =>
        {
            if (!_isPaused || totals.Last != _sent)
                return;

            _coordinator.Tell(new Account(_pair, _sent, totals, _disorder), Self);
            _coordinator = ActorRefs.Nobody;
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("check", Check.Instance, CheckInterval);

    private void OnSeen(long sequence)
    {
        // The way back keeps its order too.
        if (sequence <= _seen || sequence > _sent) _disorder++;
        else _seen = sequence;
        Fill();
    }

    private void OnCheck()
    {
        if (_isPaused && !_coordinator.IsNobody())
        {
            // One more number shows the receiver any gap at the end; then the accounts can be compared.
            if (_seen == _sent && _sent > 0) _receiver.Tell(new AskTotals(_pair), Self);
            else Send();
        }
        else if (!_isPaused && _seen == _seenAtCheck)
        {
            _writtenOff = _sent;
            Fill();
        }

        _seenAtCheck = _seen;
    }

    private void Fill()
    {
        if (_isPaused)
            return;

        while (_sent - Math.Max(_seen, _writtenOff) < Window)
            Send();
    }

    private void Send() => _receiver.Tell(new Numbered(_pair, ++_sent, MustAnswer: true), Self);

    internal sealed record Go
    {
        public static readonly Go Instance = new();
    }

    internal sealed record Settle
    {
        public static readonly Settle Instance = new();
    }

    internal sealed record Account(int Pair, long Sent, Totals Receiver, long AnswerDisorder);

    private sealed record Check
    {
        public static readonly Check Instance = new();
    }
}
