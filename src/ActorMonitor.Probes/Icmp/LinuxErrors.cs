using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Linux's error numbers (asm-generic/errno.h) as .NET names them.</summary>
internal static class LinuxErrors
{
    /// <summary>The name of an errno; <see cref="SocketError.SocketError"/> for one without.</summary>
    public static SocketError Of(int errno) => errno switch
    {
        1 or 13 => SocketError.AccessDenied,
        11 => SocketError.WouldBlock,
        12 or 105 => SocketError.NoBufferSpaceAvailable,
        19 or 100 => SocketError.NetworkDown,
        22 => SocketError.InvalidArgument,
        23 or 24 => SocketError.TooManyOpenSockets,
        90 => SocketError.MessageSize,
        97 => SocketError.AddressFamilyNotSupported,
        99 => SocketError.AddressNotAvailable,
        101 => SocketError.NetworkUnreachable,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
