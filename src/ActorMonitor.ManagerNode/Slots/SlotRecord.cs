using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>
/// The one record of a slot of a job on a monitor, or of a range of slots that are recorded as one. Published on the
/// manager's event stream when it is stored.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Monitor">The monitor's name.</param>
/// <param name="Slot">The slot; of a range the first instant.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Cause">Why it is not Up.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Result">What the monitor reported; null when the manager decided alone.</param>
/// <param name="IsLate">Whether it replaces a provisional record or a part of a range: a correction, no news of the present unless the slot is the newest.</param>
public sealed record SlotRecord(JobId Job, string Monitor, Slot Slot, Outcome Outcome, Cause Cause, string Message, CheckResult? Result, bool IsLate)
{
    /// <summary>The job's service; set when it is published.</summary>
    public string Service { get; init; } = "";

    /// <summary>Whether no slot of its lane that is newer has a record: it tells of the present. Set when it is published.</summary>
    public bool IsNewest { get; init; }

    /// <summary>The outcome that the slot had before; null when this is its first record.</summary>
    public Outcome? Replaced { get; init; }

    /// <summary>Whether a later result may replace it.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>How many slots it is the record of: 1, or those of a range.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The instant after the last slot of a range; null when it is of one slot.</summary>
    public DateTimeOffset? Through { get; init; }
}

/// <summary>How many slots ended how, since the manager's start. The sum of all but <see cref="Due"/> is <see cref="Due"/>.</summary>
/// <param name="Due">Slots that have come due.</param>
/// <param name="Open">Those still without a record.</param>
/// <param name="Up">Up.</param>
/// <param name="Degraded">Degraded.</param>
/// <param name="Down">Down.</param>
/// <param name="Unknown">Unknown.</param>
/// <param name="Skipped">Skipped.</param>
/// <param name="Lost">Lost.</param>
/// <param name="NotRunning">In ranges in which nobody looked after them.</param>
public readonly record struct SlotCounts(long Due, long Open, long Up, long Degraded, long Down, long Unknown, long Skipped, long Lost, long NotRunning = 0);
