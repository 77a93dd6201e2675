using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Feed;

/// <summary>A lane whose newest record shows no working target.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Service">Its service.</param>
/// <param name="Since">The first slot of those without an Up in between, as far as this manager has seen since its start.</param>
/// <param name="Outcome">The newest one's outcome.</param>
/// <param name="Cause">Its cause.</param>
/// <param name="Message">Its line for people.</param>
internal sealed record FailingLane(LaneKey Lane, string Service, Slot Since, Outcome Outcome, Cause Cause, string Message);

/// <summary>The lanes that fail now. What was skipped or not looked after proves nothing and changes nothing. Not thread-safe: the feed owns it.</summary>
internal sealed class FailingLanes
{
    private const int MostKept = 100_000;

    private readonly Dictionary<LaneKey, FailingLane> _lanes = [];

    public int Count => _lanes.Count;

    public void Add(SlotRecord record)
    {
        if (!record.IsNewest || record.Outcome is Outcome.Skipped or Outcome.NotRunning)
            return;
        var lane = new LaneKey(record.Job, record.Monitor);
        if (record.Outcome == Outcome.Up)
        {
            _ = _lanes.Remove(lane);
            return;
        }

        var before = _lanes.GetValueOrDefault(lane);
        if (before is not null || _lanes.Count < MostKept)
            _lanes[lane] = new FailingLane(lane, record.Service, before?.Since ?? record.Slot, record.Outcome, record.Cause, record.Message);
    }

    /// <summary>Those that have failed for the longest, so many at most; what is Down before what is not known.</summary>
    public ImmutableArray<FailingLane> Oldest(int most)
        => [.. _lanes.Values.OrderBy(lane => lane.Outcome == Outcome.Down ? 0 : 1).ThenBy(lane => lane.Since).ThenBy(lane => lane.Lane.Job.Name, StringComparer.Ordinal).Take(most)];
}
