using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>A slot's record in one line: <c>google: 142.250.72.164 - 71.301 ms</c>.</summary>
public static class RecordText
{
    /// <summary>The line.</summary>
    /// <param name="record">The record.</param>
    /// <param name="namesMonitor">Whether the monitor is named, because the job runs on several.</param>
    public static string Of(SlotRecord record, bool namesMonitor)
    {
        var job = namesMonitor ? $"{record.Job}@{record.Monitor}" : record.Job.Name;
        var address = record.Result?.ResolvedAddress is { } resolved ? $"{resolved} - " : "";
        var late = record.IsLate ? $" (late, due {record.Slot.Due:HH:mm:ss} UTC)" : "";
        return record.Outcome switch
        {
            Outcome.Up => $"{job}: {address}{record.Message}{late}",
            Outcome.Degraded or Outcome.Down => $"{job}: {address}{record.Cause.Name()}: {record.Message}{late}",
            Outcome.NotRunning => $"{job}: not running: {record.Message}{late}",
            _ => $"{job}: {address}{record.Outcome.ToString().ToLowerInvariant()} ({record.Cause.Name()}): {record.Message}{late}",
        };
    }
}
