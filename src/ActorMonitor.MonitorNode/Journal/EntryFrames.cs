using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Outbox entries as frames: the seq, and then the result or the range given up.</summary>
internal static class EntryFrames
{
    // What goes with an entry on the wire: ids, seq, the envelope.
    private const int WireOverhead = 64;

    private const int JobField = 4;
    private const int SlotField = 5;

    public static int BytesOf(byte[] diskForm) => diskForm.Length + WireOverhead;

    public static int BytesOf(JobId job) => job.Name.Length + 32 + WireOverhead;

    public static void Write(FrameBuffer frames, OutboxEntry entry, byte[]? diskForm = null)
    {
        switch (entry)
        {
            case ResultEntry result:
                frames.Begin(FrameKind.Completed).Put(entry.Seq).Put((diskForm ?? DiskForm.Write(result.Epoch, result.Revision, result.Result)).AsSpan()).End();
                break;
            case DroppedEntry dropped:
                frames.Begin(FrameKind.Dropped).Put(entry.Seq).Put(dropped.Job)
                    .Put(dropped.First.DueUnixMilliseconds).Put(dropped.Last.DueUnixMilliseconds).Put(dropped.Count).End();
                break;
        }
    }

    /// <summary>The seq of a frame that holds an entry; 0 when it holds none.</summary>
    public static long SeqOf(in Frame frame)
        => frame.Kind is FrameKind.Completed or FrameKind.Dropped && frame.Payload.Length > sizeof(long)
            ? Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(frame.Payload))
            : 0;

    /// <summary>The entry of a frame; null when it holds none that can be read.</summary>
    public static OutboxEntry? TryRead(in Frame frame)
    {
        var seq = SeqOf(frame);
        if (seq == 0)
            return null;
        if (frame.Kind == FrameKind.Dropped)
            return TryReadDropped(frame.Payload);
        try
        {
            var (epoch, revision, result) = DiskForm.ReadResult(frame.Payload[sizeof(long)..]);
            return new ResultEntry(seq, epoch, revision, result) { Bytes = frame.Payload.Length - sizeof(long) + WireOverhead };
        }
        catch (SerializationException)
        {
            // The checksum is right, so it was written so: by a program with other bounds.
            return null;
        }
    }

    /// <summary>
    /// Whose result a frame holds, without reading all of it: the two fields are found by their numbers. The name goes to a
    /// buffer of at least <see cref="JobId.MaxLength"/> characters; its length is 0 when there is none to be had.
    /// </summary>
    public static int TryPeek(in Frame frame, Span<char> name, out Slot slot)
    {
        slot = default;
        var rest = frame.Payload[sizeof(long)..];
        ReadOnlySpan<byte> job = default;
        var isSlotFound = false;
        while ((job.IsEmpty || !isSlotFound) && TryVarint(ref rest, out var tag))
        {
            ulong value = 0;
            ReadOnlySpan<byte> bytes = default;
            var isRead = (tag & 7) switch
            {
                0 => TryVarint(ref rest, out value),
                1 => TryTake(ref rest, sizeof(ulong), out bytes),
                2 => TryVarint(ref rest, out var length) && TryTake(ref rest, length, out bytes),
                5 => TryTake(ref rest, sizeof(uint), out bytes),
                _ => false,
            };
            if (!isRead)
                return 0;
            if (tag >> 3 == JobField && (tag & 7) == 2)
                job = bytes;
            if (tag >> 3 != SlotField || (tag & 7) != 0 || value > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
                continue;
            slot = new Slot((long)value);
            isSlotFound = true;
        }

        // A slot of 0 is left out by the encoding.
        return Encoding.UTF8.TryGetChars(job, name, out var characters) ? characters : 0;
    }

    private static DroppedEntry? TryReadDropped(ReadOnlySpan<byte> bytes)
    {
        var payload = new PayloadReader(bytes);
        var (seq, job, first, last, count) = (payload.Int64(), payload.Job(), payload.Int64(), payload.Int64(), payload.Int64());
        if (payload.Failed || first < 0 || last < first || last > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() || count < 1)
            return null;
        return new DroppedEntry(seq, job, new Slot(first), new Slot(last), count) { Bytes = BytesOf(job) };
    }

    private static bool TryVarint(scoped ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var (at, shift) = (0, 0); at < rest.Length && shift < 64; at++, shift += 7)
        {
            value |= (ulong)(rest[at] & 0x7F) << shift;
            if (rest[at] >= 0x80)
                continue;
            rest = rest[(at + 1)..];
            return true;
        }

        return false;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, ulong length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (length > (ulong)rest.Length)
            return false;
        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
