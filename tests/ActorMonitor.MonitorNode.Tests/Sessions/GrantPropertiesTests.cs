using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

/// <summary>What holds of grants in whatever order things happen.</summary>
public class GrantPropertiesTests
{
    private const long Begin = 1_795_000_000_000;
    private static readonly JobId Job = new("job");
    private static readonly Arbitrary<int[]> Numbers = Gen.Choose(0, 999_999).ArrayOf(120).ToArbitrary();

    [Fact]
    public void Every_slot_of_an_undisturbed_grant_is_started_exactly_once_whether_its_Execute_comes_early_in_time_late_twice_or_never()
        => Check.QuickThrowOnFailure(Prop.ForAll(Numbers, numbers =>
        {
            var random = new Draw(numbers);
            var interval = random.Of(100, 250, 1_000, 4_000, 60_000);
            var phase = random.Below(interval);
            var first = Begin + interval - (Begin % interval) + phase;
            var table = new GrantTable();
            table.TryGrant(Terms(1, interval, phase, notBefore: first), Instant(Begin)).ShouldBeTrue();

            // Early by less than an interval, late by up to two: they overtake each other.
            const int slots = 40;
            var arrivals = new List<(long At, long Slot)>();
            for (var slot = first; slot < first + ((long)slots * interval); slot += interval)
            {
                for (var copies = random.Below(3); copies > 0; copies--)
                    arrivals.Add((slot + random.Between(1 - interval, 2 * interval), slot));
            }

            var started = new List<long>();
            foreach (var (at, slot) in arrivals.Order().Append((first + ((long)slots * interval) - 1, long.MaxValue)))
            {
                // The timer wakes a little late.
                while (table.NextStart is { } next && Unix(next) + 20 <= at)
                    StartDue(table, Unix(next) + random.Below(20), started);
                StartDue(table, at, started);
                if (slot == long.MaxValue)
                    break;
                while (table.TryTakeBefore(Job, new Slot(slot), Instant(at), out var before))
                    started.Add(before.Slot.DueUnixMilliseconds);
                if (table.TryAccept(Job, new Slot(slot)))
                    started.Add(slot);
            }

            // The last may still wait for its Execute.
            var expected = Enumerable.Range(0, slots - 1).Select(n => first + ((long)n * interval)).ToList();
            started.Where(slot => slot < first + ((slots - 1L) * interval)).ShouldBe(expected);
        }));

    [Fact]
    public void No_slot_is_started_twice_or_without_a_permission_whatever_happens()
        => Check.QuickThrowOnFailure(Prop.ForAll(Numbers, numbers =>
        {
            var random = new Draw(numbers);
            var table = new GrantTable();
            var now = Begin;
            GrantTerms? held = null;
            var newest = -1L;
            while (random.HasMore)
            {
                switch (random.Below(9))
                {
                    case 0:
                        var interval = random.Of(100, 1_000, 10_000, 45_000);
                        held = Terms(random.Between(1, 3), interval, random.Below(interval), now + random.Between(-5_000, 5_000), now + random.Between(-1_000, 30_000));
                        table.TryGrant(held, Instant(now)).ShouldBeTrue();
                        break;
                    case 1:
                        table.Revoke(Job);
                        held = null;
                        break;
                    case 2:
                        var until = Instant(now + random.Between(-1_000, 60_000));
                        table.Renew(until, Instant(now));
                        held = held is null ? null : held with { ValidUntil = until };
                        break;
                    case 3:
                        now += random.Of(3_600_000, 7_000);
                        table.Stepped(Instant(now));
                        break;
                    case 4:
                        now -= random.Of(3_600_000, 7_000);
                        table.Stepped(Instant(now));
                        break;
                    case 5:
                        var recovered = new GrantTable();
                        recovered.Recover(
                            newest < 0 ? new Dictionary<JobId, Slot>() : new Dictionary<JobId, Slot> { [Job] = new Slot(newest) }, held is null ? [] : [held]);
                        table = recovered;
                        break;
                    case 6:
                        var slot = now + random.Between(-20_000, 2_000);
                        while (table.TryTakeBefore(Job, new Slot(slot), Instant(now), out var before))
                            Started(before, isInGrace: true);
                        table.TryAccept(Job, new Slot(slot)).ShouldBe(slot > newest);
                        newest = Math.Max(newest, slot);
                        break;
                    default:
                        now += random.Of(10, 100, 1_000, 9_000, 100_000);
                        while (table.TryTakeDue(Instant(now), out var due))
                            Started(due, isInGrace: false);
                        if (table.NextStart is { } next)
                            Unix(next).ShouldBeGreaterThan(now);
                        break;
                }
            }

            void Started(DueSlot due, bool isInGrace)
            {
                var slot = due.Slot.DueUnixMilliseconds;
                var terms = held.ShouldNotBeNull();
                slot.ShouldBeGreaterThan(newest);
                slot.ShouldBeGreaterThanOrEqualTo(terms.NotBefore.DueUnixMilliseconds);
                due.Slot.Due.ShouldBeLessThanOrEqualTo(terms.ValidUntil);
                due.Terms.Revision.ShouldBe(terms.Revision);
                ((slot - terms.PhaseMilliseconds) % (long)terms.Check.Interval.TotalMilliseconds).ShouldBe(0);
                now.ShouldBeLessThanOrEqualTo(slot + (long)SlotTiming.Patience(terms.Check.Interval).TotalMilliseconds + 30_000);
                now.ShouldBeGreaterThanOrEqualTo(slot + (isInGrace ? 0 : (long)SlotTiming.Grace(terms.Check.Interval).TotalMilliseconds));
                newest = slot;
            }
        }));

    private static void StartDue(GrantTable table, long now, List<long> started)
    {
        while (table.TryTakeDue(Instant(now), out var due))
            started.Add(due.Slot.DueUnixMilliseconds);
    }

    private static GrantTerms Terms(long revision, int interval, int phase, long notBefore, long? validUntil = null) => new(
        revision,
        new CheckDefinition(Job, "ping", "h", 0, TimeSpan.FromMilliseconds(interval), TimeSpan.FromSeconds(1), SettingMap.Empty, SettingMap.Empty),
        phase,
        Instant(validUntil ?? Begin + 86_400_000),
        new Slot(notBefore));

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static long Unix(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    /// <summary>Draws from numbers that a property was given, so that a failure can be had again and made smaller.</summary>
    private sealed class Draw(int[] numbers)
    {
        private int _next;

        public bool HasMore => _next < numbers.Length;

        public int Below(int bound) => numbers.Length == 0 ? 0 : numbers[_next++ % numbers.Length] % bound;

        public int Between(int least, int most) => least + Below(most - least + 1);

        public int Of(params ReadOnlySpan<int> choices) => choices[Below(choices.Length)];
    }
}
