using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Icmp;

/// <summary>The Linux calls that .NET's Socket does not offer: recvmsg with control messages and the error queue.</summary>
internal static unsafe partial class LinuxNative
{
    // Socket options and control message types, from linux/in.h, linux/in6.h, asm-generic/socket.h and linux/icmp(v6).h.
    public const int SolIp = 0;
    public const int IpTtl = 2;
    public const int IpMtuDiscover = 10;
    public const int IpRecvErr = 11;
    public const int IpRecvTtl = 12;
    public const int PmtuDiscoverDont = 0;
    public const int PmtuDiscoverProbe = 3;
    public const int SolSocket = 1;
    public const int TimestampNs = 35;
    public const int SolIpv6 = 41;
    public const int Ipv6MtuDiscover = 23;
    public const int Ipv6RecvErr = 25;
    public const int Ipv6RecvHopLimit = 51;
    public const int Ipv6HopLimit = 52;
    public const int Ipv6DontFrag = 62;
    public const int SolRaw = 255;
    public const int IcmpFilter = 1;
    public const int SolIcmpv6 = 58;
    public const int Icmpv6Filter = 1;
    public const int FamilyInet = 2;
    public const int FamilyInet6 = 10;

    public const int MsgTrunc = 0x20;
    public const int MsgDontWait = 0x40;
    public const int MsgErrQueue = 0x2000;

    public const int Eintr = 4;
    public const int Eagain = 11;

    /// <summary>Reads one datagram without waiting; the spans shrink to what was filled. Returns 0 or the errno.</summary>
    public static int Receive(SafeSocketHandle socket, bool errorQueue, ref Span<byte> data, ref Span<byte> name, ref Span<byte> control, out bool truncated)
    {
        fixed (byte* dataAt = data, nameAt = name, controlAt = control)
        {
            var vector = new IoVector { Base = (nint)dataAt, Length = (nuint)data.Length };
            var header = new MessageHeader
            {
                Name = (nint)nameAt,
                NameLength = (uint)name.Length,
                Vectors = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)controlAt,
                ControlLength = (nuint)control.Length,
            };
            nint received;
            do
                received = ReceiveMessage(socket, ref header, MsgDontWait | (errorQueue ? MsgErrQueue : 0));
            while (received < 0 && Marshal.GetLastPInvokeError() == Eintr);

            truncated = (header.Flags & MsgTrunc) != 0;
            if (received < 0)
                return Marshal.GetLastPInvokeError();
            data = data[..(int)Math.Min(received, data.Length)];
            name = name[..(int)Math.Min(header.NameLength, (uint)name.Length)];
            control = control[..(int)Math.Min(header.ControlLength, (nuint)control.Length)];
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, ref MessageHeader header, int flags);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public nint Base;
        public nuint Length;
    }

    /// <summary>struct msghdr: glibc's layout; musl's differs in padding only, which is zero here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public nint Name;
        public uint NameLength;
        public nint Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }
}
