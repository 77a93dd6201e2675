namespace ActorMonitor.Probes.Icmp;

/// <summary>The exchanges by when they want attention: a binary heap whose members know their place, so that any can leave it.</summary>
internal sealed class FlightQueue
{
    private readonly List<EchoFlight> _heap = [];

    public int Count => _heap.Count;

    /// <summary>The one whose time comes first.</summary>
    public EchoFlight? First => _heap.Count == 0 ? null : _heap[0];

    /// <summary>Puts an exchange where its <see cref="EchoFlight.DueAt"/> belongs, whether or not it is in the queue.</summary>
    public void Place(EchoFlight flight)
    {
        if (flight.QueueIndex < 0)
        {
            flight.QueueIndex = _heap.Count;
            _heap.Add(flight);
            Rise(flight.QueueIndex);
            return;
        }

        Sink(Rise(flight.QueueIndex));
    }

    /// <summary>Takes an exchange out.</summary>
    public void Remove(EchoFlight flight)
    {
        var at = flight.QueueIndex;
        if (at < 0)
            return;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        flight.QueueIndex = -1;
        if (ReferenceEquals(last, flight))
            return;
        Put(last, at);
        Sink(Rise(at));
    }

    private int Rise(int at)
    {
        var flight = _heap[at];
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (_heap[parent].DueAt <= flight.DueAt)
                break;
            Put(_heap[parent], at);
            at = parent;
        }

        Put(flight, at);
        return at;
    }

    private void Sink(int at)
    {
        var flight = _heap[at];
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= _heap.Count)
                break;
            if (child + 1 < _heap.Count && _heap[child + 1].DueAt < _heap[child].DueAt)
                child++;
            if (_heap[child].DueAt >= flight.DueAt)
                break;
            Put(_heap[child], at);
            at = child;
        }

        Put(flight, at);
    }

    private void Put(EchoFlight flight, int at)
    {
        _heap[at] = flight;
        flight.QueueIndex = at;
    }
}
