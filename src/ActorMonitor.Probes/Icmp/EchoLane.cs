using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// One socket that many exchanges share, with its own id and all of its 65,536 sequence numbers: each number in use leads to
/// the exchange that it belongs to. Owned by the engine and used by its thread only.
/// </summary>
internal sealed class EchoLane : IDisposable
{
    /// <summary>How many packets go out in one call.</summary>
    public const int BatchPackets = 32;

    // A twelfth of the numbers stays free, so that a free one is soon found and one that was used is not used again at once.
    private const int MaxReserved = 60_000;

    // Room for the answers that come while the process is stopped, as far as this process may have it.
    private const int ReceiveBufferBytes = 8 * 1024 * 1024;

    private readonly LinuxSocket _socket;
    private readonly (EchoFlight? Flight, int Ordinal)[] _numbers = new (EchoFlight?, int)[ushort.MaxValue + 1];
    private readonly PacketBatch _batch = new(BatchPackets, EchoHeader.Bytes, PacketOptions.MaxBytes);
    private readonly (EchoFlight Flight, int Ordinal)[] _pending = new (EchoFlight, int)[BatchPackets];
    private int _next = RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    private EchoLane(LinuxSocket owned, bool dontFragment, IPAddress? source)
    {
        var socket = owned.Socket;
        _socket = owned;
        DontFragment = dontFragment;
        Source = source;
        Family = socket.AddressFamily;
        IsRaw = socket.SocketType == SocketType.Raw;
        // On a datagram socket the kernel puts its own id in, and delivers only the replies that have it.
        Id = IsRaw ? (ushort)RandomNumberGenerator.GetInt32(1, ushort.MaxValue + 1) : (ushort)0;
        Descriptor = (int)socket.Handle;
    }

    public AddressFamily Family { get; }

    public bool DontFragment { get; }

    /// <summary>The address that the socket is bound to; null when each packet may have its own.</summary>
    public IPAddress? Source { get; }

    public bool IsRaw { get; }

    public ushort Id { get; }

    public int Descriptor { get; }

    /// <summary>Numbers promised to the exchanges under way.</summary>
    public int Reserved { get; private set; }

    /// <summary>Numbers in use.</summary>
    public int Used { get; private set; }

    /// <summary>Datagrams that the kernel dropped because nobody read fast enough.</summary>
    public uint Dropped { get; set; }

    /// <summary>How many packets wait for <see cref="Send"/>.</summary>
    public int Pending { get; private set; }

