using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Storage;

/// <summary>
/// Where a manager keeps what became of every slot. One writer at a time (<see cref="WriteAsync"/> and <see cref="MaintainAsync"/>
/// are never called while one of them runs); reads may run beside it. Every instant is on the manager's slot clock.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>What was found when it was opened.</summary>
    StoreOpening Opening { get; }

    /// <summary>Every lane known, as a manager needs it to go on after a start.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<ImmutableArray<LaneState>> LanesAsync(CancellationToken cancellationToken);

    /// <summary>Does all of these in their order in one transaction, or, when it throws, none; on disk when it returns.</summary>
    /// <returns>What each of them did, at the same index.</returns>
    /// <exception cref="StoreException">It could not be written; nothing of it was.</exception>
    Task<ImmutableArray<WriteEffect>> WriteAsync(ImmutableArray<StoreWrite> writes, CancellationToken cancellationToken);

    /// <summary>One bounded piece of upkeep: sealing an hour of a few lanes, or removing what is past its time. Short: writes wait for it.</summary>
    /// <param name="now">The slot clock.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>Whether there is more to do now.</returns>
    /// <exception cref="StoreException">It could not be done; nothing is half done.</exception>
    Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// The books of each lane up to now. Due comes from the schedules by arithmetic, the counts from the records alone; neither
    /// reads the other.
    /// </summary>
    /// <param name="job">One job's lanes; null for all.</param>
    /// <param name="now">The slot clock.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<ImmutableArray<LedgerRow>> LedgerAsync(JobId? job, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Records of a lane in a range, in the order of their slots. Ranges of slots without a row of their own are left out.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The instant after the last.</param>
    /// <param name="limit">The most records.</param>
    /// <param name="newestFirst">From the newest backwards; else from the oldest.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<ImmutableArray<StoredRecord>> RecordsAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, bool newestFirst, CancellationToken cancellationToken);

    /// <summary>
    /// Counts and latencies of a lane in a range: from raw records where a piece of the range has only those, else from
    /// rollups; the ends of a range that is only held as rollups are widened to theirs, as the summary says.
    /// </summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<RangeSummary> SummaryAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>
    /// The changes between Up, Degraded and Down of a lane in a range, oldest first; Unknown, Skipped, Lost and not running change nothing.
    /// As far back as raw records are kept.
    /// </summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<ImmutableArray<StateTransition>> TransitionsAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken);

    /// <summary>Sizes and ages.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    Task<StoreStatus> StatusAsync(CancellationToken cancellationToken);
}

/// <summary>A job on a monitor: what has a schedule and a sequence of slots.</summary>
/// <param name="Job">The job.</param>
/// <param name="Monitor">The monitor's name in the manager's configuration.</param>
public readonly record struct LaneKey(JobId Job, string Monitor);

/// <summary>What was found when a store was opened.</summary>
/// <param name="IsNew">It did not exist, or had to be set aside: it is empty.</param>
/// <param name="SetAside">Where a damaged file has been moved to; null when nothing was damaged.</param>
/// <param name="Damage">What was wrong with it; null when nothing was.</param>
/// <param name="LostFrom">Since when records had been kept in the damaged file; null when nothing was damaged or nobody knows.</param>
/// <param name="LastBeat">The newest beat, also of a damaged file as far as known; null when there was none.</param>
/// <param name="NewestSlot">The newest slot recorded; null when there is none.</param>
public sealed record StoreOpening(bool IsNew, string? SetAside, string? Damage, DateTimeOffset? LostFrom, DateTimeOffset? LastBeat, Slot? NewestSlot);

/// <summary>A lane as it was left.</summary>
/// <param name="Key">The lane.</param>
/// <param name="Schedule">Its schedule in force; null when it has ended.</param>
/// <param name="Last">The newest record; null when there is none.</param>
/// <param name="Grant">What its monitor was last known to be permitted; null when nothing.</param>
public sealed record LaneState(LaneKey Key, LaneSchedule? Schedule, StoredRecord? Last, LaneGrant? Grant);

/// <summary>When a lane's slots are due: at phase + n x interval since the Unix epoch, from an instant on.</summary>
/// <param name="From">The first instant that it holds for.</param>
/// <param name="IntervalMilliseconds">From slot to slot, at least 1.</param>
/// <param name="PhaseMilliseconds">From 0 to below the interval.</param>
/// <param name="OpenFor">For how long after its instant a slot may be without a record.</param>
public readonly record struct LaneSchedule(DateTimeOffset From, long IntervalMilliseconds, long PhaseMilliseconds, TimeSpan OpenFor);

/// <summary>What a monitor may run of a lane, as it has acknowledged.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="ValidUntil">The end of the permission, as last renewed on disk; it may have been renewed since.</param>
public readonly record struct LaneGrant(long Revision, DateTimeOffset ValidUntil);

