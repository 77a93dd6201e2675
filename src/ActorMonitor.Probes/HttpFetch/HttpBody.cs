using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>A response's body as far as it was read.</summary>
/// <param name="Text">Its text; empty when it was only counted.</param>
/// <param name="Length">The bytes that were read, after decompression when the text was asked for.</param>
/// <param name="IsCut">Whether there was more.</param>
internal sealed record HttpBody(string Text, int Length, bool IsCut)
{
    /// <summary>Reads a body up to a bound, keeping its text or only counting its bytes.</summary>
    /// <exception cref="InvalidDataException">The body's compression is broken.</exception>
    public static async Task<HttpBody> ReadAsync(HttpContent content, int maxBytes, bool keepText, CancellationToken cancellationToken)
    {
        await using var raw = await content.ReadAsStreamAsync(cancellationToken);
        await using var stream = keepText ? Decompressed(raw, content) : raw;
        using var kept = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                var taken = Math.Min(read, maxBytes - length);
                if (keepText)
                    kept.Write(buffer, 0, taken);
                length += taken;
                if (taken < read || read == 0)
                    return new HttpBody(CharacterSet(content).GetString(kept.GetBuffer(), 0, (int)kept.Length), length, IsCut: taken < read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // We ask for no compression; a server that compresses nevertheless is read all the same, within the same bound.
    private static Stream Decompressed(Stream raw, HttpContent content) => content.Headers.ContentEncoding.LastOrDefault()?.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(raw, CompressionMode.Decompress),
        "deflate" => new ZLibStream(raw, CompressionMode.Decompress),
        "br" => new BrotliStream(raw, CompressionMode.Decompress),
        _ => raw,
    };

    private static Encoding CharacterSet(HttpContent content)
    {
        try
        {
            return content.Headers.ContentType?.CharSet is { } name ? Encoding.GetEncoding(name.Trim('"')) : Encoding.UTF8;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // A character set that is unknown, or known to be unsafe (UTF-7): most share ASCII with UTF-8.
            return Encoding.UTF8;
        }
    }
}
