using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>A response's body as far as it was read.</summary>
/// <param name="Bytes">Its bytes; empty when they were only counted.</param>
/// <param name="Length">How many bytes were read, decompressed ones when they were to be looked at.</param>
/// <param name="IsCut">Whether there was more.</param>
/// <param name="CharacterSet">How its bytes are read as text.</param>
internal sealed record HttpBody(ReadOnlyMemory<byte> Bytes, int Length, bool IsCut, Encoding CharacterSet)
{
    private string? _text;

    /// <summary>Its text.</summary>
    public string Text => _text ??= CharacterSet.GetString(Bytes.Span);

    /// <summary>Reads a body up to a bound, keeping its bytes or only counting them.</summary>
    /// <param name="raw">The body as it comes.</param>
    /// <param name="headers">The response's headers.</param>
    /// <param name="maxBytes">The bound, on what comes out of a compression: what it would blow up to is never held.</param>
    /// <param name="isKept">Whether to keep the bytes.</param>
    /// <param name="isDecoded">Whether to undo a compression.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">The body's compression is broken.</exception>
    public static async Task<HttpBody> ReadAsync(Stream raw, HttpHeaders headers, int maxBytes, bool isKept, bool isDecoded, CancellationToken cancellationToken)
    {
        await using var stream = isDecoded ? Decompressed(raw, headers.Get("Content-Encoding")) : raw;
        var kept = isKept ? new ArrayBufferWriter<byte>(1024) : null;
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                var taken = Math.Min(read, maxBytes - length);
                kept?.Write(buffer.AsSpan(0, taken));
                length += taken;
                if (taken < read || read == 0)
                    return new HttpBody(kept?.WrittenMemory ?? default, length, IsCut: taken < read, kept is null ? Encoding.UTF8 : CharacterSetOf(headers.First("Content-Type")));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Stream Decompressed(Stream raw, string? codings) => codings?.Split(',')[^1].Trim().ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(raw, CompressionMode.Decompress),
        "deflate" => new ZLibStream(raw, CompressionMode.Decompress),
        "br" => new BrotliStream(raw, CompressionMode.Decompress),
        _ => raw,
    };

    private static Encoding CharacterSetOf(string? contentType)
    {
        const string Charset = "charset=";
        var parameter = contentType?.Split(';').Skip(1).Select(each => each.Trim()).FirstOrDefault(each => each.StartsWith(Charset, StringComparison.OrdinalIgnoreCase));
        try
        {
            return parameter is null ? Encoding.UTF8 : Encoding.GetEncoding(parameter[Charset.Length..].Trim('"'));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // A character set that is unknown, or known to be unsafe (UTF-7): most share ASCII with UTF-8.
            return Encoding.UTF8;
        }
    }
}
