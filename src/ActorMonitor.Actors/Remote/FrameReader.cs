using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Serialization;

namespace Akka.Remote;

/// <summary>Cuts a stream into frames. The buffer grows with a frame that is announced and allowed, never ahead of it.</summary>
internal sealed class FrameReader(Stream stream) : IDisposable
{
    private const int FullBufferBytes = 65_536;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;
    private int _end;

    /// <summary>Whether what could not be read as a frame starts like an alert or a handshake of TLS (RFC 8446, section 5.1).</summary>
    public bool IsAtTlsRecord => _end - _start >= 2 && _buffer[_start] is 0x15 or 0x16 && _buffer[_start + 1] == 3;

    /// <summary>
    /// The next frame without its length, valid until the next call; null when the peer has ended the stream between
    /// two frames. A length out of bounds or a frame cut short is a <see cref="SerializationException"/>.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(int maxFrameBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var available = _end - _start;
            var needed = Frames.LengthBytes;
            if (available >= Frames.LengthBytes)
            {
                var frameBytes = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
                if (frameBytes < 1 || frameBytes > maxFrameBytes)
                    throw new SerializationException($"a frame of {unchecked((uint)frameBytes)} bytes is announced, at most {maxFrameBytes} are allowed");

                needed += frameBytes;
                if (available >= needed)
                {
                    var frame = _buffer.AsMemory(_start + Frames.LengthBytes, frameBytes);
                    _start += needed;
                    return frame;
                }
            }

            MakeRoom(needed);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read > 0)
                _end += read;
            else if (available == 0)
                return null;
            else
                throw new SerializationException("the connection ends within a frame");
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private void MakeRoom(int needed)
    {
        var available = _end - _start;
        if (_start + needed <= _buffer.Length && _end < _buffer.Length)
            return;

        // A link that carries more than heartbeats gets a buffer that many small frames fit in.
        var target = needed > _buffer.Length || (_end == _buffer.Length && _buffer.Length < FullBufferBytes)
            ? ArrayPool<byte>.Shared.Rent(Math.Max(needed, FullBufferBytes))
            : _buffer;

        _buffer.AsSpan(_start, available).CopyTo(target);
        if (target != _buffer)
            ArrayPool<byte>.Shared.Return(_buffer);

        _buffer = target;
        _start = 0;
        _end = available;
    }
}
