namespace Akka.Actor;

/// <summary>An actor with a stash.</summary>
public interface IWithStash
{
    /// <summary>The stash; set by the machinery after the constructor.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor with a stash without bounds.</summary>
public interface IWithUnboundedStash : IWithStash;

/// <summary>Messages set aside for later.</summary>
public interface IStash
{
    /// <summary>Sets the current message aside.</summary>
    void Stash();

    /// <summary>Puts the oldest message back, before all that wait in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages back in their order, before all that wait in the mailbox.</summary>
    void UnstashAll();
}

/// <summary>The stash of an actor; its instances hand it on from one to the next.</summary>
internal sealed class UnboundedStash(ActorCell cell) : IStash
{
    private List<Envelope> _stashed = [];

    // Tells the delivery of a message from its next one: the same message may be stashed again after it came back.
    private long _lastDelivery = -1;

    public void Stash()
    {
        if (cell.CurrentMessage is null) throw new InvalidOperationException("There is no current message to stash.");
        if (_lastDelivery == cell.Deliveries)
        {
            throw new IllegalActorStateException($"Can't stash the same message {cell.CurrentMessage} more than once");
        }

        _lastDelivery = cell.Deliveries;
        _stashed.Add(new Envelope(cell.CurrentMessage, cell.Sender));
    }

    public void Unstash()
    {
        if (_stashed.Count == 0) return;
        cell.Mailbox.Prepend([_stashed[0]]);
        _stashed.RemoveAt(0);
    }

    public void UnstashAll()
    {
        var all = _stashed;
        if (all.Count == 0) return;
        _stashed = [];
        cell.Mailbox.Prepend(all);
    }
}
