using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>
/// The slots of one job on one monitor: which are due, which are open, and what the manager decides when no result comes. The
/// store's commit alone makes a record: a decision is handed out as a write, and a slot stays open until the effect of a
/// write for it has come back. Not thread-safe: the job's actor owns it.
/// </summary>
internal sealed class SlotLane
{
    /// <summary>How long after its timeout a slot stays open before the manager decides.</summary>
    public static readonly TimeSpan ResultGrace = TimeSpan.FromSeconds(5);

    /// <summary>How long the decision may take to be stored.</summary>
    public static readonly TimeSpan StoreGrace = TimeSpan.FromSeconds(2);

    // A wake that comes late opens every slot that it missed; when it missed more, those nobody can answer for any more are one range.
    private const int MostMissed = 64;

    // A lane in good order remembers nothing: there may be ten thousand of them.
    private const int MostEarly = 4096;

    private readonly Slot _first;
    private readonly SortedDictionary<Slot, OpenSlot> _open = [];
    private readonly HashSet<Slot> _decided = [];
    private readonly RecentSlots _early = new(MostEarly);
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length + 1];
    private TimeSpan _timeout;
    private long _due;
    private long _givenUp;
    private bool _isLinked;
    private bool _wasGranted;
    private DateTimeOffset _grantedUntil;
    private Slot _notBefore = new(long.MinValue);

    public SlotLane(JobId job, string monitor, TimeSpan interval, TimeSpan timeout, DateTimeOffset begin, SlotRecord? last = null, LaneGrant? grant = null)
    {
        (Key, _timeout, Last) = (new LaneKey(job, monitor), timeout, last);
        Schedule = SlotSchedule.Of(job, monitor, interval);
        Next = _first = Schedule.After(begin);
        (_wasGranted, _grantedUntil) = (grant is not null, grant?.ValidUntil ?? default);
        NewestAsked = new Slot(long.MinValue);
        GrantedRevision = grant?.Revision ?? 0;
    }

    public LaneKey Key { get; }

    public string Monitor => Key.Monitor;

    public SlotSchedule Schedule { get; private set; }

    /// <summary>Why its slots are skipped as they come due; null when they are run.</summary>
    public LaneHold? Hold { get; set; }

    /// <summary>Whether no slot of it comes due any more.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether no slot waits for its record.</summary>
    public bool IsAtRest => _open.Count == 0 && _decided.Count == 0;

    /// <summary>The first slot that a monitor may run by itself.</summary>
    public Slot NotBefore => NewestRecorded.DueUnixMilliseconds + 1 is var next && next > _notBefore.DueUnixMilliseconds ? new Slot(next) : _notBefore;

    /// <summary>As the store is to know it.</summary>
    public ConfiguredLane Configured => new(Key, Schedule, OpenFor(_timeout));

    /// <summary>What its monitor holds, as far as it has said: a revision, or 0.</summary>
    public long GrantedRevision { get; private set; }

    /// <summary>The end of that permission; the last instant while the monitor is there and renews it.</summary>
    public DateTimeOffset GrantedUntil => _grantedUntil;

    /// <summary>Whether the monitor is there.</summary>
    public bool IsLinked => _isLinked;

    /// <summary>The next slot to come due.</summary>
    public Slot Next { get; private set; }

    /// <summary>The record of the newest slot that has one.</summary>
    public SlotRecord? Last { get; private set; }

    /// <summary>The newest slot that has a record; in a lane that has none, the instant before its first slot: nothing before is a slot of it.</summary>
    public Slot NewestRecorded => Last is { } last ? NewestOf(last) : new Slot(_first.DueUnixMilliseconds - 1);

    /// <summary>The newest slot that the monitor was asked for.</summary>
    public Slot NewestAsked { get; private set; }

    /// <summary>How many slots are remembered that have not come due.</summary>
    internal int Remembered => _early.Count;

    /// <summary>When this lane wants to be looked at again.</summary>
    public DateTimeOffset NextInstant
    {
        get
        {
            // Of two open slots the newer may have the earlier deadline, when the job's timeout has become shorter in between.
            var next = IsEnded ? DateTimeOffset.MaxValue : Next.Due;
            foreach (var open in _open.Values)
                next = open.Deadline < next ? open.Deadline : next;
            return next;
        }
    }

    public SlotCounts Counts => new(
        _due, _open.Count + _decided.Count + _givenUp, Count(Outcome.Up), Count(Outcome.Degraded), Count(Outcome.Down), Count(Outcome.Unknown),
        Count(Outcome.Skipped), Count(Outcome.Lost), Count(Outcome.NotRunning));

    /// <summary>For how long the store is to count a slot without a record as open.</summary>
    public static TimeSpan OpenFor(TimeSpan timeout) => timeout + ResultGrace + StoreGrace;

    /// <summary>The monitor is there and renews its permission; or it is not, and the permission ends then.</summary>
    public void Linked(bool isLinked, DateTimeOffset grantedUntil)
    {
        _isLinked = isLinked;
        if (_wasGranted)
            _grantedUntil = grantedUntil;
    }

    /// <summary>The monitor has, or has not, a permission on its disk.</summary>
    public void Granted(bool isGranted, DateTimeOffset until, long revision = 0)
        => (_wasGranted, _grantedUntil, GrantedRevision) = (isGranted, !isGranted ? default : _isLinked ? DateTimeOffset.MaxValue : until, revision);

    /// <summary>
    /// Follows these times from its next slot on, also when it had ended. Everything that has come due by now has been opened before. Returns
    /// what the store is to know; null when nothing changes.
    /// </summary>
    public LaneChange? Follow(TimeSpan interval, TimeSpan timeout, DateTimeOffset now)
    {
        var schedule = SlotSchedule.Of(Key.Job, Monitor, interval);
        var isOther = IsEnded || schedule != Schedule;
        if (!isOther && timeout == _timeout)
            return null;
        DateTimeOffset? end = isOther && !IsEnded ? EndOf(now) : null;
        if (isOther)
            Next = _notBefore = schedule.After(now);
        (Schedule, _timeout, IsEnded) = (schedule, timeout, false);
        return new LaneChange(Key, end, Configured with { Since = Next.Due });
    }

    /// <summary>Ends: everything that has come due by now has been opened before, and nothing else will be. Returns what the store is to know; null when it had ended.</summary>
    public LaneChange? End(DateTimeOffset now)
    {
        if (IsEnded)
            return null;
        IsEnded = true;
        return new LaneChange(Key, EndOf(now), null);
    }

    /// <summary>Takes slots that are not opened at all: those that the clock stepped over, and those of a long standstill.</summary>
    public IReadOnlyList<KeepRange> PassOver(DateTimeOffset now, SlotClock clock)
    {
        List<KeepRange> passed = [];
        while (!IsEnded && Next.Due <= now)
        {
            if (clock.EndOfStepOver(Next) is { } end)
            {
                passed.Add(Pass(Schedule.AtOrAfter(end), Outcome.Skipped, Cause.Clock));
                continue;
            }

            var limit = clock.StepAfter(Next) is { } step && step < now ? step : now;
            var answerable = Schedule.AtOrAfter(limit - OpenFor(_timeout));
            if (Schedule.CountUpTo(Next, answerable.Due) <= MostMissed)
                break;
            passed.Add(Pass(answerable, Outcome.NotRunning, Cause.NotRunning));
        }

        return passed;
    }

    /// <summary>Takes the next slot, if it has come due; it is open then.</summary>
    public bool TryOpen(DateTimeOffset now, out Slot slot)
    {
        while (true)
        {
            slot = Next;
            if (IsEnded || slot.Due > now)
                return false;
            Next = Schedule.Next(slot);
            if (_early.Remove(slot))
                continue;
            _due++;
            _open.Add(slot, new OpenSlot(WasAsked: false, slot.Due + _timeout + ResultGrace));
            return true;
        }
    }

    /// <summary>The monitor has been asked to run a slot.</summary>
    public void Asked(Slot slot)
    {
        _open[slot] = _open[slot] with { WasAsked = true };
        NewestAsked = slot;
    }

    /// <summary>Decides at once what can be: nobody was asked, and nobody was ever permitted; or it is not to be run.</summary>
    public KeepRecord? DecideAtOnce(Slot slot) => Hold is { } hold ? Skip(slot, hold) : _isLinked || _wasGranted ? null : Decide(slot);

    /// <summary>Decides on the open slots whose result is overdue; a result that comes after all replaces it.</summary>
    public IReadOnlyList<KeepRecord> Expire(DateTimeOffset now)
    {
        if (_open.Count == 0)
            return [];
        return [.. _open.Where(open => open.Value.Deadline <= now).Select(open => open.Key).ToList().Select(Decide)];
    }

    /// <summary>What was stored is lost: slots that had their record before they came due here are to be looked after again.</summary>
    public void ForgetEarly() => _early.Clear();

    /// <summary>
    /// Takes what the store did with a write for this lane; null for the effect when the write was given up, and a range will count
    /// its slot. Returns the record to publish; null when there is none or it is known already.
    /// </summary>
    public SlotRecord? Settle(StoreWrite write, WriteEffect? effect) => write switch
    {
        KeepResult result => SettleResult(result.Result, effect),
        KeepRecord decision => SettleDecision(decision, effect),
        KeepRange range => SettleRange(range, effect),
        _ => null,
    };

    private KeepRange Pass(Slot to, Outcome outcome, Cause cause)
    {
        var from = Next;
        Next = to;
        return new KeepRange(Key, from.Due, to.Due, outcome, cause);
    }

    // Final: a monitor that has not heard of it yet and runs the slot all the same is acknowledged, and its result kept out.
    private KeepRecord Skip(Slot slot, LaneHold hold)
    {
        _ = _open.Remove(slot);
        _ = _decided.Add(slot);
        _notBefore = new Slot(slot.DueUnixMilliseconds + 1);
        return new KeepRecord(Key, slot, Outcome.Skipped, hold.Cause, IsProvisional: false, hold.Message);
    }

    private KeepRecord Decide(Slot slot)
    {
        _ = _open.Remove(slot, out var open);
        _ = _decided.Add(slot);
        return open.WasAsked || (_wasGranted && _grantedUntil > slot.Due)
            ? new KeepRecord(Key, slot, Outcome.Lost, Cause.NoResult, IsProvisional: true, "the monitor did not answer")
            : new KeepRecord(Key, slot, Outcome.Skipped, Cause.NoMonitor, IsProvisional: true, $"{Monitor} was not connected");
    }

    private SlotRecord? SettleResult(CheckResult result, WriteEffect? effect)
    {
        var slot = result.Slot;
        if (effect is not { Kind: EffectKind.Inserted or EffectKind.Corrected } done)
        {
            // Its record was made before. What was no slot when it came may be one by now, and is still looked after.
            if (effect is not { Kind: EffectKind.NotDue } && Close(slot))
                _due--;
            return null;
        }

        var wasOpen = Close(slot);
        var replaced = done.Kind == EffectKind.Corrected ? done.Replaced : null;
        if (!wasOpen && slot >= _first)
            CountUnopened(slot, replaced);
        if (wasOpen || slot >= _first)
            _counts[(int)result.Outcome]++;
        return Newest(new SlotRecord(Key.Job, Monitor, slot, result.Outcome, result.Cause, result.Message, result, IsLate: done.Kind == EffectKind.Corrected) { Replaced = replaced });
    }

    // A slot of this run that is not open has been counted under what is replaced, or was given up, or has not come due yet.
    private void CountUnopened(Slot slot, Outcome? replaced)
    {
        if (slot >= Next)
        {
            _ = _early.Add(slot);
            _due++;
        }
        else if (replaced is { } outcome && _counts[(int)outcome] > 0)
        {
            _counts[(int)outcome]--;
        }
        else if (_givenUp > 0)
        {
            _givenUp--;
        }
        else
        {
            _due++;
        }
    }

    private SlotRecord? SettleDecision(KeepRecord decision, WriteEffect? effect)
    {
        var wasOpen = _decided.Remove(decision.Slot);
        if (effect is null)
        {
            if (wasOpen)
                _givenUp++;
            return null;
        }

        if (effect.Value.Kind != EffectKind.Inserted)
        {
            // A result came first and has closed it; else the record is from before.
            if (wasOpen)
                _due--;
            return null;
        }

        if (!wasOpen)
            _due++;
        _counts[(int)decision.Outcome]++;
        return Newest(new SlotRecord(Key.Job, Monitor, decision.Slot, decision.Outcome, decision.Cause, decision.Message, Result: null, IsLate: false)
        {
            IsProvisional = decision.IsProvisional,
        });
    }

    private SlotRecord? SettleRange(KeepRange range, WriteEffect? effect)
    {
        if (effect is not { Kind: EffectKind.Inserted, Count: > 0 } done)
            return null;
        if (range.Cause == Cause.OutboxFull)
        {
            // It may hold slots that are open here, recorded provisionally, or of an earlier run: only the open ones move here.
            var closed = _open.Keys.Concat(_decided).Where(slot => slot.Due >= range.From && slot.Due < range.To).ToList();
            foreach (var slot in closed)
                _ = Close(slot);
            _counts[(int)range.Outcome] += closed.Count;
        }
        else if (range.From >= _first.Due)
        {
            var givenUp = range.Outcome == Outcome.NotRunning ? Math.Min(_givenUp, done.Count) : 0;
            _givenUp -= givenUp;
            _due += done.Count - givenUp;
            _counts[(int)range.Outcome] += done.Count;
        }

        return Newest(new SlotRecord(
            Key.Job, Monitor, new Slot(range.From.ToUnixTimeMilliseconds()), range.Outcome, range.Cause, RangeText(range, done.Count), Result: null, IsLate: false)
        {
            Count = done.Count,
            Through = range.To,
        });
    }

    private static string RangeText(KeepRange range, long count)
    {
        var slots = count == 1 ? "1 slot" : $"{count:N0} slots";
        return range.Cause switch
        {
            Cause.Clock => $"the clock stepped over {slots}",
            Cause.OutboxFull => $"the monitor had to give up {slots} from {range.From:HH:mm:ss} to {range.To:HH:mm:ss} UTC",
            Cause.StoreLost => $"{slots} from {range.From:HH:mm:ss} to {range.To:HH:mm:ss} UTC were in the damaged store",
            _ => $"nobody looked after {slots} from {range.From:HH:mm:ss} to {range.To:HH:mm:ss} UTC",
        };
    }

    private SlotRecord Newest(SlotRecord record)
    {
        if (Last is null || NewestOf(record) >= NewestRecorded)
            Last = record;
        return record;
    }

    private static Slot NewestOf(SlotRecord record) => record.Through is { } through ? new Slot(through.ToUnixTimeMilliseconds() - 1) : record.Slot;

    private bool Close(Slot slot) => _open.Remove(slot) | _decided.Remove(slot);

    // The first instant that is after every slot due by now: slots are whole milliseconds.
    private static DateTimeOffset EndOf(DateTimeOffset now) => DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds() + 1);

    private long Count(Outcome outcome) => _counts[(int)outcome];

    private readonly record struct OpenSlot(bool WasAsked, DateTimeOffset Deadline);
}

/// <summary>Why a lane's slots are skipped.</summary>
/// <param name="Cause">Paused or Maintenance.</param>
/// <param name="Message">One line for people.</param>
internal sealed record LaneHold(Cause Cause, string Message);
