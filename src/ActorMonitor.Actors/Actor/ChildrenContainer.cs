using System.Diagnostics;

namespace Akka.Actor;

/// <summary>A child with its account of restarts.</summary>
internal sealed class ChildStats(IInternalActorRef child)
{
    private int _retries;
    private long _windowStart;

    public IInternalActorRef Child { get; } = child;

    /// <summary>Whether the child has been told to stop.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Whether one more restart is within the limits; if so it is counted. A negative limit means none.</summary>
    public bool RequestRestartPermission(int maxRetries, TimeSpan window)
    {
        if (maxRetries == 0) return false;
        if (window <= TimeSpan.Zero)
        {
            if (maxRetries < 0) return true;
            return ++_retries <= maxRetries;
        }

        // A window without a limit allows one restart in it.
        var limit = maxRetries < 0 ? 1 : maxRetries;
        var now = Stopwatch.GetTimestamp();
        if (_windowStart == 0) _windowStart = now;
        if (Stopwatch.GetElapsedTime(_windowStart, now) <= window) return ++_retries <= limit;
        _windowStart = now;
        _retries = 1;
        return true;
    }
}

/// <summary>What an actor does when the last of its stopping children is gone.</summary>
internal enum ChildrenWait
{
    /// <summary>Nothing: children were stopped by themselves.</summary>
    None,

    /// <summary>Makes its first instance.</summary>
    Creation,

    /// <summary>Makes its next instance.</summary>
    Recreation,

    /// <summary>Ends.</summary>
    Termination,
}

/// <summary>
/// The children of an actor. Only the actor changes it, but for the guardians, whose children are made from any thread, and
/// resolving reads it from any thread: hence the lock. Once the actor is ending no child can come in any more.
/// </summary>
internal sealed class ChildrenContainer
{
    private readonly Lock _lock = new();
    private Dictionary<string, ChildStats>? _children;
    private int _stopping;
    private ChildrenWait _wait;
    private Exception? _recreationCause;
    private bool _closed;

    /// <summary>The actor waits for its children in order to end, or has ended.</summary>
    public bool IsTerminating
    {
        get
        {
            lock (_lock) return _closed;
        }
    }

    /// <summary>The actor does not wait for its children.</summary>
    public bool IsNormal
    {
        get
        {
            lock (_lock) return _wait == ChildrenWait.None && !_closed;
        }
    }

    /// <summary>Makes a child under a name that is free. The child is in the container before anybody else can know it.</summary>
    public IInternalActorRef Add(string name, Func<IInternalActorRef> make)
    {
        lock (_lock)
        {
            if (_closed) throw new InvalidOperationException($"Cannot create child [{name}]: its parent is terminating or terminated.");
            _children ??= new Dictionary<string, ChildStats>(StringComparer.Ordinal);
            if (_children.ContainsKey(name)) throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            var child = make();
            _children.Add(name, new ChildStats(child));
            return child;
        }
    }

    public ChildStats? Get(string name)
    {
        lock (_lock) return _children?.GetValueOrDefault(name);
    }

    public ChildStats? Get(IActorRef child) => Get(child.Path.Name) is { } stats && stats.Child.Equals(child) ? stats : null;

    public IReadOnlyList<ChildStats> All()
    {
        lock (_lock) return _children is null ? [] : [.. _children.Values];
    }

    /// <summary>Notes that a child is told to stop; false when it is no child, or was told already.</summary>
    public bool MarkStopping(IActorRef child)
    {
        lock (_lock)
        {
            if (_children is null || !_children.TryGetValue(child.Path.Name, out var stats) || !stats.Child.Equals(child) || stats.IsStopping) return false;
            stats.IsStopping = true;
            _stopping++;
            return true;
        }
    }

    /// <summary>Sets what comes after the last stopping child; false when there is none, then it can come now.</summary>
    public bool WaitFor(ChildrenWait wait, Exception? recreationCause = null)
    {
        lock (_lock)
        {
            if (wait == ChildrenWait.Termination) _closed = true;
            if (_stopping == 0)
            {
                _wait = ChildrenWait.None;
                return false;
            }

            _wait = wait;
            _recreationCause = recreationCause;
            return true;
        }
    }

    /// <summary>Takes in no more children, and gives out those that are there.</summary>
    public IReadOnlyList<ChildStats> Close()
    {
        lock (_lock)
        {
            _closed = true;
            return _children is null ? [] : [.. _children.Values];
        }
    }

    /// <summary>Removes a child that has ended, and says what has waited for it.</summary>
    public ChildrenWait Remove(IActorRef child, out Exception? recreationCause)
    {
        recreationCause = null;
        lock (_lock)
        {
            if (_children is null || !_children.TryGetValue(child.Path.Name, out var stats) || !stats.Child.Equals(child)) return ChildrenWait.None;
            _children.Remove(child.Path.Name);
            if (stats.IsStopping) _stopping--;
            if (_stopping > 0) return ChildrenWait.None;
            var wait = _wait;
            recreationCause = _recreationCause;
            _wait = ChildrenWait.None;
            _recreationCause = null;
            return wait;
        }
    }
}
