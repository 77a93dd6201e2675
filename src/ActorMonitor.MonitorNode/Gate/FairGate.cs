namespace ActorMonitor.MonitorNode.Gate;

/// <summary>
/// Who may run how many checks: a bound over all clients, given out one check a client in turn, so that a client with ten
/// thousand waiting checks does not keep another with one waiting. Not thread-safe: one actor owns it.
/// </summary>
internal sealed class FairGate<TClient>
    where TClient : notnull
{
    private readonly Dictionary<TClient, Share> _shares = [];
    private readonly Queue<TClient> _turns = new();

    public FairGate(int capacity) => Capacity = capacity;

    /// <summary>The most checks at a time; lowering it ends no check.</summary>
    public int Capacity { get; set; }

    /// <summary>The checks admitted and not released.</summary>
    public int InUse { get; private set; }

    /// <summary>The checks that wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>A client has so many more checks to run.</summary>
    public void Want(TClient client, int count)
    {
        if (!_shares.TryGetValue(client, out var share))
            _shares[client] = share = new Share();
        share.Waiting += count;
        Waiting += count;
        GiveTurn(client, share);
    }

    /// <summary>So many of a client's waiting checks need no place any more; one that was admitted meanwhile is released by the client.</summary>
    public void Withdraw(TClient client, int count)
    {
        if (!_shares.TryGetValue(client, out var share))
            return;
        var withdrawn = Math.Min(count, share.Waiting);
        share.Waiting -= withdrawn;
        Waiting -= withdrawn;
    }

    /// <summary>So many of a client's admitted checks ended, or were not needed after all.</summary>
    public void Release(TClient client, int count)
    {
        if (!_shares.TryGetValue(client, out var share))
            return;
        var released = Math.Min(count, share.Held);
        share.Held -= released;
        InUse -= released;
    }

    /// <summary>A client is gone with all that it waited for and held.</summary>
    public void Forget(TClient client)
    {
        if (!_shares.Remove(client, out var share))
            return;
        InUse -= share.Held;
        Waiting -= share.Waiting;
    }

    /// <summary>Admits as many as the capacity allows; returns how many for whom.</summary>
    public IReadOnlyCollection<KeyValuePair<TClient, int>> Admit()
    {
        if (InUse >= Capacity || Waiting == 0)
            return [];
        var admitted = new Dictionary<TClient, int>();
        while (InUse < Capacity && _turns.TryDequeue(out var client))
        {
            // A client that was forgotten, or forgotten and came back, may still have an old turn in the queue.
            if (!_shares.TryGetValue(client, out var share))
                continue;
            share.HasTurn = false;
            if (share.Waiting == 0)
                continue;
            share.Waiting--;
            share.Held++;
            Waiting--;
            InUse++;
            admitted[client] = admitted.GetValueOrDefault(client) + 1;
            GiveTurn(client, share);
        }

        return admitted;
    }

    private void GiveTurn(TClient client, Share share)
    {
        if (share.HasTurn || share.Waiting == 0)
            return;
        share.HasTurn = true;
        _turns.Enqueue(client);
    }

    private sealed class Share
    {
        public int Waiting { get; set; }

        public int Held { get; set; }

        public bool HasTurn { get; set; }
    }
}
