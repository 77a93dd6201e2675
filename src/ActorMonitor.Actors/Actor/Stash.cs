namespace Akka.Actor;

/// <summary>An actor with a stash, as large as the <c>stash-capacity</c> of its mailbox allows.</summary>
public interface IWithStash
{
    /// <summary>The stash; set by the machinery after the constructor.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor with a stash without bounds, whatever its mailbox says.</summary>
public interface IWithUnboundedStash : IWithStash;

/// <summary>Messages set aside for later.</summary>
public interface IStash
{
    /// <summary>Sets the current message aside; a <see cref="StashOverflowException"/> when the stash is full.</summary>
    void Stash();

    /// <summary>Puts the oldest message back, before all that wait in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages back in their order, before all that wait in the mailbox.</summary>
    void UnstashAll();
}

/// <summary>The stash of an actor; its instances hand it on from one to the next. A capacity of zero or less is none.</summary>
internal sealed class ActorStash(ActorCell cell, int capacity) : IStash
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
        if (capacity > 0 && _stashed.Count >= capacity)
        {
            throw new StashOverflowException($"The stash of {cell.Self} holds {capacity} messages already: {cell.CurrentMessage} finds no place.");
        }

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
