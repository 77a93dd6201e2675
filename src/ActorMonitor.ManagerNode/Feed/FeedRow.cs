using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Feed;

/// <summary>What one line shows of a record, without its evidence: thousands of these are kept.</summary>
internal readonly record struct FeedRow(
    Slot Slot, JobId Job, string Service, string Monitor, Outcome Outcome, Cause Cause, TimeSpan? Elapsed, string? Address, string Message, bool IsLate, long Count, DateTimeOffset? Through)
{
    public static FeedRow Of(SlotRecord record) => new(
        record.Slot, record.Job, record.Service, record.Monitor, record.Outcome, record.Cause, record.Result is { Attempts.Length: > 0 } ran ? ran.Elapsed : null,
        record.Result?.ResolvedAddress, record.Message, record.IsLate, record.Count, record.Through);

    /// <summary>The rest of the line: the address, the message, and what is unusual about the record.</summary>
    public string Details
    {
        get
        {
            var address = Address is null ? "" : $"{Address} - ";
            var many = Through is { } end ? $" ({Count} slots until {end:HH:mm:ss} UTC)" : "";
            return $"{address}{Message}{many}{(IsLate ? " (late)" : "")}";
        }
    }
}

/// <summary>Which records somebody wants to see.</summary>
/// <param name="Job">Those of these jobs; null for all.</param>
/// <param name="Failed">Only those that are not Up.</param>
/// <param name="Service">Those of one service; null for all.</param>
/// <param name="Monitor">Those of one monitor; null for all.</param>
internal sealed record RowFilter(NamePattern? Job, bool Failed, string? Service, string? Monitor)
{
    public bool Matches(in FeedRow row)
        => (!Failed || row.Outcome != Outcome.Up)
            && (Service is null || row.Service == Service)
            && (Monitor is null || row.Monitor == Monitor)
            && (Job is null || Job.Matches(row.Job.Name));
}
