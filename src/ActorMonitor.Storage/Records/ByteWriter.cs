using System.Buffers.Binary;
using System.Text;

namespace ActorMonitor.Storage.Records;

/// <summary>Bytes being written: numbers in as few bytes as they need, texts with their length before them.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Room(1)[0] = value;

    /// <summary>A number that is not negative, seven bits a byte.</summary>
    public void Count(long value)
    {
        var rest = (ulong)value;
        var room = Reserve(10);
        var used = 0;
        while (rest >= 0x80)
        {
            room[used++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        room[used++] = (byte)rest;
        Length += used;
    }

    /// <summary>Any number: those near zero are short.</summary>
    public void Number(long value) => Count((value << 1) ^ (value >> 63));

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    public void Text(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Count(length);
        _ = Encoding.UTF8.GetBytes(text, Room(length));
    }

    private Span<byte> Room(int length)
    {
        var room = Reserve(length);
        Length += length;
        return room[..length];
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        return _bytes.AsSpan(Length);
    }
}

/// <summary>Reads what a <see cref="ByteWriter"/> wrote. Bytes that cannot have been written so are a <see cref="FormatException"/>.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Left => _rest.Length;

    public byte Byte() => Bytes(1)[0];

    public long Count()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return (long)value >= 0 ? (long)value : throw new FormatException("a count is out of range");
        }

        throw new FormatException("a count has no end");
    }

    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        throw new FormatException("a number has no end");
    }

    /// <summary>A count of things that take at least so many bits each of what is left.</summary>
    public int Items(int leastBits = 8)
    {
        var count = Count();
        return count <= _rest.Length * 8L / leastBits ? (int)count : throw new FormatException("there are more things than bytes for them");
    }

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(8));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public string Text() => Encoding.UTF8.GetString(Bytes(Items()));

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (length > _rest.Length)
            throw new FormatException("the bytes end too early");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
