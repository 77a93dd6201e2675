using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Journal;

/// <summary>Random histories of a session against a model that only counts.</summary>
public class OutboxModelTests
{
    [Fact]
    public void Every_result_is_delivered_until_it_is_acknowledged_or_is_part_of_exactly_one_Dropped()
        => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            {
                using var history = new History(seed);
                for (var step = 0; step < 250; step++)
                    history.Step();
                history.AssertNothingIsMissing();
            }));

    private sealed class History(int seed) : IDisposable
    {
        private static readonly JournalSettings Settings = new(12 * 1024, TimeSpan.FromHours(2)) { SegmentBytes = 1500, MemoryBytes = 3000 };

        private readonly Random _random = new(seed);
        private readonly Dictionary<string, HashSet<long>> _unaccounted = [];
        private readonly Dictionary<long, OutboxEntry> _onTheWay = [];
        private readonly HashSet<(OutboxId Id, long Seq)> _given = [];
        private readonly List<DroppedEntry> _droppedAndKept = [];
        private JournalFolder _folder = new();
        private SessionJournal? _journal;
        private Outbox? _outbox;
        private int _results;
        private int _acknowledged;

        public void Step()
        {
            Open();
            switch (_random.Next(16))
            {
                case < 7:
                    for (var n = _random.Next(8); n > 0; n--)
                        Complete();
                    break;
                case < 10:
                    Deliver();
                    break;
                case < 12:
                    AcknowledgeSome();
                    break;
                case 12:
                    _outbox!.Reconnected();
                    _onTheWay.Clear();
                    Deliver();
                    break;
                case 13:
                    Pass(TimeSpan.FromSeconds(_random.Next(40)));
                    break;
                case 14:
                    if (_random.Next(4) == 0)
                        Pass(TimeSpan.FromMinutes(_random.Next(90)));
                    break;
                default:
                    Restart();
                    break;
            }
        }

        public void AssertNothingIsMissing()
        {
            // From the disk: what is being folded just now is not delivered.
            _journal?.Dispose();
            _journal = null;
            Open();
            var left = JournalFolder.Drain(_journal!);
            var dropped = left.OfType<DroppedEntry>().Concat(_droppedAndKept).ToList();
            foreach (var result in left.OfType<ResultEntry>())
            {
                _unaccounted[result.Result.Job.Name].Remove(result.Result.Slot.DueUnixMilliseconds).ShouldBeTrue("a result came twice, or from nowhere");
                result.Result.Message.ShouldBe($"{result.Result.Job.Name} {result.Result.Slot.DueUnixMilliseconds}");
            }

            foreach (var (job, slots) in _unaccounted)
            {
                var ranges = dropped.Where(entry => entry.Job.Name == job).ToList();
                ranges.Sum(entry => entry.Count).ShouldBe(slots.Count, $"seed {seed}: {job}");
                slots.ShouldAllBe(slot => ranges.Any(range => range.First.DueUnixMilliseconds <= slot && slot <= range.Last.DueUnixMilliseconds));
            }

            (_acknowledged + left.OfType<ResultEntry>().Count() + dropped.Sum(entry => entry.Count)).ShouldBe(_results);
        }

        public void Dispose()
        {
            _journal?.Dispose();
            _folder.Dispose();
        }

        private void Open()
        {
            if (_journal is not null)
                return;
            _journal = _folder.Open(Settings);
            _journal.Recovery.Damage.ShouldBeNull();
            _outbox = new Outbox(_journal);
            _onTheWay.Clear();
        }

        private void Complete()
        {
            var job = $"job-{_random.Next(4)}";
            var slot = 1000L * ++_results;
            var seq = _journal!.Completed(new Epoch(1), 1, JournalFolder.Result(_results, job, $"{job} {slot}"));
            _given.Add((_journal.Id, seq)).ShouldBeTrue("a seq was given twice");
            if (!_unaccounted.TryGetValue(job, out var slots))
                _unaccounted.Add(job, slots = []);
            _ = slots.Add(slot);
        }

        private void Deliver()
        {
            _outbox!.CreditBytes = _random.Next(6000);
            for (var n = _random.Next(80); n > 0 && _outbox.TryNext(_folder.Time.Microseconds, out var entry); n--)
            {
                (_outbox.BytesOnTheWay - entry.Bytes).ShouldBeLessThan(_outbox.CreditBytes);
                _onTheWay.TryAdd(entry.Seq, entry).ShouldBeTrue("it is on the way already");
            }
        }

        private void AcknowledgeSome()
        {
            foreach (var (seq, entry) in _onTheWay.Where(_ => _random.Next(3) > 0).OrderBy(_ => _random.Next()).ToList())
            {
                _ = _onTheWay.Remove(seq);
                if (_outbox!.Acknowledged(new SeqRange(seq, seq)) == 0)
                    continue; // it was given up meanwhile
                if (entry is DroppedEntry dropped)
                {
                    _droppedAndKept.Add(dropped);
                }
                else if (entry is ResultEntry { Result: var result })
                {
                    _unaccounted[result.Job.Name].Remove(result.Slot.DueUnixMilliseconds).ShouldBeTrue();
                    _acknowledged++;
                }
            }
        }

        private void Pass(TimeSpan time)
        {
            _folder.Time.Advance(time);
            var now = _folder.Time.Microseconds;
            _outbox!.Expire(now);
            if (time >= Outbox.ResendAfter)
                _onTheWay.Clear();
            else
                KeepWhatIsStillOnTheWay();
        }

        // Which of several was sent when is the outbox's business; here it is enough that it says how many.
        private void KeepWhatIsStillOnTheWay()
        {
            if (_outbox!.OnTheWay == _onTheWay.Count)
                return;
            _outbox.Reconnected();
            _onTheWay.Clear();
        }

        private void Restart()
        {
            _outbox!.Expire(_folder.Time.Microseconds);
            if (_random.Next(2) == 0)
            {
                _journal!.Dispose();
            }
            else
            {
                var copy = _folder.Copy();
                _journal!.Dispose();
                _folder.Dispose();
                _folder = copy;
            }

            _journal = null;
        }
    }
}
