using System.Collections.Immutable;
using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>What a check of the books found, in numbers and in words; in order, there are no findings.</summary>
internal sealed record LedgerFindings
{
    /// <summary>Results written to the monitor's outbox so far.</summary>
    public int Appended { get; init; }

    /// <summary>Of these, results whose acknowledgement is written down.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Slots with a record of their own.</summary>
    public int Records { get; init; }

    /// <summary>Records that replaced a decision of the manager's.</summary>
    public int Late { get; init; }

    /// <summary>Slots that are Lost.</summary>
    public int Lost { get; init; }

    /// <summary>Of these, slots that a monitor had to give up.</summary>
    public int GivenUp { get; init; }

    /// <summary>Lost slots without a record of their own, which are lost as a range.</summary>
    public long LostInRanges { get; init; }

    /// <summary>Slots that ran when the monitor was killed, as its journal says.</summary>
    public int RunningAtKills { get; init; }

    /// <summary>Slots due while the monitor's process was dead.</summary>
    public int DueWhileDead { get; init; }

    /// <summary>Slots in ranges in which the manager was not running.</summary>
    public long NotRunning { get; init; }

    /// <summary>Skipped slots without a record of their own: a clock stepped over them.</summary>
    public long SkippedByClock { get; init; }

    /// <summary>Slots due, from the schedules.</summary>
    public long Due { get; init; }

    /// <summary>Slots without a record for which it is not yet late.</summary>
    public long Open { get; init; }

    public ImmutableArray<string> Findings { get; init; } = [];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"due {Due}, open {Open}, records {Records} ({Late} late), not running {NotRunning}, appended {Appended} ({Acknowledged} acknowledged), lost {Lost} and {LostInRanges} in ranges (given up {GivenUp}, ran at kills {RunningAtKills}, due while dead {DueWhileDead})"
        + $"{string.Concat(Findings.Select(each => "\n  " + each))}");
}

/// <summary>Holds the manager's books against what really happened: the monitor's journals, the target's counts, the calendar.</summary>
internal static class LedgerCheck
{
    private const int MostFindings = 20;

    // A slot is only run so long after its instant when no command has come for it, so one may have been due for so long
    // before the monitor was killed and not have begun.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(1);

    /// <summary>Checks everything that has to hold at any moment once the nodes have recovered.</summary>
    internal static async Task<LedgerFindings> RunAsync(Books books)
    {
        // In this order: what is acknowledged is stored, and what is stored is written down.
        var before = books.Journals.KeepsAll ? books.Journals.Read().Copy() : null;
        var store = await StoreSnapshot.TakeAsync(books.ManagerData);
        var calls = books.Calls.ToDictionary();
        var after = books.Journals.KeepsAll ? books.Journals.Read() : null;

        var findings = new List<string>();
        if (before is not null && after is not null)
        {
            OnceInTheStore(before, after, store, findings);
            NothingRanTwice(after, calls, findings);
        }

        OneRecordPerSlot(books.Interval, store, findings);
        var lost = store.Records.Where(record => record.Value.Outcome == Outcome.Lost).Select(record => record.Key).ToList();
        var givenUp = lost.Count(slot => store.Records[slot].Cause == Cause.OutboxFull);
        var dueWhileDead = DueWhileDead(books, store);
        if (lost.Count - givenUp > books.RunningAtKills.Count + dueWhileDead.Count)
        {
            findings.Add($"{lost.Count - givenUp} slots are lost, though {books.RunningAtKills.Count} ran when the monitor was killed and {dueWhileDead.Count} were due while it was dead");
            findings.AddRange(lost.Where(slot => store.Records[slot].Cause != Cause.OutboxFull && !books.RunningAtKills.Contains(slot) && !dueWhileDead.Contains(slot)).Take(MostFindings)
                .Select(slot => $"lost without a reason: {slot}, {store.Records[slot].Cause}: {store.Records[slot].Message}"));
        }

        return new LedgerFindings
        {
            Appended = before?.Completed.Values.Sum(all => all.Count) ?? 0,
            Acknowledged = before?.Completed.Values.Sum(all => all.Count(each => before.IsAcknowledged(each.Seq))) ?? 0,
            Records = store.Records.Count,
            Late = store.Records.Values.Count(record => record.IsLate),
            Lost = lost.Count,
            LostInRanges = store.Ledger.Sum(row => row.Lost) - lost.Count,
            GivenUp = givenUp,
            RunningAtKills = books.RunningAtKills.Count,
            DueWhileDead = dueWhileDead.Count,
            NotRunning = store.Ledger.Sum(row => row.NotRunning),
            SkippedByClock = store.Ledger.Sum(row => row.Skipped) - store.Records.Values.Count(record => record.Outcome == Outcome.Skipped),
            Due = store.Ledger.Sum(row => row.Due),
            Open = store.Ledger.Sum(row => row.Open),
            Findings = [.. findings.Take(MostFindings)],
        };
    }