    /// <summary>Takes a socket over, for a plan and all that are of its kind.</summary>
    public static EchoLane Over(Socket socket, EchoPlan plan, TimeProvider time)
    {
        try
        {
            var source = TakesSourceOfPacket(socket.AddressFamily, socket.SocketType == SocketType.Raw) ? null : plan.Source;
            if (source is not null)
                Bind(socket, source);
            var isRaw = socket.SocketType == SocketType.Raw;
            // A raw socket gets the errors as packets.
            var linux = new LinuxSocket(socket, time, hasErrorQueue: !isRaw);
            if (isRaw)
                IcmpTypeFilter.Apply(socket);
            linux.SetFragmentation(forbid: plan.DontFragment);
            linux.SetOption(LinuxNative.SolSocket, LinuxNative.DropCounter, 1);
            Widen(linux);
            return new EchoLane(linux, plan.DontFragment, source);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether the socket is of the kind that a plan needs.</summary>
    public bool Suits(EchoPlan plan)
        => Family == plan.Target.AddressFamily && DontFragment == plan.DontFragment && (TakesSourceOfPacket(Family, IsRaw) || Equals(Source, plan.Source));

    /// <summary>Promises numbers; false when there are not so many left.</summary>
    public bool TryReserve(int count)
    {
        if (Reserved + count > MaxReserved)
            return false;
        Reserved += count;
        return true;
    }

    /// <summary>Gives an echo a free number.</summary>
    public ushort Take(EchoFlight flight, int ordinal)
    {
        while (_numbers[_next].Flight is not null)
            _next = (_next + 1) & ushort.MaxValue;
        var number = (ushort)_next;
        _next = (_next + 1) & ushort.MaxValue;
        _numbers[number] = (flight, ordinal);
        Used++;
        return number;
    }

    /// <summary>The echo that has a number; null when none has.</summary>
    public (EchoFlight? Flight, int Ordinal) Find(ushort number) => _numbers[number];

    /// <summary>Frees a number.</summary>
    public void Free(ushort number)
    {
        if (_numbers[number].Flight is null)
            return;
        _numbers[number] = default;
        Used--;
    }

    /// <summary>Frees all that an exchange has.</summary>
    public void Release(EchoFlight flight)
    {
        for (var i = 0; i < flight.Next; i++)
        {
            var number = flight.Log.Echoes[i].Sequence;
            if (ReferenceEquals(_numbers[number].Flight, flight))
                Free(number);
        }

        Reserved -= flight.Plan.Count;
    }

    /// <summary>Puts an echo, whose number is known, behind those to send.</summary>
    public void Prepare(EchoFlight flight, int ordinal)
    {
        var at = Pending++;
        _pending[at] = (flight, ordinal);
        EchoHeader.Write(_batch.Data(at), Family, Id, flight.Log.Echoes[ordinal].Sequence, flight.Token, flight.Checksum);
        var nameBytes = WriteName(_batch.Name(at), flight);
        var controlBytes = flight.Plan.HasPacketOptions ? PacketOptions.Write(_batch.Control(at), flight.Plan) : 0;
        _batch.Compose(at, nameBytes, controlBytes, EchoHeader.FillingAddress, flight.Plan.Size - EchoPayload.MinimumBytes);
    }

    /// <summary>The echo that waits at a place.</summary>
    public (EchoFlight Flight, int Ordinal) PendingAt(int index) => _pending[index];

    /// <summary>Sends some of what waits from a place on; returns how many left, or minus the errno of the first.</summary>
    public int Send(int first, int atMost) => _batch.Send(Descriptor, first, Math.Min(atMost, Pending - first));

    /// <summary>Forgets what waited.</summary>
    public void ClearPending()
    {
        Array.Clear(_pending, 0, Pending);
        Pending = 0;
    }

    /// <summary>Whether an address, as the kernel writes it, is the one that an exchange asks.</summary>
    public static bool IsFrom(EchoFlight flight, ReadOnlySpan<byte> name)
    {
        if (flight.AnswersFromAnywhere)
            return true;
        return flight.Family == AddressFamily.InterNetwork
            ? name.Length >= 8 && name[4..8].SequenceEqual(flight.Address)
            : name.Length >= 24 && name[8..24].SequenceEqual(flight.Address);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // ping_v6_sendmsg checks the source in a control message and then takes the socket's own all the same.
    private static bool TakesSourceOfPacket(AddressFamily family, bool isRaw) => isRaw || family == AddressFamily.InterNetwork;

    private static void Bind(Socket socket, IPAddress source)
    {
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.InvalidArgument)
        {
            throw new TargetException(Outcome.Unknown, Cause.BadSettings, $"source = {source}: this monitor has no such address");
        }
    }

    // struct sockaddr_in and sockaddr_in6; the port and the flow are zero.
    private static int WriteName(Span<byte> name, EchoFlight flight)
    {
        name.Clear();
        if (flight.Family == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(name, (ushort)LinuxNative.FamilyInet);
            flight.Address.CopyTo(name[4..]);
            return 16;
        }

        MemoryMarshal.Write(name, (ushort)LinuxNative.FamilyInet6);
        flight.Address.CopyTo(name[8..]);
        MemoryMarshal.Write(name[24..], (uint)flight.Plan.Target.ScopeId);
        return PacketBatch.NameBytes;
    }

    private static void Widen(LinuxSocket socket)
    {
        try
        {
            socket.SetOption(LinuxNative.SolSocket, LinuxNative.ReceiveBufferForce, ReceiveBufferBytes);
        }
        catch (SocketException)
        {
            // Without CAP_NET_ADMIN the kernel cuts it to net.core.rmem_max.
            socket.SetOption(LinuxNative.SolSocket, LinuxNative.ReceiveBuffer, ReceiveBufferBytes);
        }
    }
}
