using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Akka.Serialization;

/// <summary>Appends numbers (little-endian), short texts and bytes to a pooled buffer that grows.</summary>
internal sealed class WireWriter : IDisposable
{
    private byte[] _buffer;

    public WireWriter(int capacity = 256) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), checked((ushort)value));

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>A text of at most 65,535 bytes of UTF-8, behind its length.</summary>
    public void Text(string text)
    {
        var byteCount = Encoding.UTF8.GetByteCount(text);
        UInt16(byteCount);
        Encoding.UTF8.GetBytes(text, Take(byteCount));
    }

    /// <summary>Fills in a number that was left open.</summary>
    public void PatchInt32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(offset), value);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private Span<byte> Take(int byteCount)
    {
        if (_buffer.Length - Length < byteCount)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + byteCount));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var taken = _buffer.AsSpan(Length, byteCount);
        Length += byteCount;
        return taken;
    }
}