    // (a) What was written to the outbox and acknowledged is in the store, once, and the same; and nothing else is.
    private static void OnceInTheStore(JournalAccount before, JournalAccount after, StoreSnapshot store, List<string> findings)
    {
        foreach (var (slot, all) in before.Completed)
        {
            if (all.Count > 1)
                findings.Add($"{slot} ended {all.Count} times in the journal: {string.Join(", ", all.Select(each => $"{each.Seq} {each.Outcome} ({each.Cause})"))}");
            if (!before.IsAcknowledged(all[0].Seq))
                continue;
            if (!store.Records.TryGetValue(slot, out var record))
                findings.Add($"{slot} was acknowledged (number {all[0].Seq}, {all[0].Outcome}) and is not in the store");
            else if (record.Outcome != all[0].Outcome || record.Cause != all[0].Cause)
                findings.Add($"{slot} was {all[0].Outcome} ({all[0].Cause}) and is stored as {record.Outcome} ({record.Cause}): {record.Message}");
        }

        findings.AddRange(store.Records.Where(record => record.Value.HasResult && !after.Completed.ContainsKey(record.Key))
            .Select(record => $"{record.Key} has a result in the store ({record.Value.Outcome}) that is in no journal"));
    }

    // (b) One record a slot, the books without a difference, and due as the calendar has it.
    private static void OneRecordPerSlot(TimeSpan every, StoreSnapshot store, List<string> findings)
    {
        findings.AddRange(store.Twice.Select(slot => $"{slot} has more than one record"));
        foreach (var row in store.Ledger)
        {
            if (row.Difference != 0)
                findings.Add($"the store: {row}");
            var slots = store.SlotsOf(row.Lane.Job.Name);
            if (slots.Count == 0)
                continue;
            var interval = (long)every.TotalMilliseconds;
            var phase = slots[0] % interval;
            if (slots.FirstOrDefault(slot => slot % interval != phase) is > 0 and var odd)
                findings.Add($"{row.Lane.Job}@{odd} is no slot: the phase is {phase}");
            var due = Before(store.At, interval, phase, isIncluded: true) - Before(row.From, interval, phase, isIncluded: false);
            if (row.Due != due)
                findings.Add($"{row.Lane.Job} has {row.Due} slots due from {row.From:O} to {store.At:O}, by the calendar {due}");
        }

        if (store.Ledger.Length == 0)
            findings.Add("the store has no books");
    }

    // No slot began twice, and the target has been called no more often than slots began.
    private static void NothingRanTwice(JournalAccount journal, Dictionary<string, long> calls, List<string> findings)
    {
        findings.AddRange(journal.Started.Where(each => each.Value > 1).Select(each => $"{each.Key} began {each.Value} times"));
        var begun = journal.Started.Keys.CountBy(slot => slot.Job).ToDictionary();
        findings.AddRange(calls.Where(each => each.Value > begun.GetValueOrDefault(each.Key))
            .Select(each => $"the target has been called {each.Value} times for {each.Key}, of which {begun.GetValueOrDefault(each.Key)} slots began"));
    }

    private static HashSet<SlotOf> DueWhileDead(Books books, StoreSnapshot store)
    {
        var due = new HashSet<SlotOf>();
        var interval = (long)books.Interval.TotalMilliseconds;
        foreach (var job in store.Ledger.Select(row => row.Lane.Job.Name))
        {
            if (store.SlotsOf(job) is not [var first, ..])
                continue;
            foreach (var (from, to) in books.MonitorWasDead)
            {
                var start = (from - Min(LongestGrace, books.Interval / 4)).ToUnixTimeMilliseconds();
                for (var slot = start + (((first - start) % interval) + interval) % interval; slot < to.ToUnixTimeMilliseconds(); slot += interval)
                    _ = due.Add(new SlotOf(job, slot));
            }
        }

        return due;
    }

    /// <summary>How many instants phase + n x interval lie before another.</summary>
    private static long Before(DateTimeOffset instant, long interval, long phase, bool isIncluded)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds() + (isIncluded || instant.Ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0);
        return (milliseconds - phase + interval - 1) / interval;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
