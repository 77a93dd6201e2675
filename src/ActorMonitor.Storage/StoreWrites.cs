using ActorMonitor.Messages;

namespace ActorMonitor.Storage;

/// <summary>Something to be stored.</summary>
public abstract record StoreWrite
{
    private protected StoreWrite()
    {
    }
}

/// <summary>
/// A monitor's result. The first one of a slot is kept; it replaces a provisional record and takes its slot out of a range of
/// not running, clock or store-lost. Any other record stays. Effect: Inserted, Corrected, Repeated, TooOld or NotDue.
/// </summary>
/// <param name="Lane">The lane.</param>
/// <param name="Result">The result.</param>
/// <param name="Revision">The revision that was run.</param>
public sealed record KeepResult(LaneKey Lane, CheckResult Result, long Revision) : StoreWrite;

/// <summary>A record that the manager decides alone. It is kept only if the slot has none and is in no range. Effect: Inserted, Repeated, TooOld or NotDue.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Cause">Why.</param>
/// <param name="IsProvisional">Whether a real result replaces it.</param>
/// <param name="Message">One line for people.</param>
public sealed record KeepRecord(LaneKey Lane, Slot Slot, Outcome Outcome, Cause Cause, bool IsProvisional, string Message) : StoreWrite;

/// <summary>
/// Every slot of the lane's schedules in a range that has no record and is in no other range is now part of this one, which
/// counts them; what is older than raw records are kept is left out. Effect: Inserted with that count.
/// </summary>
/// <param name="Lane">The lane.</param>
/// <param name="From">The first instant.</param>
/// <param name="To">The instant after the last.</param>
/// <param name="Outcome">NotRunning, Skipped or Lost.</param>
/// <param name="Cause">Why.</param>
/// <param name="ReplacesProvisional">Whether provisional records in the range become part of it too (a monitor has given their results up for good).</param>
public sealed record KeepRange(LaneKey Lane, DateTimeOffset From, DateTimeOffset To, Outcome Outcome, Cause Cause, bool ReplacesProvisional = false) : StoreWrite;

/// <summary>
/// The lane's slots follow this schedule from its From on. One that is in force already stays as it is. A later instant that has its record
/// already stays a slot; one that is in a range and is no slot by the new schedule leaves it. Effect: Inserted or Repeated.
/// </summary>
/// <param name="Lane">The lane, made when it is new.</param>
/// <param name="Schedule">The schedule.</param>
public sealed record SetSchedule(LaneKey Lane, LaneSchedule Schedule) : StoreWrite;

/// <summary>
/// The lane has no slots from an instant on, but those that have their record already; the others leave the ranges that they are in.
/// Effect: Inserted or Repeated.
/// </summary>
/// <param name="Lane">The lane.</param>
/// <param name="At">The instant.</param>
public sealed record EndSchedule(LaneKey Lane, DateTimeOffset At) : StoreWrite;

/// <summary>What a lane's monitor is permitted now; null for nothing. Effect: Inserted.</summary>
/// <param name="Lane">The lane, which exists.</param>
/// <param name="Grant">The permission.</param>
public sealed record SetGrant(LaneKey Lane, LaneGrant? Grant) : StoreWrite;

/// <summary>The manager runs, and everything decided before this instant has been written before. Effect: Inserted.</summary>
/// <param name="At">The slot clock.</param>
public sealed record Beat(DateTimeOffset At) : StoreWrite;

/// <summary>What became of a write.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Replaced">For <see cref="EffectKind.Corrected"/>: the outcome that the slot had before.</param>
/// <param name="Count">For a range: how many slots it counts.</param>
public readonly record struct WriteEffect(EffectKind Kind, Outcome? Replaced = null, long Count = 0);

/// <summary>What was done with a write.</summary>
public enum EffectKind
{
    /// <summary>It is new.</summary>
    Inserted = 1,

    /// <summary>It replaced a provisional record, or a part of a range.</summary>
    Corrected = 2,

    /// <summary>There was a record already, which stays.</summary>
    Repeated = 3,

    /// <summary>Its slot is older than what is kept; it is dropped and counted.</summary>
    TooOld = 4,

    /// <summary>The lane has no slot at that instant: by none of its schedules, or because there is no such lane. It is dropped and counted.</summary>
    NotDue = 5,
}

/// <summary>Why a store cannot do what it was asked.</summary>
public enum StoreFault
{
    /// <summary>The disk is full.</summary>
    Full = 1,

    /// <summary>It may not be written.</summary>
    ReadOnly = 2,

    /// <summary>It is damaged: it must be opened anew, which sets it aside.</summary>
    Damaged = 3,

    /// <summary>Something else, which the message says.</summary>
    Other = 4,
}

/// <summary>A store cannot do what it was asked.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Says what kind of failure, and what was wrong in words for people.</summary>
    public StoreException(StoreFault fault, string message, Exception? cause = null)
        : base(message, cause)
        => Fault = fault;

    /// <summary>The kind of failure.</summary>
    public StoreFault Fault { get; }
}
