using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// One UDP socket of Linux that many questions share. Answers are matched by sender, id and question; ICMP errors come
/// through the socket's error queue, each with the query that it is about. It waits without a thread, reads in batches,
/// and hands the last answer of a batch over on the thread that read it, once it listens again.
/// </summary>
internal sealed class DnsSocket : IDisposable
{
    private const int ReceiveBufferBytes = 1 << 20;
    private const int MaxSendAttempts = 4;

    // A flood must not hold a thread of the pool: after so many batches others get their turn.
    private const int BatchesPerTurn = 64;

    private const int RememberedIds = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, DnsAsk> _asks = [];
    private readonly Dictionary<ServerKey, Peer> _peers = [];
    private readonly ushort[] _lateIds = new ushort[RememberedIds];
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly ConcurrentBag<DnsNative.Batch> _batches;
    private readonly SocketAsyncEventArgs _peek = new(true);
    private readonly Action<DnsSocket> _ended;
    private int _nextLateId;
    private bool _isRetired;
    private bool _isDisposed;

    private DnsSocket(Socket socket, TimeProvider time, ConcurrentBag<DnsNative.Batch> batches, Action<DnsSocket> ended)
        => (_socket, _time, _batches, _ended, OpenedAt) = (socket, time, batches, ended, time.GetTimestamp());

    /// <summary>When it was opened, as a timestamp of the clock.</summary>
    internal long OpenedAt { get; }

    /// <summary>How many questions it has taken.</summary>
    internal int Uses { get; private set; }

    internal int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Opens one at a port of the kernel's choice, which is random (RFC 6056 section 3.3.2), and listens.</summary>
    /// <param name="family">The address family.</param>
    /// <param name="time">The clock.</param>
    /// <param name="batches">Where room for received datagrams is lent from.</param>
    /// <param name="ended">Called when it was retired and has no more questions.</param>
    /// <exception cref="SocketException">The system does not give one, or one without an error queue.</exception>
    internal static DnsSocket Open(AddressFamily family, TimeProvider time, ConcurrentBag<DnsNative.Batch> batches, Action<DnsSocket> ended)
    {
        var isV4 = family == AddressFamily.InterNetwork;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Blocking = false;
            socket.ReceiveBufferSize = ReceiveBufferBytes;
            socket.SetRawSocketOption(LinuxNative.SolSocket, LinuxNative.TimestampNs, BitConverter.GetBytes(1));
            socket.SetRawSocketOption(
                isV4 ? LinuxNative.SolIp : LinuxNative.SolIpv6, isV4 ? LinuxNative.IpRecvErr : LinuxNative.Ipv6RecvErr, BitConverter.GetBytes(1));
            if (!isV4)
                socket.DualMode = false;
            socket.Bind(new IPEndPoint(isV4 ? IPAddress.Any : IPAddress.IPv6Any, 0));
            var opened = new DnsSocket(socket, time, batches, ended);
            opened._peek.SetBuffer(new byte[1]);
            opened._peek.Completed += (_, _) => opened.OnReadable();
            if (!opened.Listen())
                ThreadPool.UnsafeQueueUserWorkItem(static self => self.OnReadable(), opened, preferLocal: false);
            return opened;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a question and gives it an id that none of its others has; false when it is retired or has no id left to give.</summary>
    internal bool TryAdd(DnsAsk ask, RandomBits random)
    {
        lock (_gate)
        {
            // At half of all ids it takes two draws.
            if (_isRetired || _asks.Count > ushort.MaxValue / 2)
                return false;
            do
                ask.Id = random.Next16();
            while (!_asks.TryAdd(ask.Id, ask));
            if (!_peers.TryGetValue(ask.Key, out var peer))
                _peers.Add(ask.Key, peer = new Peer());
            peer.Asks++;
            (ask.Peer, ask.StrangersBefore) = (peer, peer.Strangers);
            Uses++;
            return true;
        }
    }

    /// <summary>Lets a question go; its id is free again.</summary>
    internal void Remove(DnsAsk ask)
    {
        bool isLast;
        lock (_gate)
        {
            if (!_asks.TryGetValue(ask.Id, out var held) || held != ask)
                return;
            _asks.Remove(ask.Id);
            if (--ask.Peer!.Asks == 0)
                _peers.Remove(ask.Key);
            _lateIds[_nextLateId++ % RememberedIds] = ask.Id;
            isLast = _isRetired && _asks.Count == 0;
        }

        if (isLast)
            _ended(this);
    }

    /// <summary>Takes no more questions; those under way go on.</summary>
    internal void Retire()
    {
        bool isLast;
        lock (_gate)
        {
            isLast = !_isRetired && _asks.Count == 0;
            _isRetired = true;
        }

        if (isLast)
            _ended(this);
    }

    /// <summary>Sends a question's query without waiting; false when this host has no room for it at the moment.</summary>
    /// <exception cref="SocketException">This host cannot send it.</exception>
    internal bool TrySend(DnsAsk ask)
    {
        Span<byte> address = stackalloc byte[ServerKey.MaxSocketAddressLength];
        address = address[..ServerKey.Write(ask.Server, address)];
        for (var attempt = 1; ; attempt++)
        {
            ask.NoteSent(_time.GetTimestamp());
            var errno = DnsNative.Send(_socket.SafeHandle, ask.Query, address);
            if (errno == 0)
                return true;

            // An ICMP error about an earlier query fails the next call of whatever kind. It is taken off the queue, and
            // this query sent again. An error of our own host leaves nothing there.
            ask.NoteNotSent();
            if (errno == DnsNative.Eagain)
                return false;
            if (attempt == MaxSendAttempts || TakeErrors() == 0)
                throw new SocketException((int)DnsNative.ErrorOf(errno));
        }
    }

    /// <summary>Sends a question's query as soon as there is room for it.</summary>
    internal async ValueTask SendAsync(DnsAsk ask, CancellationToken cancellationToken)
    {
        ask.NoteSent(_time.GetTimestamp());
        await _socket.SendToAsync(ask.Query, SocketFlags.None, ask.Server, cancellationToken);
    }

    public void Dispose()
    {
        DnsAsk[] left;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = _isRetired = true;
            left = [.. _asks.Values];
        }

        _socket.Dispose();
        _peek.Dispose();
        foreach (var ask in left)
            ask.Fail(new SocketException((int)SocketError.OperationAborted));
    }

