namespace ActorMonitor.ManagerNode.Feed;

/// <summary>How many slots came due, counted by all jobs. Thread-safe.</summary>
internal sealed class SlotMeter
{
    private long _due;

    public long Due => Interlocked.Read(ref _due);

    public void Add() => Interlocked.Increment(ref _due);
}
