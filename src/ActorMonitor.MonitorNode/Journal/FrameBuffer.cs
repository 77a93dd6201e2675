using System.Buffers.Binary;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Frames on their way to one segment.</summary>
internal sealed class FrameBuffer
{
    private const int Kept = 512 * 1024;

    private byte[] _bytes = new byte[4096];
    private int _frame;

    /// <summary>The salt of the segment that they go to.</summary>
    public uint Salt { get; set; }

    public int Length { get; private set; }

    public int Frames { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        (Length, Frames) = (0, 0);
        if (_bytes.Length > Kept)
            _bytes = new byte[Kept];
    }

    public FrameBuffer Begin(FrameKind kind)
    {
        _frame = Length;
        _ = Take(Frame.HeadBytes);
        _bytes[_frame + 4] = (byte)kind;
        return this;
    }

    public void End()
    {
        var payload = _bytes.AsSpan(_frame + Frame.HeadBytes, Length - _frame - Frame.HeadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_frame), payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_frame + 5), Frame.Crc(Salt, _bytes[_frame + 4], payload));
        Frames++;
    }

    public FrameBuffer Put(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);
        return this;
    }

    public FrameBuffer Put(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), checked((ushort)bytes));
        _ = Encoding.UTF8.GetBytes(text, Take(bytes));
        return this;
    }

    public FrameBuffer Put(JobId job) => Put(job.Name);

    public FrameBuffer Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    private Span<byte> Take(int bytes)
    {
        if (_bytes.Length - Length < bytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        var taken = _bytes.AsSpan(Length, bytes);
        Length += bytes;
        return taken;
    }
}

/// <summary>Reads a payload; what is not there fails once and for all, and reads as nothing.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public bool Failed { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public long Int64() => Take(sizeof(long)) is { Length: sizeof(long) } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public string Text() => Take(sizeof(ushort)) is { Length: sizeof(ushort) } length ? Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(length))) : "";

    public JobId Job()
    {
        var name = Text();
        if (JobId.IsValid(name))
            return new JobId(name);
        Failed = true;
        return default;
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (Failed || _rest.Length < bytes)
        {
            Failed = true;
            return default;
        }

        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
