using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Icmp;

/// <summary>The calls that move many packets at a time, and the waiting for them.</summary>
internal static unsafe partial class LinuxNative
{
    public const int IpTos = 1;
    public const int IpPktInfo = 8;
    public const int Ipv6PktInfo = 50;
    public const int Ipv6TrafficClass = 67;
    public const int ReceiveBuffer = 8;
    public const int ReceiveBufferForce = 33;
    public const int DropCounter = 40;

    public const short PollIn = 0x1;
    public const short PollError = 0x8;


    private const int EventFdCloseOnExec = 0x80000;
    private const int EventFdNonBlocking = 0x800;
    private const int TimerSlack = 29;

    /// <summary>Sends messages in order; returns how many left, or minus the errno of the first.</summary>
    public static int SendBatch(int socket, MessageSlot* messages, int count)
    {
        int sent;
        do
            sent = SendMany(socket, messages, (uint)count, 0);
        while (sent < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return sent < 0 ? -Marshal.GetLastPInvokeError() : sent;
    }

    /// <summary>Reads messages without waiting; returns how many, or minus the errno.</summary>
    public static int ReceiveBatch(int socket, bool errorQueue, MessageSlot* messages, int count)
    {
        int received;
        do
            received = ReceiveMany(socket, messages, (uint)count, MsgDontWait | (errorQueue ? MsgErrQueue : 0), null);
        while (received < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return received < 0 ? -Marshal.GetLastPInvokeError() : received;
    }

    /// <summary>Waits for one of the descriptors; a negative time is for ever. It may return early.</summary>
    public static void Wait(ReadOnlySpan<PollDescriptor> descriptors, TimeSpan atMost)
    {
        var time = new TimeSpec { Seconds = (nint)(atMost.Ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(atMost.Ticks % TimeSpan.TicksPerSecond * 100) };
        fixed (PollDescriptor* first = descriptors)
            _ = Poll(first, (nuint)descriptors.Length, atMost < TimeSpan.Zero ? null : &time, null);
    }

    /// <summary>Opens a counter that wakes a wait.</summary>
    public static int OpenWaker()
    {
        var descriptor = EventFd(0, EventFdCloseOnExec | EventFdNonBlocking);
        return descriptor >= 0 ? descriptor : throw new System.Net.Sockets.SocketException((int)LinuxErrors.Of(Marshal.GetLastPInvokeError()));
    }

    /// <summary>Wakes the wait.</summary>
    public static void Wake(int waker)
    {
        ulong one = 1;
        _ = Write(waker, &one, sizeof(ulong));
    }

    /// <summary>Takes what woke the wait, so that the next one sleeps.</summary>
    public static void Silence(int waker)
    {
        ulong count;
        _ = Read(waker, &count, sizeof(ulong));
    }

    /// <summary>Closes a waker.</summary>
    public static void CloseWaker(int waker) => _ = Close(waker);

    /// <summary>
    /// Lets this thread's waits end on time: without it the kernel adds up to 50 us to gather wake-ups. It also goes before other
    /// threads where the process may ask for that (CAP_SYS_NICE).
    /// </summary>
    public static void WakeOnTime()
    {
        _ = Control(TimerSlack, 1, 0, 0, 0);
        _ = SetPriority(0, 0, -10);
    }

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(int socket, MessageSlot* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMany(int socket, MessageSlot* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint one, nuint two, nuint three, nuint four);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    /// <summary>struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageSlot
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
