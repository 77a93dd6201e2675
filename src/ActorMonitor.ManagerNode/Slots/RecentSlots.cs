using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>The slots added last, up to a bound; at it the one added first is forgotten. Not thread-safe.</summary>
internal sealed class RecentSlots
{
    private readonly HashSet<Slot> _slots = [];
    private readonly Queue<Slot> _order = new();
    private readonly int _bound;

    public RecentSlots(int bound) => _bound = bound;

    public int Count => _slots.Count;

    /// <summary>Adds a slot; false when it is there already.</summary>
    public bool Add(Slot slot)
    {
        if (!_slots.Add(slot))
            return false;
        _order.Enqueue(slot);
        if (_order.Count > _bound)
            _ = _slots.Remove(_order.Dequeue());
        return true;
    }

    /// <summary>Takes all out.</summary>
    public void Clear()
    {
        _slots.Clear();
        _order.Clear();
    }

    /// <summary>Takes a slot out; false when it is not there.</summary>
    public bool Remove(Slot slot) => _slots.Remove(slot);
}
