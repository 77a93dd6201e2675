using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>What became of a message that was to be queued.</summary>
internal enum Enqueued
{
    Queued,
    Full,
    GateClosed,

    /// <summary>The association is no longer in use; the sender looks it up again.</summary>
    Removed,
}

/// <summary>
/// What this system has with one peer: a bounded queue and the links. Messages go out over one link at a time, and
/// over another one only when that has ended, so order holds for each pair of actors. Both sides may connect at the
/// same time; then there are two links, and each side stays with the one that it had first.
/// </summary>
internal sealed class Association(Remoting remoting, Address peer)
{
    private readonly Lock _lock = new();
    private readonly Queue<OutgoingMessage> _queue = new();
    private readonly List<PeerLink> _links = [];
    private PeerLink? _active;
    private long _queuedBytes;
    private long _gateClosedAt;
    private bool _isGateClosed;
    private bool _isDialing;
    private bool _isRemoved;
    private bool _isOverflowLogged;

    public Address Peer { get; } = peer;

    /// <summary>Queues a message, and has a connection made when there is none.</summary>
    public Enqueued TryEnqueue(in OutgoingMessage message)
    {
        var mustDial = false;
        var isFirstOverflow = false;
        var result = Enqueued.Full;
        lock (_lock)
        {
            if (_isRemoved)
                return Enqueued.Removed;

            if (_links.Count == 0 && !_isDialing)
            {
                if (IsGated())
                    return Enqueued.GateClosed;
                mustDial = _isDialing = true;
            }

            if (_queue.Count < remoting.Settings.QueueMessages && _queuedBytes + message.FrameBytes <= remoting.Settings.QueueBytes)
            {
                _queue.Enqueue(message);
                _queuedBytes += message.FrameBytes;
                if (_queue.Count == 1)
                    _active?.Kick();
                result = Enqueued.Queued;
            }
            else
            {
                isFirstOverflow = !_isOverflowLogged;
                _isOverflowLogged = true;
            }
        }

        if (mustDial)
            _ = Task.Run(() => remoting.DialAsync(this));

        if (isFirstOverflow)
            remoting.Log.Warning("The queue for [{0}] is full: until it has drained, messages go to dead letters.", Peer);

        return result;
    }

    /// <summary>Moves queued messages to a batch, if it is this link that they go over.</summary>
    public void Take(PeerLink link, List<OutgoingMessage> batch, int maxBytes)
    {
        lock (_lock)
        {
            if (link != _active)
                return;

            var bytes = 0;
            while (_queue.TryPeek(out var next) && (batch.Count == 0 || bytes + next.FrameBytes <= maxBytes))
            {
                batch.Add(_queue.Dequeue());
                bytes += next.FrameBytes;
            }

            _queuedBytes -= bytes;
            _isOverflowLogged &= _queue.Count > 0;
        }
    }

    /// <summary>
    /// The links that a peer which introduces itself anew has given up: those of an earlier incarnation and, as a peer
    /// makes one connection at a time, the one that it made before.
    /// </summary>
    public IReadOnlyList<PeerLink> Outlived(int uid, bool isInbound)
    {
        lock (_lock)
            return _links.FindAll(link => link.Uid != uid || (isInbound && link.IsInbound));
    }

    /// <summary>Adds an established link; false when the association is no longer in use.</summary>
    public bool TryAttach(PeerLink link)
    {
        lock (_lock)
        {
            if (_isRemoved)
                return false;

            _links.Add(link);
            _active ??= link;
            _isGateClosed = false;
            _isDialing &= link.IsInbound;
            return true;
        }
    }

    /// <summary>Takes an ended link away; what can go nowhere any more is given back and the gate closes.</summary>
    public OutgoingMessage[] Detach(PeerLink link)
    {
        lock (_lock)
        {
            _links.Remove(link);
            if (_active == link)
            {
                _active = _links.Count > 0 ? _links[0] : null;
                _active?.Kick();
            }

            return CloseGateIfAlone();
        }
    }

    /// <summary>A connection could not be made.</summary>
    public OutgoingMessage[] DialFailed()
    {
        lock (_lock)
        {
            _isDialing = false;
            return CloseGateIfAlone();
        }
    }

    /// <summary>What waits for a link.</summary>
    public (int Messages, long Bytes) Queued()
    {
        lock (_lock)
            return (_queue.Count, _queuedBytes);
    }

    /// <summary>The links of now.</summary>
    public PeerLink[] Links()
    {
        lock (_lock)
            return [.. _links];
    }

    /// <summary>Ends the association when nothing is left of it, so that peers that once were do not pile up.</summary>
    public bool TryRemove()
    {
        lock (_lock)
            return _isRemoved = _isRemoved || (_links.Count == 0 && !_isDialing && _queue.Count == 0 && !IsGated());
    }

    private bool IsGated()
    {
        if (_isGateClosed && remoting.Clock.GetElapsedTime(_gateClosedAt) >= remoting.Settings.RetryGateClosedFor)
            _isGateClosed = false;

        return _isGateClosed;
    }

    private OutgoingMessage[] CloseGateIfAlone()
    {
        if (_links.Count > 0 || _isDialing)
            return [];

        _isGateClosed = true;
        _gateClosedAt = remoting.Clock.GetTimestamp();
        OutgoingMessage[] left = [.. _queue];
        _queue.Clear();
        _queuedBytes = 0;
        return left;
    }
}
