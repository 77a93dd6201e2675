using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>
/// When a job's slots are due on a monitor: at phase + n x interval since the Unix epoch. The phase is a hash of job and
/// monitor, so that jobs spread over the interval and each keeps its instants over restarts.
/// </summary>
/// <param name="IntervalMilliseconds">The time from slot to slot, at least 1.</param>
/// <param name="PhaseMilliseconds">From 0 to below the interval.</param>
internal readonly record struct SlotSchedule(long IntervalMilliseconds, long PhaseMilliseconds)
{
    public static SlotSchedule Of(JobId job, string monitor, TimeSpan interval)
    {
        var milliseconds = Math.Max(1, (long)interval.TotalMilliseconds);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        // A length before the first part: no two pairs of names write the same bytes.
        _ = SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Name.Length}:{job.Name}:{monitor}"), digest);
        return new SlotSchedule(milliseconds, (long)(BinaryPrimitives.ReadUInt64BigEndian(digest) % (ulong)milliseconds));
    }

    /// <summary>The first slot due after an instant.</summary>
    public Slot After(DateTimeOffset instant)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds();
        var passed = Math.DivRem(milliseconds - PhaseMilliseconds, IntervalMilliseconds, out var remainder);
        return new Slot(PhaseMilliseconds + ((remainder < 0 ? passed : passed + 1) * IntervalMilliseconds));
    }

    /// <summary>The first slot due at an instant or after it.</summary>
    public Slot AtOrAfter(DateTimeOffset instant)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds();
        var isWhole = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) == instant;
        return After(DateTimeOffset.FromUnixTimeMilliseconds(isWhole ? milliseconds - 1 : milliseconds));
    }

    /// <summary>How many slots are due from one slot up to an instant, that one included.</summary>
    public long CountUpTo(Slot from, DateTimeOffset instant)
    {
        var span = instant.ToUnixTimeMilliseconds() - from.DueUnixMilliseconds;
        return span < 0 ? 0 : (span / IntervalMilliseconds) + 1;
    }

    /// <summary>The slot after a slot.</summary>
    public Slot Next(Slot slot) => new(slot.DueUnixMilliseconds + IntervalMilliseconds);
}
