using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>The one record of a slot of a job on a monitor. Published on the manager's event stream.</summary>
/// <param name="Job">The job.</param>
/// <param name="Monitor">The monitor's name.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Cause">Why it is not Up.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Result">What the monitor reported; null when the manager decided alone.</param>
/// <param name="IsLate">Whether it replaces a provisional record, or belongs to a slot of an earlier run of the manager.</param>
public sealed record SlotRecord(JobId Job, string Monitor, Slot Slot, Outcome Outcome, Cause Cause, string Message, CheckResult? Result, bool IsLate);

/// <summary>How many slots ended how. The sum of all but <see cref="Open"/> and <see cref="Open"/> itself is <see cref="Due"/>.</summary>
/// <param name="Due">Slots that have come due.</param>
/// <param name="Open">Those still without a record.</param>
/// <param name="Up">Up.</param>
/// <param name="Degraded">Degraded.</param>
/// <param name="Down">Down.</param>
/// <param name="Unknown">Unknown.</param>
/// <param name="Skipped">Skipped.</param>
/// <param name="Lost">Lost.</param>
public readonly record struct SlotCounts(long Due, long Open, long Up, long Degraded, long Down, long Unknown, long Skipped, long Lost);
