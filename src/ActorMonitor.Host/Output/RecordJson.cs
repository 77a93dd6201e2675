using System.Text.Json;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;

namespace ActorMonitor.Host.Output;

/// <summary>A slot's record as <c>run-once --output json</c> prints it. The fields are stable; docs/reference/jobs.md lists them.</summary>
internal static class RecordJson
{
    public static string Of(JobDefinition job, SlotRecord record) => JsonSerializer.Serialize(
        new
        {
            job = record.Job.Name,
            service = job.Check.Service,
            slot = record.Slot.DueUnixMilliseconds,
            outcome = record.Outcome.ToString(),
            cause = record.Cause == Cause.None ? null : record.Cause.Name(),
            elapsedMs = Math.Round((record.Result?.Elapsed ?? TimeSpan.Zero).TotalMilliseconds, 3),
            queueWaitMs = Math.Round((record.Result?.QueueWait ?? TimeSpan.Zero).TotalMilliseconds, 3),
            monitor = record.Monitor,
            resolvedAddress = record.Result?.ResolvedAddress,
            measurements = (record.Result?.Measurements ?? []).Select(m => new { name = m.Name, ordinal = m.Ordinal, value = m.Value, unit = m.Unit }),
            attributes = (record.Result?.Attributes ?? []).Select(a => new { name = a.Name, value = a.Value }),
            message = record.Message,
        },
        JsonText.Options);

    public static NodeEvent Event(JobDefinition job, SlotRecord record)
        => new(
            record.Result?.Started ?? record.Slot.Due, job.Check.Service, record.Outcome is Outcome.Up or Outcome.Degraded,
            RecordText.Of(record, namesMonitor: job.Monitors.Length > 1), IsChange: true);
}
