using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>
/// The user messages of one mailbox: any thread adds, one at a time takes. Those who add share a chain of chunks behind a spinning
/// guard that is held for a few stores; the one who takes gets the whole chain at once and goes through it alone. An actor that
/// never got a message has no chunk, and a chunk that was gone through is filled again.
/// </summary>
internal struct MessageQueue
{
    private const int SmallestChunk = 4;
    private const int LargestChunk = 1024;
    private const int MaxSpares = 64;
    private const int MostCounted = 100_000;

    // Guarded.
    private int _guard;
    private Chunk? _first;
    private Chunk? _last;
    private Chunk? _spare;
    private int _spares;

    // Of the one who takes.
    private Chunk? _taken;
    private int _next;

    /// <summary>Whether something that was taken over is left. For the taker only.</summary>
    public readonly bool HasTaken => _taken is { } chunk && (_next < chunk.Count || chunk.Next is not null);

    /// <summary>Whether something may have been added that was not taken over yet: a glance, which can miss what is just being added.</summary>
    public readonly bool SeemsToHaveMore => Volatile.Read(in _first) is not null;

    /// <summary>
    /// How many were added and not taken: a glance, for anyone. What the taker is at is read without its guard, so that nobody pays
    /// for being counted: while messages move, the number is one that there has nearly been.
    /// </summary>
    public int Count
    {
        get
        {
            Enter();
            var count = 0;
            for (var chunk = _first; chunk is not null; chunk = chunk.Next) count += chunk.Count;
            Exit();
            var taken = Volatile.Read(ref _taken);
            if (taken is not null) count += Math.Max(0, taken.Count - Volatile.Read(ref _next));

            // A chunk that the taker has done with may be part of another chain by now: whatever it leads to, this ends.
            var most = MostCounted;
            for (var chunk = taken?.Next; chunk is not null && most-- > 0; chunk = chunk.Next) count += chunk.Count;
            return count;
        }
    }

    public void Add(in Envelope envelope)
    {
        Enter();
        var last = _last;
        if (last is null || last.Count == last.Items.Length) last = Extend();
        last.Items[last.Count++] = envelope;
        Exit();
    }

    /// <summary>
    /// Whether something was added that was not taken over yet. It waits for who is adding, so one of two always sees the other: this
    /// call what was added, or who adds what was written before this call.
    /// </summary>
    public bool HasMore()
    {
        Enter();
        var has = _first is not null;
        Exit();
        return has;
    }

    /// <summary>The next message in the order of adding. For the taker only.</summary>
    public bool TryTake(out Envelope envelope)
    {
        if (_taken is not { } chunk || _next == chunk.Count)
        {
            if (!MoveOn())
            {
                envelope = default;
                return false;
            }

            chunk = _taken!;
        }

        ref var item = ref chunk.Items[_next++];
        envelope = item;
        item = default;
        return true;
    }

    /// <summary>Hands over all that was added and not taken over; for anyone, after the taker has left.</summary>
    public IEnumerable<Envelope> TakeRest()
    {
        var chunk = Detach();
        return Messages(chunk);
    }

    private static IEnumerable<Envelope> Messages(Chunk? chunk)
    {
        for (; chunk is not null; chunk = chunk.Next)
        {
            for (var i = 0; i < chunk.Count; i++) yield return chunk.Items[i];
        }
    }

    // A chunk is never empty but as a spare: where there is one, there is a message.
    private bool MoveOn()
    {
        if ((_taken?.Next ?? (SeemsToHaveMore ? Detach() : null)) is not { } next) return false;
        var used = _taken;
        _taken = next;
        _next = 0;
        if (used is not null) Recycle(used);
        return true;
    }

    private Chunk? Detach()
    {
        Enter();
        var chain = _first;
        _first = null;
        _last = null;
        Exit();
        return chain;
    }

    // One spare chunk is enough for most; a few of the largest let a long queue go on without allocating.
    private void Recycle(Chunk used)
    {
        var size = used.Items.Length;
        var known = Volatile.Read(ref _spare)?.Items.Length ?? 0;
        if (size < known || (size == known && (size < LargestChunk || Volatile.Read(ref _spares) == MaxSpares))) return;
        used.Count = 0;
        Enter();
        var keepsOthers = _spare is { } spare && spare.Items.Length == size;
        used.Next = keepsOthers ? _spare : null;
        _spares = keepsOthers ? _spares + 1 : 1;
        _spare = used;
        Exit();
    }

    private Chunk Extend()
    {
        var chunk = _spare;
        if (chunk is not null)
        {
            _spare = chunk.Next;
            _spares--;
            chunk.Next = null;
        }
        else
        {
            try
            {
                chunk = new Chunk(_last is null ? SmallestChunk : Math.Min(_last.Items.Length * 4, LargestChunk));
            }
            catch (OutOfMemoryException)
            {
                // The others must not wait for ever.
                Exit();
                throw;
            }
        }

        if (_last is null) _first = chunk;
        else _last.Next = chunk;
        _last = chunk;
        return chunk;
    }

    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _guard, 1, 0) != 0) EnterBehindOthers();
    }

    private void EnterBehindOthers()
    {
        var spin = default(SpinWait);
        do spin.SpinOnce();
        while (Volatile.Read(ref _guard) != 0 || Interlocked.CompareExchange(ref _guard, 1, 0) != 0);
    }

    private void Exit() => Volatile.Write(ref _guard, 0);

    private sealed class Chunk(int capacity)
    {
        public readonly Envelope[] Items = new Envelope[capacity];
        public int Count;
        public Chunk? Next;
    }
}
