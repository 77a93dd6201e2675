using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorMonitor.Messages;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>What stands at the head of a segment, twice, so that one bad byte does not cost all of it.</summary>
/// <param name="Id">The outbox that the seqs belong to.</param>
/// <param name="Number">The segment's number, as in its name.</param>
/// <param name="NextSeq">No seq from this one on had been handed out.</param>
/// <param name="CreatedUnixMicroseconds">When it was begun, by the wall clock.</param>
/// <param name="Salt">What the checksums begin with.</param>
internal sealed record SegmentHeader(OutboxId Id, long Number, long NextSeq, long CreatedUnixMicroseconds, uint Salt)
{
    /// <summary>The bytes of both copies.</summary>
    public const int Bytes = 2 * CopyBytes;

    private const int CopyBytes = 64;
    private const uint Version = 1;
    private const ulong Magic = 0x4C4E524A_4E4F4D41; // AMONJRNL

    public static uint NewSalt()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public void Write(FrameBuffer buffer)
    {
        Span<byte> copy = stackalloc byte[CopyBytes];
        copy.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(copy, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[12..], Salt);
        _ = Id.Value.TryWriteBytes(copy[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(copy[32..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(copy[40..], NextSeq);
        BinaryPrimitives.WriteInt64LittleEndian(copy[48..], CreatedUnixMicroseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[60..], Frame.Crc(0, 0, copy[..60]));
        _ = buffer.Put(copy).Put(copy);
    }

    /// <summary>Reads it; null when neither copy can be.</summary>
    /// <exception cref="JournalException">It is of a version that is not known here.</exception>
    public static SegmentHeader? TryRead(SafeFileHandle handle, long number)
    {
        Span<byte> copies = stackalloc byte[Bytes];
        var read = RandomAccess.Read(handle, copies, 0);
        if (read < Bytes)
            return null;
        return TryRead(copies[..CopyBytes], number) ?? TryRead(copies[CopyBytes..], number);
    }

    private static SegmentHeader? TryRead(ReadOnlySpan<byte> copy, long number)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(copy) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(copy[60..]) != Frame.Crc(0, 0, copy[..60]))
        {
            return null;
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(copy[8..]);
        if (version != Version)
            throw new JournalException($"segment {number} of the journal is of version {version}; this program knows version {Version}");
        var header = new SegmentHeader(
            new OutboxId(new Guid(copy[16..32])), BinaryPrimitives.ReadInt64LittleEndian(copy[32..]), BinaryPrimitives.ReadInt64LittleEndian(copy[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(copy[48..]), BinaryPrimitives.ReadUInt32LittleEndian(copy[12..]));
        return header.Number == number && header.NextSeq >= 1 ? header : null;
    }
}