    // A receive that peeks completes for a datagram, which it leaves there, and for an error of the queue, which it reports
    // without an exception. True when it waits, false when there is something already.
    private bool Listen()
    {
        try
        {
            // Each completion overwrites the flags with those received.
            _peek.SocketFlags = SocketFlags.Peek;
            return _socket.ReceiveAsync(_peek);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private void OnReadable()
    {
        DnsAsk? held = null;
        DnsDatagram answer = default;
        var batch = _batches.TryTake(out var lent) ? lent : new DnsNative.Batch();
        var turn = 0;
        bool listens;
        try
        {
            do
                Read(batch, ref held, ref answer);
            while (!(listens = _isDisposed || Listen()) && ++turn < BatchesPerTurn);
        }
        catch (ObjectDisposedException)
        {
            listens = true;
        }
        finally
        {
            _batches.Add(batch);
        }

        if (!listens)
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.OnReadable(), this, preferLocal: false);
        held?.Complete(answer, inline: listens);
    }

    private void Read(DnsNative.Batch batch, ref DnsAsk? held, ref DnsDatagram answer)
    {
        // A pending error fails one read, mostly the one that peeks; what it was about is in the queue.
        var errno = batch.Receive(_socket.SafeHandle);
        if (_peek.SocketError != SocketError.Success || errno is not (0 or DnsNative.Eagain))
            TakeErrors();
        if (batch.Count == 0)
            return;

        var now = _time.GetTimestamp();
        for (var i = 0; i < batch.Count; i++)
        {
            if (!ServerKey.TryRead(batch.From(i), out var sender) || Claim(batch.Data(i), sender) is not { } ask)
                continue;
            held?.Complete(answer, inline: false);
            held = ask;
            answer = Datagram(ask, batch.Data(i), batch.IsCut(i), batch.Control(i), now);
        }
    }

    private DnsDatagram Datagram(DnsAsk ask, ReadOnlySpan<byte> message, bool isCut, ReadOnlySpan<byte> control, long now)
    {
        // The kernel's stamp leaves out the time until we came to read. One of a clock that stepped in between is nonsense.
        var age = ControlMessages.Parse(control).ReceivedAt is { } stamp ? _time.GetUtcNow() - stamp : TimeSpan.Zero;
        var isKernelTime = age > TimeSpan.Zero && age < TimeSpan.FromSeconds(1);
        var arrivedAt = isKernelTime ? Math.Max(ask.SentAt, now - (long)(age.TotalSeconds * _time.TimestampFrequency)) : now;
        var isOversize = isCut || message.Length > ask.Largest;
        return new DnsDatagram(message[..Math.Min(message.Length, ask.Largest)].ToArray(), isOversize, arrivedAt, isKernelTime);
    }

    /// <summary>The question that a datagram answers, claimed; null when there is none, which is counted with those that it could have been for.</summary>
    private DnsAsk? Claim(ReadOnlySpan<byte> message, ServerKey sender)
    {
        lock (_gate)
        {
            var id = message.Length >= 2 ? DnsText.UInt16(message, 0) : (ushort)0;
            if (message.Length >= DnsMessage.HeaderLength && _asks.TryGetValue(id, out var ask) && ask.IsAnsweredBy(message))
            {
                if (ask.Key == sender)
                    return ask.TryFinish() ? ask : null;
                ask.NoteIgnored(sender.ToEndPoint());
            }
            else if (_peers.TryGetValue(sender, out var peer) && !IsLate(id))
            {
                peer.Strangers++;
            }

            return null;
        }
    }

    // An answer to a question that is over: to its second sending, or after its timeout.
    private bool IsLate(ushort id) => _lateIds.AsSpan(0, Math.Min(_nextLateId, RememberedIds)).Contains(id) && !_asks.ContainsKey(id);

    private int TakeErrors()
    {
        Span<byte> memory = stackalloc byte[1024 + 64 + 256];
        for (var taken = 0; ; taken++)
        {
            Span<byte> data = memory[..1024], name = memory.Slice(1024, 64), control = memory[1088..];
            if (taken == 256 || LinuxNative.Receive(_socket.SafeHandle, errorQueue: true, ref data, ref name, ref control, out _) != 0)
                return taken;
            if (ControlMessages.Parse(control).Error is { Origin: ErrorOrigin.Icmp or ErrorOrigin.Icmpv6 } error && ServerKey.TryRead(name, out var server))
                Blame(server, data, error);
        }
    }

    // RFC 792: the message quotes at least the UDP header, hence the server; routers of today (RFC 1812 section 4.3.2.3)
    // quote the query too, hence its id.
    private void Blame(ServerKey server, ReadOnlySpan<byte> query, ExtendedError error)
    {
        List<DnsAsk> about;
        lock (_gate)
        {
            if (query.Length < 2)
                about = [.. _asks.Values.Where(ask => ask.Key == server)];
            else if (_asks.TryGetValue(DnsText.UInt16(query, 0), out var ask) && ask.Key == server)
                about = [ask];
            else
                return;
        }

        foreach (var ask in about)
            ask.Fail(Failure(ask.Server, error));
    }

    private static Exception Failure(IPEndPoint server, ExtendedError error)
    {
        var isV4 = error.Origin == ErrorOrigin.Icmp;
        if ((isV4, error.Type, error.Code) is (true, 3, 3) or (false, 1, 4))
            return new SocketException((int)SocketError.ConnectionRefused);
        var cause = (isV4, error.Type, error.Code) switch
        {
            (true, 3, 0) or (false, 1, 0) => Cause.NetworkUnreachable,
            (true, 3, 1) or (false, 1, 3) => Cause.HostUnreachable,
            (true, 3, 4) or (false, 2, _) => Cause.PacketTooBig,
            (true, 11, _) or (false, 3, _) => Cause.TtlExceeded,
            _ => Cause.IcmpUnreachable,
        };
        var from = error.Offender is null ? "" : $" from {error.Offender}";
        return new TargetException(Outcome.Down, cause, $"{server}: ICMP {IcmpText.Describe(server.AddressFamily, error.Type, error.Code)}{from}");
    }

    /// <summary>A server that questions of this socket are open to.</summary>
    internal sealed class Peer
    {
        internal int Asks;
        internal int Strangers;
    }
}
