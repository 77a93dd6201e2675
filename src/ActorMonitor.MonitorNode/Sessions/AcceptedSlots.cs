using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// The newest slot decided of each job, so that no slot is decided twice. Job names are the peer's words, so there is a
/// bound: at it the half with the oldest slots is forgotten, which would be too old to be run again anyway.
/// </summary>
internal sealed class AcceptedSlots
{
    /// <summary>Twice what a manager's jobs file can hold: names may change.</summary>
    public const int DefaultBound = 2 * JobsFile.MaxJobs;

    private readonly Dictionary<JobId, Slot> _newest = [];
    private readonly int _bound;

    public AcceptedSlots(int bound = DefaultBound) => _bound = bound;

    public int Count => _newest.Count;

    /// <summary>Whether the slot is newer than any of its job before; if so it is the newest now.</summary>
    public bool TryAccept(JobId job, Slot slot)
    {
        if (_newest.TryGetValue(job, out var newest))
        {
            if (slot <= newest)
                return false;
        }
        else if (_newest.Count >= _bound)
        {
            foreach (var oldest in _newest.OrderBy(accepted => accepted.Value).Take((_bound / 2) + 1).Select(accepted => accepted.Key).ToList())
                _ = _newest.Remove(oldest);
        }

        _newest[job] = slot;
        return true;
    }

    /// <summary>Forgets a job that somebody else remembers from now on.</summary>
    public bool TryRemove(JobId job, out Slot slot) => _newest.Remove(job, out slot);
}