/// <summary>The one record of a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Cause">Why it is not Up.</param>
/// <param name="IsProvisional">Whether a real result may still replace it.</param>
/// <param name="IsLate">Whether it replaced a provisional record or a part of a range.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Result">What the monitor reported; null when the manager decided alone.</param>
public sealed record StoredRecord(Slot Slot, Outcome Outcome, Cause Cause, bool IsProvisional, bool IsLate, string Message, CheckResult? Result);

/// <summary>The books of one lane. In order, <see cref="Difference"/> is 0.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="From">Since when slots are counted: the lane's first schedule, or how far raw records are kept.</param>
/// <param name="Due">Slots due, from the schedules.</param>
/// <param name="Open">Slots due, without a record, for which it is not yet late.</param>
/// <param name="Up">Records that are Up.</param>
/// <param name="Degraded">Degraded.</param>
/// <param name="Down">Down.</param>
/// <param name="Unknown">Unknown.</param>
/// <param name="Skipped">Skipped.</param>
/// <param name="Lost">Lost.</param>
/// <param name="NotRunning">Slots in ranges in which the manager was not running.</param>
public sealed record LedgerRow(
    LaneKey Lane, DateTimeOffset From, long Due, long Open, long Up, long Degraded, long Down, long Unknown, long Skipped, long Lost, long NotRunning)
{
    /// <summary>Due minus the sum of all records minus <see cref="Open"/>.</summary>
    public long Difference => Due - Open - Up - Degraded - Down - Unknown - Skipped - Lost - NotRunning;
}

/// <summary>A range of a lane in numbers.</summary>
/// <param name="From">The first instant counted.</param>
/// <param name="To">The instant after the last one counted.</param>
/// <param name="Up">Records that are Up.</param>
/// <param name="Degraded">Degraded.</param>
/// <param name="Down">Down.</param>
/// <param name="Unknown">Unknown.</param>
/// <param name="Skipped">Skipped.</param>
/// <param name="Lost">Lost.</param>
/// <param name="NotRunning">Slots in ranges in which the manager was not running.</param>
/// <param name="Latency">The elapsed times of Up and Degraded results, without those whose monitor was starved while it measured; null when there are none.</param>
public sealed record RangeSummary(
    DateTimeOffset From, DateTimeOffset To, long Up, long Degraded, long Down, long Unknown, long Skipped, long Lost, long NotRunning, LatencySummary? Latency)
{
    /// <summary>Slots that say something of the target: Up, Degraded or Down.</summary>
    public long Known => Up + Degraded + Down;

    /// <summary>All slots counted.</summary>
    public long Total => Known + Unknown + Skipped + Lost + NotRunning;

    /// <summary>Up and Degraded among the known, 0 to 1; null when nothing is known.</summary>
    public double? Uptime => Known == 0 ? null : (double)(Up + Degraded) / Known;

    /// <summary>The known among all slots, 0 to 1; null when there are none.</summary>
    public double? Coverage => Total == 0 ? null : (double)Known / Total;
}

/// <summary>Elapsed times; the percentiles are within 1% of the value.</summary>
/// <param name="Count">How many.</param>
/// <param name="Min">The least, exact.</param>
/// <param name="Max">The greatest, exact.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P95">The 95th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
public sealed record LatencySummary(long Count, TimeSpan Min, TimeSpan Max, TimeSpan P50, TimeSpan P90, TimeSpan P95, TimeSpan P99);

/// <summary>A lane's target changed.</summary>
/// <param name="Slot">The slot whose record shows the new state.</param>
/// <param name="From">The state before; null at the first known.</param>
/// <param name="To">The state since.</param>
/// <param name="Cause">Why it is not Up.</param>
/// <param name="Message">That record's line for people.</param>
public sealed record StateTransition(Slot Slot, Outcome? From, Outcome To, Cause Cause, string Message);

/// <summary>A store in numbers.</summary>
/// <param name="Bytes">Its size on disk.</param>
/// <param name="MaxBytes">The bound on it.</param>
/// <param name="OpenRecords">Records not sealed yet.</param>
/// <param name="Oldest">The oldest raw record; null when there is none.</param>
/// <param name="Trimmed">Records removed before their time because of the bound, since the store was made.</param>
public sealed record StoreStatus(long Bytes, long MaxBytes, long OpenRecords, DateTimeOffset? Oldest, long Trimmed);

/// <summary>
/// What a store is told to keep, and for how long. A lane gets rollups of a level only where each holds ten slots or more (intervals
/// up to 30 s, up to 6 minutes); a slower one keeps what is finer for that level's time instead.
/// </summary>
/// <param name="MaxBytes">At this size the oldest is removed first.</param>
/// <param name="Raw">How long raw records are kept.</param>
/// <param name="FiveMinutes">How long rollups of five minutes are kept.</param>
/// <param name="OneHour">How long rollups of an hour are kept.</param>
public sealed record StoreSettings(long MaxBytes, TimeSpan Raw, TimeSpan FiveMinutes, TimeSpan OneHour)
{
    /// <summary>20 GiB; 7 days, 30 days, 2 years.</summary>
    public static StoreSettings Default { get; } = new(20L << 30, TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromDays(730));
}
