using System.Buffers.Binary;
using System.Numerics;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>What a frame says. The numbers are on disk.</summary>
internal enum FrameKind : byte
{
    /// <summary>The next seq; up to StateEnd all that is known follows.</summary>
    StateBegin = 1,

    /// <summary>How many frames there were since StateBegin.</summary>
    StateEnd = 2,

    /// <summary>A newer epoch, and the manager's name.</summary>
    Epoch = 3,

    /// <summary>A job that may be run, and on what terms.</summary>
    Granted = 4,

    /// <summary>A job that may no longer be run.</summary>
    Revoked = 5,

    /// <summary>Until when all grants are valid, and how far the manager's clock is ahead of the wall clock.</summary>
    Renewed = 6,

    /// <summary>A check is about to run.</summary>
    Started = 7,

    /// <summary>A numbered result.</summary>
    Completed = 8,

    /// <summary>A numbered range of results given up.</summary>
    Dropped = 9,

    /// <summary>Ranges of seqs that the manager keeps.</summary>
    Acknowledged = 10,

    /// <summary>Up to Folded there are the Dropped that stand for a segment.</summary>
    Folding = 11,

    /// <summary>The segment is no more.</summary>
    Folded = 12,

    /// <summary>The newest slots of some jobs.</summary>
    Accepted = 13,

    /// <summary>A process goes on in this segment; the next seq.</summary>
    Opened = 14,

    /// <summary>A process has ended, nothing is missing; the next seq.</summary>
    Closed = 15,
}

/// <summary>A frame as read: valid until the next one is read.</summary>
internal readonly ref struct Frame(FrameKind kind, ReadOnlySpan<byte> payload, long offset)
{
    /// <summary>Length u32, kind u8, CRC u32, all little-endian; then the payload.</summary>
    public const int HeadBytes = 9;

    /// <summary>The longest payload: the longest message of the wire, and what stands before it.</summary>
    public const int MaxPayload = Messages.Wire.WireLimits.MessageBytes + 1024;

    public FrameKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public long Offset { get; } = offset;

    /// <summary>
    /// CRC-32C of kind and payload, begun with the segment's random salt: what a probed host had written into a result can
    /// never pass for a frame where one is looked for behind damage.
    /// </summary>
    public static uint Crc(uint salt, byte kind, ReadOnlySpan<byte> payload)
    {
        var crc = BitOperations.Crc32C(~salt, kind);
        while (payload.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(payload));
            payload = payload[sizeof(ulong)..];
        }

        foreach (var each in payload)
            crc = BitOperations.Crc32C(crc, each);
        return ~crc;
    }
}
