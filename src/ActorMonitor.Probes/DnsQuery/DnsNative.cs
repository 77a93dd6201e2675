using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>Sends and receives of Linux that report an error as a number, not an exception, and read many datagrams at a time.</summary>
internal static unsafe partial class DnsNative
{
    // From asm-generic/errno(-base).h.
    internal const int Eperm = 1;
    internal const int Eintr = 4;
    internal const int Eagain = 11;
    internal const int Eacces = 13;
    internal const int Emsgsize = 90;
    internal const int Eafnosupport = 97;
    internal const int Eaddrnotavail = 99;
    internal const int Enetdown = 100;
    internal const int Enetunreach = 101;
    internal const int Enobufs = 105;
    internal const int Econnrefused = 111;
    internal const int Ehostdown = 112;
    internal const int Ehostunreach = 113;

    private const int DontWait = 0x40;
    private const int Truncated = 0x20;

    /// <summary>Sends one datagram without waiting. Returns 0 or the errno.</summary>
    internal static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> socketAddress)
    {
        fixed (byte* data = datagram, address = socketAddress)
        {
            nint sent;
            do
                sent = SendTo(socket, data, (nuint)datagram.Length, DontWait, address, (uint)socketAddress.Length);
            while (sent < 0 && Marshal.GetLastPInvokeError() == Eintr);
            return sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>What an errno of a send says.</summary>
    internal static SocketError ErrorOf(int errno) => errno switch
    {
        Eperm or Eacces => SocketError.AccessDenied,
        Emsgsize => SocketError.MessageSize,
        Eafnosupport => SocketError.AddressFamilyNotSupported,
        Eaddrnotavail => SocketError.AddressNotAvailable,
        Enetdown => SocketError.NetworkDown,
        Enetunreach => SocketError.NetworkUnreachable,
        Eagain or Enobufs => SocketError.NoBufferSpaceAvailable,
        Econnrefused => SocketError.ConnectionRefused,
        Ehostdown => SocketError.HostDown,
        Ehostunreach => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeSocketHandle socket, byte* data, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMany(SafeSocketHandle socket, BatchedHeader* headers, uint count, int flags, nint timeout);

    /// <summary>Room for a batch of datagrams, used by one thread at a time.</summary>
    internal sealed class Batch
    {
        internal const int Size = 16;

        /// <summary>The longest datagram that is read whole.</summary>
        internal const int DataLength = 4096;

        private const int NameLength = 32;
        private const int ControlLength = 128;
        private const int HeaderLength = 64;
        private const int VectorLength = 16;

        private readonly byte[] _memory = GC.AllocateArray<byte>(Size * (DataLength + NameLength + ControlLength + HeaderLength + VectorLength), pinned: true);
        private readonly BatchedHeader* _headers;
        private readonly byte* _data;

        internal Batch()
        {
            // Headers and vectors come first: they must be aligned as the array is.
            var start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
            _headers = (BatchedHeader*)start;
            var vectors = (IoVector*)(start + (Size * sizeof(BatchedHeader)));
            var names = (byte*)(vectors + Size);
            var controls = names + (Size * NameLength);
            _data = controls + (Size * ControlLength);
            for (var i = 0; i < Size; i++)
            {
                vectors[i] = new IoVector { Base = _data + (i * DataLength), Length = DataLength };
                _headers[i].Message.Name = names + (i * NameLength);
                _headers[i].Message.Vectors = vectors + i;
                _headers[i].Message.VectorCount = 1;
                _headers[i].Message.Control = controls + (i * ControlLength);
            }
        }

        /// <summary>How many datagrams there are.</summary>
        internal int Count { get; private set; }

        /// <summary>Reads what is there, without waiting. Returns 0 or the errno.</summary>
        internal int Receive(SafeSocketHandle socket)
        {
            for (var i = 0; i < Size; i++)
            {
                _headers[i].Message.NameLength = NameLength;
                _headers[i].Message.ControlLength = ControlLength;
                _headers[i].Message.Flags = 0;
            }

            int count;
            do
                count = ReceiveMany(socket, _headers, Size, DontWait, 0);
            while (count < 0 && Marshal.GetLastPInvokeError() == Eintr);
            Count = Math.Max(0, count);
            return count < 0 ? Marshal.GetLastPInvokeError() : 0;
        }

        internal ReadOnlySpan<byte> Data(int i) => new(_data + (i * DataLength), (int)Math.Min(_headers[i].Length, DataLength));

        internal bool IsCut(int i) => (_headers[i].Message.Flags & Truncated) != 0;

        internal ReadOnlySpan<byte> From(int i) => new(_headers[i].Message.Name, (int)Math.Min(_headers[i].Message.NameLength, NameLength));

        internal ReadOnlySpan<byte> Control(int i) => new(_headers[i].Message.Control, (int)Math.Min(_headers[i].Message.ControlLength, ControlLength));
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr; at most 64 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct BatchedHeader
    {
        public MessageHeader Message;
        public uint Length;
    }
}
