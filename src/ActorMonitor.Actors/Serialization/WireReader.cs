using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;

namespace Akka.Serialization;

/// <summary>Reads what <see cref="WireWriter"/> wrote; bytes that end too early or are no UTF-8 are a <see cref="SerializationException"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _left = bytes;

    public readonly int Left => _left.Length;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ReadOnlySpan<byte> Rest() => Take(_left.Length);

    public ReadOnlySpan<byte> Bytes(int maxBytes)
    {
        var byteCount = Int32();
        return byteCount >= 0 && byteCount <= maxBytes
            ? Take(byteCount)
            : throw new SerializationException($"A length of {byteCount} is out of bounds.");
    }

    /// <summary>The bytes of a text, which are not yet known to be UTF-8.</summary>
    public ReadOnlySpan<byte> TextBytes(int maxBytes)
    {
        var byteCount = UInt16();
        return byteCount <= maxBytes ? Take(byteCount) : throw new SerializationException($"A text of {byteCount} bytes is too long.");
    }

    public string Text(int maxBytes) => Decode(TextBytes(maxBytes));

    public static string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new SerializationException("A text is no UTF-8.", e);
        }
    }

    /// <summary>Refuses bytes beyond the last field.</summary>
    public readonly void End()
    {
        if (_left.Length > 0)
            throw new SerializationException($"{_left.Length} bytes too many.");
    }

    private ReadOnlySpan<byte> Take(int byteCount)
    {
        if (byteCount > _left.Length)
            throw new SerializationException("The bytes end too early.");

        var taken = _left[..byteCount];
        _left = _left[byteCount..];
        return taken;
    }
}
