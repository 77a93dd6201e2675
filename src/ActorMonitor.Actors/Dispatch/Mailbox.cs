using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// The queue of one actor and its turn on the thread pool. Any thread posts; at most one runs it at a time.
/// Who posts adds its message and then looks whether the mailbox is scheduled; the end of a run takes that back and then looks for
/// messages behind the queue's guard, so that one of them sees the other and no wake-up is lost. After <see cref="Close"/>
/// whoever finds a message passes it to the dead letters.
/// </summary>
internal sealed class Mailbox(ActorCell cell, int throughput, MailboxBound? bound) : IThreadPoolWorkItem
{
    private const int Scheduled = 1;
    private const int Closed = 2;
    private const int SuspendUnit = 4;

    private MessageQueue _messages;
    private SystemNode? _systemMessages;

    // What comes before all others; the last of it is the first to come.
    private List<Envelope>? _front;

    // A mailbox is born scheduled: nobody can run it before Start queues it.
    private int _status = Scheduled;

    /// <summary>How many holds there are on user messages. Only the running actor changes it.</summary>
    public int SuspendCount => Volatile.Read(ref _status) / SuspendUnit;

    /// <summary>How many user messages wait: a glance, for anyone.</summary>
    public int NumberOfMessages => _messages.Count + (_front?.Count ?? 0);

    public bool IsClosed => (Volatile.Read(ref _status) & Closed) != 0;

    public void Post(in Envelope envelope)
    {
        if (IsClosed)
        {
            cell.DeadLetter(envelope);
            return;
        }

        if (bound is not null && !bound.TryEnter())
        {
            cell.DeadLetter(envelope);
            return;
        }

        _messages.Add(envelope);
        if (Volatile.Read(ref _status) != Scheduled) Schedule(forSystemMessage: false);
    }

    public void PostSystem(ISystemMessage message)
    {
        var node = new SystemNode(message);
        var head = Volatile.Read(ref _systemMessages);
        while (true)
        {
            node.Next = head;
            var seen = Interlocked.CompareExchange(ref _systemMessages, node, head);
            if (ReferenceEquals(seen, head)) break;
            head = seen;
        }

        Schedule(forSystemMessage: true);
    }

    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Suspend() => Interlocked.Add(ref _status, SuspendUnit);

    public void Resume()
    {
        if (SuspendCount > 0) Interlocked.Add(ref _status, -SuspendUnit);
    }

    /// <summary>Puts messages before all others, in their order and beyond any bound. Only the running actor calls it.</summary>
    public void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        _front ??= new List<Envelope>(envelopes.Count);
        for (var i = envelopes.Count - 1; i >= 0; i--) _front.Add(envelopes[i]);
    }

    /// <summary>Takes no more messages. Only the running actor calls it, as its last deed.</summary>
    public void Close()
    {
        Interlocked.Or(ref _status, Closed);
        while (TryTake(out var envelope)) cell.DeadLetter(envelope);
        Drain();
    }

    void IThreadPoolWorkItem.Execute()
    {
        var previous = ActorCell.Current;
        ActorCell.Current = cell;
        try
        {
            RunSystemMessages();
            for (var left = throughput; left > 0 && Volatile.Read(ref _status) == Scheduled && TryTake(out var envelope); left--)
            {
                cell.Invoke(envelope);
                if (Volatile.Read(ref _systemMessages) is not null) RunSystemMessages();
            }
        }
        finally
        {
            ActorCell.Current = previous;
            EndTurn();
        }
    }

    private void EndTurn()
    {
        var hasMine = _front is { Count: > 0 } || _messages.HasTaken;
        if (Volatile.Read(ref _status) == Scheduled && (hasMine || _messages.SeemsToHaveMore))
        {
            // It stays scheduled and goes behind all who wait.
            Start();
            return;
        }

        // From here on another run may have begun: what is the runner's was looked at before.
        Interlocked.And(ref _status, ~Scheduled);
        if (Volatile.Read(ref _systemMessages) is not null) Schedule(forSystemMessage: true);
        else if (hasMine || _messages.HasMore()) Schedule(forSystemMessage: false);
    }

    private void Schedule(bool forSystemMessage)
    {
        var status = Volatile.Read(ref _status);
        while (true)
        {
            if ((status & Closed) != 0)
            {
                Drain();
                return;
            }

            if ((status & Scheduled) != 0) return;
            if (status >= SuspendUnit && !forSystemMessage) return;
            var seen = Interlocked.CompareExchange(ref _status, status | Scheduled, status);
            if (seen == status) break;
            status = seen;
        }

        Start();
    }

    private void RunSystemMessages()
    {
        while (!IsClosed && TakeSystemMessages() is { } node)
        {
            for (; node is not null; node = node.Next)
            {
                if (IsClosed) cell.DeadSystemMessage(node.Message);
                else cell.SystemInvoke(node.Message);
            }
        }
    }

    private bool TryTake(out Envelope envelope)
    {
        if (_front is not { Count: > 0 } front)
        {
            if (!_messages.TryTake(out envelope)) return false;
            bound?.Leave();
            return true;
        }

        envelope = front[^1];
        front.RemoveAt(front.Count - 1);
        return true;
    }

    // The newest system message is the head of the list: turned round, they are in the order of their posting.
    private SystemNode? TakeSystemMessages()
    {
        var newest = Interlocked.Exchange(ref _systemMessages, null);
        SystemNode? oldest = null;
        while (newest is not null)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }

    private void Drain()
    {
        for (var node = TakeSystemMessages(); node is not null; node = node.Next) cell.DeadSystemMessage(node.Message);
        foreach (var envelope in _messages.TakeRest())
        {
            bound?.Leave();
            cell.DeadLetter(envelope);
        }
    }

    private sealed class SystemNode(ISystemMessage message)
    {
        public readonly ISystemMessage Message = message;
        public SystemNode? Next;
    }
}
