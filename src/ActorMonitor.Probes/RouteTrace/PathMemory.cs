using System.Collections.Immutable;
using System.Net;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>What tells one trace from another: a job's to one of its host's addresses.</summary>
internal sealed record PathKey(string Job, IPAddress Target, string Method, int Flows);

/// <summary>
/// The paths that the jobs of this monitor took last. It holds so many hops in all; beyond that the job that was not traced
/// for the longest is forgotten. Safe for use by many checks at a time.
/// </summary>
internal sealed class PathMemory
{
    /// <summary>About 100 bytes each.</summary>
    public const int UsualHops = 200_000;

    private readonly Lock _lock = new();
    private readonly int _mostHops;
    private readonly Dictionary<PathKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private int _hops;

    public PathMemory(int mostHops = UsualHops) => _mostHops = mostHops;

    /// <summary>How many traces it remembers.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Remembers the paths of a trace and returns those of the trace before; null when there was none, or it is forgotten.</summary>
    /// <param name="key">Which trace.</param>
    /// <param name="paths">The path of each flow; one that did not reach the destination says nothing, the one before stays.</param>
    public ImmutableArray<FlowPath>? Exchange(PathKey key, ImmutableArray<FlowPath> paths)
    {
        lock (_lock)
        {
            ImmutableArray<FlowPath>? before = null;
            if (_entries.Remove(key, out var node))
            {
                before = node.Value.Paths;
                Drop(node);
            }

            ImmutableArray<FlowPath> kept = [.. paths.Select((path, flow) => Kept(path, before is { } known ? known[flow] : null))];
            _entries[key] = _byUse.AddFirst(new Entry(key, kept));
            _hops += Weight(kept);
            while (_hops > _mostHops && _byUse.Last is { } oldest)
            {
                _entries.Remove(oldest.Value.Key);
                Drop(oldest);
            }

            return before;
        }
    }

    private static FlowPath Kept(FlowPath now, FlowPath? before)
    {
        if (before is not { IsReached: true })
            return now;
        if (!now.IsReached)
            return before;
        return now.DifferenceFrom(before) is null ? now.FilledFrom(before) : now;
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _hops -= Weight(node.Value.Paths);
    }

    private static int Weight(ImmutableArray<FlowPath> paths) => 1 + paths.Sum(path => path.Hops.Length);

    private sealed record Entry(PathKey Key, ImmutableArray<FlowPath> Paths);
}
