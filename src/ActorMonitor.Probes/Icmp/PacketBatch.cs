using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Memory for many packets at a time, laid out for sendmmsg and recvmmsg and never moved. Used from one thread.</summary>
internal sealed unsafe class PacketBatch
{
    /// <summary>The room for an address: a struct sockaddr_in6.</summary>
    public const int NameBytes = 28;

    private readonly byte[] _data;
    private readonly byte[] _names;
    private readonly byte[] _controls;
    private readonly LinuxNative.IoVector[] _vectors;
    private readonly LinuxNative.MessageSlot[] _slots;
    private readonly int _dataBytes;
    private readonly int _controlBytes;
    private readonly LinuxNative.MessageSlot* _first;
    private int _used;

    /// <summary>Takes memory.</summary>
    /// <param name="packets">For how many packets.</param>
    /// <param name="dataBytes">The bytes of each.</param>
    /// <param name="controlBytes">The bytes of the control messages of each; a multiple of eight.</param>
    public PacketBatch(int packets, int dataBytes, int controlBytes)
    {
        (Capacity, _dataBytes, _controlBytes) = (packets, dataBytes, controlBytes);
        _data = GC.AllocateUninitializedArray<byte>(packets * dataBytes, pinned: true);
        _names = GC.AllocateArray<byte>(packets * NameBytes, pinned: true);
        _controls = GC.AllocateArray<byte>(packets * controlBytes, pinned: true);
        // A packet to send is its own bytes and those that are the same for all.
        _vectors = GC.AllocateArray<LinuxNative.IoVector>(packets * 2, pinned: true);
        _slots = GC.AllocateArray<LinuxNative.MessageSlot>(packets, pinned: true);
        _first = (LinuxNative.MessageSlot*)Marshal.UnsafeAddrOfPinnedArrayElement(_slots, 0);
        _used = packets;
        for (var i = 0; i < packets; i++)
        {
            _vectors[2 * i] = new LinuxNative.IoVector { Base = Marshal.UnsafeAddrOfPinnedArrayElement(_data, i * dataBytes), Length = (nuint)dataBytes };
            _slots[i].Header.Vectors = Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, 2 * i);
            _slots[i].Header.VectorCount = 1;
            _slots[i].Header.Name = Marshal.UnsafeAddrOfPinnedArrayElement(_names, i * NameBytes);
        }
    }

    /// <summary>How many packets there is room for.</summary>
    public int Capacity { get; }

    /// <summary>The own bytes of a packet to send.</summary>
    public Span<byte> Data(int index) => _data.AsSpan(index * _dataBytes, _dataBytes);

    /// <summary>The address of a packet to send.</summary>
    public Span<byte> Name(int index) => _names.AsSpan(index * NameBytes, NameBytes);

    /// <summary>The control messages of a packet to send.</summary>
    public Span<byte> Control(int index) => _controls.AsSpan(index * _controlBytes, _controlBytes);

    /// <summary>Says how much of a packet's memory is to be sent, and what follows it.</summary>
    public void Compose(int index, int nameBytes, int controlBytes, nint filling, int fillingBytes)
    {
        ref var header = ref _slots[index].Header;
        header.NameLength = (uint)nameBytes;
        header.Control = controlBytes == 0 ? 0 : Marshal.UnsafeAddrOfPinnedArrayElement(_controls, index * _controlBytes);
        header.ControlLength = (nuint)controlBytes;
        header.VectorCount = fillingBytes == 0 ? 1u : 2u;
        _vectors[(2 * index) + 1] = new LinuxNative.IoVector { Base = filling, Length = (nuint)fillingBytes };
    }

    /// <summary>Sends some of the packets in order; returns how many left, or minus the errno of the first.</summary>
    public int Send(int socket, int first, int count) => LinuxNative.SendBatch(socket, _first + first, count);

    /// <summary>Reads packets that are there; returns how many, or minus the errno.</summary>
    public int Receive(int socket, bool errorQueue)
    {
        // The kernel overwrote what it used last time.
        for (var i = 0; i < _used; i++)
        {
            ref var header = ref _slots[i].Header;
            header.NameLength = NameBytes;
            header.Control = Marshal.UnsafeAddrOfPinnedArrayElement(_controls, i * _controlBytes);
            header.ControlLength = (nuint)_controlBytes;
            header.Flags = 0;
        }

        var received = LinuxNative.ReceiveBatch(socket, errorQueue, _first, Capacity);
        _used = Math.Max(received, 0);
        return received;
    }

    /// <summary>What was read, and whether it was longer than the memory for it.</summary>
    public ReadOnlySpan<byte> Received(int index, out bool isTruncated)
    {
        isTruncated = (_slots[index].Header.Flags & LinuxNative.MsgTrunc) != 0;
        return Data(index)[..(int)Math.Min(_slots[index].Length, (uint)_dataBytes)];
    }

    /// <summary>The address that came with what was read.</summary>
    public ReadOnlySpan<byte> ReceivedName(int index) => Name(index)[..(int)Math.Min(_slots[index].Header.NameLength, NameBytes)];

    /// <summary>The control messages that came with what was read.</summary>
    public ReadOnlySpan<byte> ReceivedControl(int index) => Control(index)[..(int)Math.Min(_slots[index].Header.ControlLength, (nuint)_controlBytes)];
}
