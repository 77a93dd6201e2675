using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Reads the frames of a segment in order, and finds the next one behind bytes that are none.</summary>
internal sealed class FrameScanner : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    // Looking for a frame at every byte costs a checksum where a length is plausible; this bounds it to about a second.
    private const long MaxSearched = 4L * 1024 * 1024 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly uint _salt;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private long _bufferStart;
    private int _bufferLength;
    private long _searched;

    public FrameScanner(SafeFileHandle handle, uint salt, long offset, long end) => (_handle, _salt, Offset, End) = (handle, salt, offset, end);

    /// <summary>The end of the newest frame read.</summary>
    public long Offset { get; private set; }

    /// <summary>Where reading ends.</summary>
    public long End { get; set; }

    /// <summary>The bytes between frames that were none.</summary>
    public long Skipped { get; private set; }

    public void Seek(long offset) => Offset = offset;

    /// <summary>The next frame; what is behind the last one is no frame.</summary>
    public bool TryNext(out Frame frame)
    {
        for (var start = Offset; start + Frame.HeadBytes < End; start++)
        {
            if (!TryFrame(start, out frame))
            {
                if (_searched > MaxSearched)
                    return false;
                continue;
            }

            Skipped += start - Offset;
            Offset = start + Frame.HeadBytes + frame.Payload.Length;
            return true;
        }

        frame = default;
        return false;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _bufferLength = 0;
    }

    private bool TryFrame(long start, out Frame frame)
    {
        frame = default;
        var head = Window(start, Frame.HeadBytes);
        if (head.Length < Frame.HeadBytes)
            return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var kind = head[4];
        if (length is 0 or > Frame.MaxPayload || kind is < (byte)FrameKind.StateBegin or > (byte)FrameKind.Closed || start + Frame.HeadBytes + length > End)
            return false;
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(head[5..]);
        var whole = Window(start, Frame.HeadBytes + (int)length);
        if (whole.Length < Frame.HeadBytes + (int)length)
            return false;
        var payload = whole[Frame.HeadBytes..];
        if (Frame.Crc(_salt, kind, payload) != crc)
        {
            _searched += length;
            return false;
        }

        frame = new Frame((FrameKind)kind, payload, start);
        return true;
    }

    // The bytes from an offset on, fewer when the file ends.
    private ReadOnlySpan<byte> Window(long start, int bytes)
    {
        if (start < _bufferStart || start + bytes > _bufferStart + _bufferLength)
        {
            (_bufferStart, _bufferLength) = (start, 0);
            while (_bufferLength < bytes)
            {
                var read = RandomAccess.Read(_handle, _buffer.AsSpan(_bufferLength), start + _bufferLength);
                if (read == 0)
                    break;
                _bufferLength += read;
            }
        }

        var at = (int)(start - _bufferStart);
        return _buffer.AsSpan(at, Math.Min(bytes, _bufferLength - at));
    }
}
