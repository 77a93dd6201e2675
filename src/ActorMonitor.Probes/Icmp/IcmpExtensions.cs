using System.Buffers.Binary;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>What routers append to an ICMP error behind the quoted packet (RFC 4884): here the MPLS labels that it carried (RFC 4950).</summary>
internal static class IcmpExtensions
{
    // RFC 4884 section 4: with extensions the quoted packet is filled up to 128 bytes. Routers from before it do the same.
    private const int QuotedBytes = 128;
    private const int MaxLabels = 8;
    private const int MplsClass = 1;
    private const int IncomingStack = 1;

    /// <summary>The labels in an entry of an error queue, whose data lacks the quoted IP header and some of what follows.</summary>
    /// <param name="data">The entry's data.</param>
    /// <param name="family">The family, which tells the length of the IP header.</param>
    /// <param name="transportBytes">How much is missing besides the IP header.</param>
    public static string? LabelsInQueued(ReadOnlySpan<byte> data, AddressFamily family, int transportBytes)
    {
        var at = QuotedBytes - (family == AddressFamily.InterNetwork ? 20 : 40) - transportBytes;
        return data.Length > at ? Labels(data[at..]) : null;
    }

    /// <summary>The labels in an ICMP error from its header on.</summary>
    public static string? LabelsInMessage(ReadOnlySpan<byte> message, AddressFamily family)
    {
        if (message.Length <= IcmpPacket.HeaderBytes + QuotedBytes)
            return null;
        // The length of the quoted packet, in words of 32 or of 64 bits; zero where the router does not say it.
        var said = family == AddressFamily.InterNetwork ? message[5] * 4 : message[4] * 8;
        var at = IcmpPacket.HeaderBytes + Math.Max(QuotedBytes, said);
        return message.Length > at ? Labels(message[at..]) : null;
    }

    /// <summary>The labels in an extension structure, the outermost first; null when there are none or it is none.</summary>
    public static string? Labels(ReadOnlySpan<byte> extension)
    {
        // RFC 4884 section 7: version 2, reserved bits, the checksum over all; then objects of length, class, type, data.
        if (extension.Length < 4 || extension[0] >> 4 != 2 || BinaryPrimitives.ReadUInt16BigEndian(extension[2..]) == 0 || IcmpPacket.Checksum(extension) != 0)
            return null;
        var rest = extension[4..];
        while (rest.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length < 4 || length > rest.Length)
                return null;
            if (rest[2] == MplsClass && rest[3] == IncomingStack)
                return Stack(rest[4..length]);
            rest = rest[length..];
        }

        return null;
    }

    // RFC 3032 section 2.1: label (20 bits), traffic class (3), bottom of stack (1), hop limit (8).
    private static string? Stack(ReadOnlySpan<byte> entries)
    {
        var labels = new List<string>();
        for (; entries.Length >= 4 && labels.Count < MaxLabels; entries = entries[4..])
        {
            var entry = BinaryPrimitives.ReadUInt32BigEndian(entries);
            labels.Add($"{entry >> 12} tc {(entry >> 9) & 7} ttl {entry & 0xFF}");
        }

        return labels.Count > 0 ? string.Join(", ", labels) : null;
    }
}
