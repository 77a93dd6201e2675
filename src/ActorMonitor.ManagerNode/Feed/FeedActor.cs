// Owns what is shown live of the records: the newest rows, those who look, and the counts of the last minute. Supervised by ManagerSupervisor.
using System.Threading.Channels;
using ActorMonitor.ManagerNode.Slots;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Feed;

/// <summary>
/// Hears each record once, whoever looks. A reader that does not keep up loses rows, never the feed its time: each has a bounded
/// buffer, and is told how many were left out as soon as it has room.
/// </summary>
internal sealed class FeedActor : ReceiveActor, IWithTimers
{
    /// <summary>The most that look at a time.</summary>
    public const int MostTails = 32;

    /// <summary>How many of the newest rows are kept.</summary>
    public const int RowsKept = 1_000;

    private const int MostFailingTold = 200;
    private static readonly TimeSpan TellLeftOutEvery = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly SlotMeter _meter;
    private readonly long _started;
    private readonly RecentRows _recent = new(RowsKept);
    private readonly MinuteTally _minute = new();
    private readonly FailingLanes _failing = new();
    private readonly Dictionary<long, Tail> _tails = [];
    private long _lastTail;

    public FeedActor(SlotMeter meter, TimeProvider time)
    {
        (_meter, _time, _started) = (meter, time, time.GetTimestamp());

        Receive<SlotRecord>(OnRecord);
        Receive<OpenTail>(OnOpen);
        Receive<CloseTail>(close =>
        {
            if (_tails.Remove(close.Id, out var tail))
                _ = tail.Items.TryComplete();
        });
        Receive<TellLeftOut>(_ => OnTellLeftOut());
        Receive<GetPulse>(_ => Sender.Tell(
            new Pulse(Uptime, _meter.Due, _minute.Summary(Uptime), _failing.Oldest(MostFailingTold), _failing.Count, _tails.Count), Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Uptime => _time.GetElapsedTime(_started);

    public static Props Props(SlotMeter meter, TimeProvider time) => Akka.Actor.Props.Create(() => new FeedActor(meter, time));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(SlotRecord));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        foreach (var tail in _tails.Values)
            _ = tail.Items.TryComplete();
    }

    private void OnRecord(SlotRecord record)
    {
        _minute.Add(record, Uptime);
        _failing.Add(record);
        var row = FeedRow.Of(record);
        _recent.Add(row);
        foreach (var tail in _tails.Values)
        {
            if (!tail.Filter.Matches(row))
                continue;
            if (tail.Items.TryWrite(new TailItem(row, tail.LeftOut)))
                tail.LeftOut = 0;
            else if (tail.LeftOut++ == 0)
                ArmLeftOut();
        }
    }

    private void OnOpen(OpenTail open)
    {
        if (_tails.Count >= MostTails)
        {
            Sender.Tell(new TailRefused($"{MostTails} others look at the results already; end one of them, or look at what is stored: results last, history"), Self);
            return;
        }

        var earlier = _recent.Newest(open.Filter, open.Last).TakeWhile(row => open.Items.TryWrite(new TailItem(row, 0))).Count();
        _tails.Add(++_lastTail, new Tail(open.Filter, open.Items));
        Sender.Tell(new TailOpened(_lastTail, earlier), Self);
    }

    private void OnTellLeftOut()
    {
        foreach (var tail in _tails.Values)
        {
            if (tail.LeftOut > 0 && tail.Items.TryWrite(new TailItem(null, tail.LeftOut)))
                tail.LeftOut = 0;
        }

        if (_tails.Values.Any(tail => tail.LeftOut > 0))
            ArmLeftOut();
    }

    private void ArmLeftOut()
    {
        if (!Timers.IsTimerActive(TellLeftOut.Instance))
            Timers.StartSingleTimer(TellLeftOut.Instance, TellLeftOut.Instance, TellLeftOutEvery);
    }

    private sealed class Tail(RowFilter filter, ChannelWriter<TailItem> items)
    {
        public RowFilter Filter => filter;

        public ChannelWriter<TailItem> Items => items;

        public long LeftOut { get; set; }
    }

    private sealed record TellLeftOut
    {
        public static readonly TellLeftOut Instance = new();
    }
}
