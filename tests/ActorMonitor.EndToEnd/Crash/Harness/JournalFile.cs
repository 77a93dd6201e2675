using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>
/// A segment of a monitor's journal, read by what docs/protocol.md says of it and not by the product's own reader: two copies of a
/// header of 64 bytes (the salt of the checksums at 12, the outbox's id at 16), then frames: length u32, kind u8, CRC-32C u32, payload.
/// </summary>
internal static class JournalFile
{
    internal const string Pattern = "*.journal";

    private const int CopyBytes = 64;
    private const int FrameHeadBytes = 9;
    private const byte StateBegin = 1;
    private const byte StateEnd = 2;
    private const byte Started = 7;
    private const byte Completed = 8;
    private const byte Dropped = 9;
    private const byte Acknowledged = 10;

    /// <summary>Reads on from a place that a call before has come to; the place after the last whole frame comes back.</summary>
    internal static long Read(string path, long from, JournalAccount account)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var head = new byte[CopyBytes];
        if (file.ReadAtLeast(head, CopyBytes, throwOnEndOfStream: false) < CopyBytes)
            return from;
        var salt = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(12));
        var outbox = account.Outbox(new Guid(head.AsSpan(16, 16)));
        file.Position = Math.Max(from, 2 * CopyBytes);
        var bytes = new byte[file.Length > file.Position ? file.Length - file.Position : 0];
        var rest = bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var at = Math.Max(from, 2 * CopyBytes);
        var ofState = 0;
        while (TryFrame(rest, salt, out var kind, out var payload))
        {
            // A state repeats what is known, and is read whole or not at all.
            ofState = kind == StateBegin ? FrameHeadBytes + payload.Length : kind == StateEnd || ofState == 0 ? 0 : ofState + FrameHeadBytes + payload.Length;
            if (ofState == 0 || kind == Acknowledged)
                Take(kind, payload, outbox, account);
            at += FrameHeadBytes + payload.Length;
            rest = rest[(FrameHeadBytes + payload.Length)..];
        }

        return at - ofState;
    }

    private static bool TryFrame(ReadOnlySpan<byte> rest, uint salt, out byte kind, out ReadOnlySpan<byte> payload)
    {
        kind = 0;
        payload = default;
        if (rest.Length < FrameHeadBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < 0 || length > rest.Length - FrameHeadBytes)
            return false;
        kind = rest[4];
        payload = rest.Slice(FrameHeadBytes, length);
        var crc = BitOperations.Crc32C(~salt, kind);
        foreach (var each in payload)
            crc = BitOperations.Crc32C(crc, each);
        return ~crc == BinaryPrimitives.ReadUInt32LittleEndian(rest[5..]);
    }

    private static void Take(byte kind, ReadOnlySpan<byte> payload, long outbox, JournalAccount account)
    {
        switch (kind)
        {
            case Started:
                var job = Text(ref payload);
                account.AddStarted(new SlotOf(job, Number(ref payload)));
                break;
            case Completed:
                var seq = outbox + Number(ref payload);
                account.AddCompleted(seq, DiskForm.ReadResult(payload).Result);
                break;
            case Dropped:
                seq = outbox + Number(ref payload);
                _ = Text(ref payload);
                _ = Number(ref payload);
                _ = Number(ref payload);
                account.AddDropped(seq, Number(ref payload));
                break;
            case Acknowledged:
                while (!payload.IsEmpty)
                    account.AddAcknowledged(new SeqRange(outbox + Number(ref payload), outbox + Number(ref payload)));
                break;
            default:
                // Epochs, grants and clocks are the product's own business.
                break;
        }
    }

    private static long Number(ref ReadOnlySpan<byte> payload)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(payload);
        payload = payload[sizeof(long)..];
        return number;
    }

    private static string Text(ref ReadOnlySpan<byte> payload)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(payload);
        var text = Encoding.UTF8.GetString(payload.Slice(sizeof(ushort), length));
        payload = payload[(sizeof(ushort) + length)..];
        return text;
    }
}
