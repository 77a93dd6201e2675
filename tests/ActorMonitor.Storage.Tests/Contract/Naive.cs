using ActorMonitor.Messages;

namespace ActorMonitor.Storage.Tests.Contract;

/// <summary>The contract over dictionaries, slot by slot: what every store must agree with.</summary>
internal sealed class Naive
{
    private readonly Dictionary<LaneKey, NaiveLane> _lanes = [];

    public IEnumerable<LaneKey> Lanes => _lanes.Keys;

    public WriteEffect Do(StoreWrite write) => write switch
    {
        KeepResult keep => Of(keep.Lane).Keep(keep.Result),
        KeepRecord keep => Of(keep.Lane).Keep(keep),
        KeepRange keep => Of(keep.Lane).Keep(keep),
        SetSchedule set => Of(set.Lane).Set(set.Schedule),
        EndSchedule end => Of(end.Lane).End(end.At.ToUnixTimeMilliseconds()),
        _ => new WriteEffect(EffectKind.Inserted),
    };

    public NaiveLane Of(LaneKey key)
    {
        if (!_lanes.TryGetValue(key, out var lane))
            _lanes.Add(key, lane = new NaiveLane());
        return lane;
    }

    internal sealed class NaiveLane
    {
        private readonly List<(long From, long To, LaneSchedule Schedule)> _pieces = [];
        private readonly HashSet<long> _kept = [];

        public SortedDictionary<long, (Outcome Outcome, Cause Cause, bool IsProvisional, bool IsLate, CheckResult? Result)> Records { get; } = [];

        public SortedDictionary<long, (Outcome Outcome, Cause Cause)> Covered { get; } = [];

        public IEnumerable<long> Due(long from, long to) => Scheduled(from, to).Concat(_kept.Where(slot => slot >= from && slot < to)).Distinct().Order();

        private IEnumerable<long> Scheduled(long from, long to)
        {
            foreach (var (since, until, schedule) in _pieces)
            {
                for (var at = Math.Max(from, since); at < Math.Min(to, until); at++)
                {
                    if ((at - schedule.PhaseMilliseconds) % schedule.IntervalMilliseconds != 0)
                        continue;
                    yield return at;
                    at += schedule.IntervalMilliseconds - 1;
                }
            }
        }

        public WriteEffect Keep(CheckResult result)
        {
            var slot = result.Slot.DueUnixMilliseconds;
            if (!Due(slot, slot + 1).Any())
                return new WriteEffect(EffectKind.NotDue);
            Outcome? replaced = null;
            if (Records.TryGetValue(slot, out var record))
            {
                if (!record.IsProvisional)
                    return new WriteEffect(EffectKind.Repeated);
                replaced = record.Outcome;
            }
            else if (Covered.TryGetValue(slot, out var range))
            {
                if (range.Outcome != Outcome.NotRunning && range.Cause is not (Cause.Clock or Cause.StoreLost))
                    return new WriteEffect(EffectKind.Repeated);
                replaced = range.Outcome;
                Covered.Remove(slot);
            }

            Records[slot] = (result.Outcome, result.Cause, false, replaced is not null, result);
            return replaced is null ? new WriteEffect(EffectKind.Inserted) : new WriteEffect(EffectKind.Corrected, replaced);
        }

        public WriteEffect Keep(KeepRecord keep)
        {
            var slot = keep.Slot.DueUnixMilliseconds;
            if (!Due(slot, slot + 1).Any())
                return new WriteEffect(EffectKind.NotDue);
            if (Records.ContainsKey(slot) || Covered.ContainsKey(slot))
                return new WriteEffect(EffectKind.Repeated);
            Records.Add(slot, (keep.Outcome, keep.Cause, keep.IsProvisional, false, null));
            return new WriteEffect(EffectKind.Inserted);
        }

        public WriteEffect Keep(KeepRange keep)
        {
            var (from, to) = (keep.From.ToUnixTimeMilliseconds(), keep.To.ToUnixTimeMilliseconds());
            var count = 0L;
            if (keep.ReplacesProvisional)
            {
                foreach (var (slot, record) in Records.Where(each => each.Key >= from && each.Key < to && each.Value.IsProvisional).ToArray())
                {
                    Records[slot] = record with { Outcome = keep.Outcome, Cause = keep.Cause, IsProvisional = false };
                    count++;
                }
            }

            foreach (var slot in Due(from, to))
            {
                if (!Records.ContainsKey(slot) && Covered.TryAdd(slot, (keep.Outcome, keep.Cause)))
                    count++;
            }

            return new WriteEffect(EffectKind.Inserted, null, count);
        }

        public WriteEffect Set(LaneSchedule schedule)
        {
            var from = schedule.From.ToUnixTimeMilliseconds();
            if (_pieces.Count > 0 && _pieces[^1] is { To: long.MaxValue } last && last.From <= from && last.Schedule with { From = schedule.From } == schedule)
                return new WriteEffect(EffectKind.Repeated);
            Cut(from);
            _pieces.Add((from, long.MaxValue, schedule));
            Keep(from);
            return new WriteEffect(EffectKind.Inserted);
        }

        public WriteEffect End(long at)
        {
            var changed = Cut(at);
            if (changed)
                Keep(at);
            return new WriteEffect(changed ? EffectKind.Inserted : EffectKind.Repeated);
        }

        // What has its record stays a slot, what is only in a range does not.
        private void Keep(long from)
        {
            foreach (var slot in Records.Keys.Where(slot => slot >= from && !Due(slot, slot + 1).Any()))
                _kept.Add(slot);
            foreach (var slot in Covered.Keys.Where(slot => slot >= from && !Due(slot, slot + 1).Any()).ToList())
                Covered.Remove(slot);
        }

        private bool Cut(long at)
        {
            var changed = _pieces.RemoveAll(piece => piece.From >= at) > 0;
            if (_pieces.Count > 0 && _pieces[^1].To > at)
            {
                _pieces[^1] = _pieces[^1] with { To = at };
                changed = true;
            }

            return changed;
        }

        public long? First => _pieces.Count == 0 ? null : _pieces[0].From;

        public bool IsOpen => _pieces.Count > 0 && _pieces[^1].To == long.MaxValue;

        /// <summary>Slots in [since, until) that have nothing.</summary>
        public long Missing(long since, long until) => Due(since, until).Count(slot => !Records.ContainsKey(slot) && !Covered.ContainsKey(slot));

        public long Count(Outcome outcome, long from, long to)
            => Records.Count(each => each.Value.Outcome == outcome && each.Key >= from && each.Key < to)
                + Covered.Count(each => each.Value.Outcome == outcome && each.Key >= from && each.Key < to);
    }
}
