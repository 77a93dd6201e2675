using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>An answer as it came.</summary>
/// <param name="Bytes">The message; of one longer than allowed, its beginning.</param>
/// <param name="IsOversize">Whether it is longer than the query allows.</param>
/// <param name="ArrivedAt">When it arrived, as a timestamp of the clock.</param>
/// <param name="IsKernelTime">Whether the kernel noted when it arrived; else we did when we read it.</param>
internal readonly record struct DnsDatagram(byte[] Bytes, bool IsOversize, long ArrivedAt, bool IsKernelTime);

/// <summary>
/// One question to one server over UDP, and what is learned while its answer is waited for. For one use:
/// <see cref="DnsSockets.AskAsync"/> takes it.
/// </summary>
internal sealed class DnsAsk : IValueTaskSource<DnsDatagram>
{
    private readonly int _questionLength;
    private ManualResetValueTaskSourceCore<DnsDatagram> _core;
    private int _finished;
    private int _ignored;
    private int _sent;

    /// <summary>A question.</summary>
    /// <param name="server">Whom to ask.</param>
    /// <param name="query">The query with one question, right after the header; its id is filled in here.</param>
    internal DnsAsk(IPEndPoint server, byte[] query)
    {
        (Server, Key, Query) = (server, ServerKey.Of(server), query);
        var end = DnsMessage.HeaderLength;
        while (query[end] != 0)
            end += 1 + query[end];
        _questionLength = end + 5 - DnsMessage.HeaderLength;
    }

    internal IPEndPoint Server { get; }

    internal ServerKey Key { get; }

    /// <summary>The query as it goes out.</summary>
    internal byte[] Query { get; }

    /// <summary>The longest answer taken, in bytes.</summary>
    internal int Largest { get; init; } = 512;

    /// <summary>
    /// Whether the name goes out with letters of random case, which the answer has to repeat (draft-vixie-dnsext-dns0x20): a
    /// forger has to guess them too.
    /// </summary>
    internal bool ExactCase { get; init; }

    /// <summary>After how long to send the same query once more, from the same port; null for never.</summary>
    internal TimeSpan? SendAgainAfter { get; init; }

    /// <summary>Whether to ask from a socket of its own, connected to the server, which the system alone matches answers for.</summary>
    internal bool OwnSocket { get; init; }

    /// <summary>What an own socket needs before it is connected (an address to send from, a class of service).</summary>
    internal Action<Socket>? Prepare { get; init; }

    /// <summary>The query's id.</summary>
    internal ushort Id
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(Query);
        set => BinaryPrimitives.WriteUInt16BigEndian(Query, value);
    }

    /// <summary>When the query was first sent, as a timestamp of the clock; 0 before.</summary>
    internal long SentAt { get; private set; }

    /// <summary>How often the query was sent.</summary>
    internal int Sent => Volatile.Read(ref _sent);

    /// <summary>How many datagrams came that are no answer: another id, another question, another sender.</summary>
    internal int Ignored => Volatile.Read(ref _ignored) + (Peer is { } peer ? Math.Max(0, peer.Strangers - StrangersBefore) : 0);

    /// <summary>Who else answered with our id and our question; null when nobody did.</summary>
    internal IPEndPoint? OtherSender { get; private set; }

    /// <summary>What the socket counts for the server.</summary>
    internal DnsSocket.Peer? Peer { get; set; }

    /// <summary>What it had counted before this question.</summary>
    internal int StrangersBefore { get; set; }

    internal ValueTask<DnsDatagram> Answer => new(this, _core.Version);

    /// <summary>Gives each letter of the name a random case.</summary>
    internal void MixCase(RandomBits random)
    {
        uint bits = 1;
        foreach (ref var letter in Query.AsSpan(DnsMessage.HeaderLength, _questionLength - 4))
        {
            if (!char.IsAsciiLetter((char)letter))
                continue;
            // A marker bit above sixteen drawn ones tells when they are used up.
            if (bits == 1)
                bits = 0x10000u | random.Next16();
            letter = (byte)((bits & 1) == 0 ? letter | 0x20 : letter & ~0x20);
            bits >>= 1;
        }
    }

    internal bool IsFinished => Volatile.Read(ref _finished) != 0;

    internal void NoteSent(long now)
    {
        if (Interlocked.Increment(ref _sent) == 1)
            SentAt = now;
    }

    internal void NoteNotSent() => Interlocked.Decrement(ref _sent);

    internal void NoteIgnored(IPEndPoint? sender = null)
    {
        Interlocked.Increment(ref _ignored);
        OtherSender ??= sender;
    }

    /// <summary>
    /// Whether a message with our id from our server answers our question (RFC 5452 section 9.1). One cut short within the
    /// question counts: its reader says so. A server that could not read the query may leave the question out.
    /// </summary>
    internal bool IsAnsweredBy(ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsMessage.HeaderLength)
            return false;
        if (DnsText.UInt16(message, 4) == 0)
            return (message[3] & 0xF) is not (DnsCodes.NoError or DnsCodes.NameError);

        var asked = Query.AsSpan(DnsMessage.HeaderLength, _questionLength);
        var told = message[DnsMessage.HeaderLength..];
        if (told.Length > asked.Length)
            told = told[..asked.Length];
        asked = asked[..told.Length];
        if (asked.SequenceEqual(told))
            return true;
        var nameLength = Math.Min(_questionLength - 4, asked.Length);
        return !ExactCase && DnsName.EqualIgnoringCase(asked[..nameLength], told[..nameLength]) && asked[nameLength..].SequenceEqual(told[nameLength..]);
    }

    /// <summary>Claims the right to end the wait; only the first gets it.</summary>
    internal bool TryFinish() => Interlocked.Exchange(ref _finished, 1) == 0;

    /// <summary>Ends the wait, after <see cref="TryFinish"/>.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="inline">Whether the asker goes on on this thread; else on one of the pool.</param>
    internal void Complete(DnsDatagram answer, bool inline)
    {
        _core.RunContinuationsAsynchronously = !inline;
        _core.SetResult(answer);
    }

    /// <summary>Ends the wait with a failure, unless it has ended.</summary>
    internal void Fail(Exception exception)
    {
        if (!TryFinish())
            return;
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(exception);
    }

    DnsDatagram IValueTaskSource<DnsDatagram>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<DnsDatagram>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<DnsDatagram>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
