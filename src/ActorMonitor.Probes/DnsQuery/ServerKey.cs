using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>An address and port as a value; of an IPv6 address without its scope.</summary>
internal readonly record struct ServerKey(ulong High, ulong Low, ushort Port)
{
    private const int FamilyInet = 2;
    private const int FamilyInet6 = 10;

    /// <summary>The size of the largest socket address written or read here (struct sockaddr_in6).</summary>
    internal const int MaxSocketAddressLength = 28;

    internal static ServerKey Of(IPEndPoint endpoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        return endpoint.Address.TryWriteBytes(bytes, out var length)
            ? Of(bytes[..length], (ushort)endpoint.Port)
            : throw new ArgumentException("no address", nameof(endpoint));
    }

    /// <summary>Reads a socket address of Linux (struct sockaddr_in, sockaddr_in6); false for another family.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> socketAddress, out ServerKey key)
    {
        key = default;
        if (socketAddress.Length < 8)
            return false;
        var port = BinaryPrimitives.ReadUInt16BigEndian(socketAddress[2..]);
        switch (MemoryMarshal.Read<ushort>(socketAddress))
        {
            case FamilyInet:
                key = Of(socketAddress[4..8], port);
                return true;
            case FamilyInet6 when socketAddress.Length >= 24:
                key = Of(socketAddress[8..24], port);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes an endpoint as a socket address of Linux, and returns its length.</summary>
    internal static int Write(IPEndPoint endpoint, Span<byte> socketAddress)
    {
        socketAddress.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(socketAddress[2..], (ushort)endpoint.Port);
        if (endpoint.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(socketAddress, (ushort)FamilyInet);
            _ = endpoint.Address.TryWriteBytes(socketAddress[4..], out _);
            return 16;
        }

        MemoryMarshal.Write(socketAddress, (ushort)FamilyInet6);
        _ = endpoint.Address.TryWriteBytes(socketAddress[8..], out _);
        MemoryMarshal.Write(socketAddress[24..], (uint)endpoint.Address.ScopeId);
        return MaxSocketAddressLength;
    }

    internal IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return High == 0 && Low <= uint.MaxValue && Low > 1
            ? new IPEndPoint(new IPAddress(bytes[12..]), Port)
            : new IPEndPoint(new IPAddress(bytes), Port);
    }

    // An IPv4 address is kept as a number below 2^32, which no IPv6 sender is (RFC 4291 section 2.5.5.1), but :: and ::1.
    private static ServerKey Of(ReadOnlySpan<byte> address, ushort port) => address.Length == 4
        ? new ServerKey(0, BinaryPrimitives.ReadUInt32BigEndian(address), port)
        : new ServerKey(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port);
}
