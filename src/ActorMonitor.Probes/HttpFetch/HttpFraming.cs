using System.Globalization;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// The body of a response, cut out of the connection by its framing (RFC 9112 section 6). What two readers could understand
/// in two ways is refused: a body in chunks with a length, or with two lengths.
/// </summary>
internal sealed class HttpFraming : AsyncOnlyStream
{
    private readonly HttpReader _reader;
    private readonly HeadBudget _budget = new();
    private readonly bool _isChunked;
    private long? _left;
    private bool _isFirstChunk = true;

    private HttpFraming(HttpReader reader, long? left, bool isChunked) => (_reader, _left, _isChunked, IsAtEnd) = (reader, left, isChunked, left == 0 && !isChunked);

    /// <summary>Whether all of the body was read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Whether the body ends with the connection.</summary>
    public bool EndsWithConnection => _left is null && !_isChunked;

    /// <summary>The body after a head.</summary>
    public static HttpFraming Of(HttpReader reader, HttpHead head, bool isAnswerToHead)
    {
        var (length, coding) = (head.Headers.Get("Content-Length"), head.Headers.Get("Transfer-Encoding"));
        if (coding is not null && (length is not null || head.Version == System.Net.HttpVersion.Version10))
            throw HttpHead.Broken(length is not null ? "its body has both a length and chunks" : "it has chunks in HTTP/1.0");
        if (coding is not null && !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            throw HttpHead.Broken($"its transfer coding is \"{coding}\"");
        var bytes = length is null ? null : LengthOf(length);
        if (isAnswerToHead || head.Status is < 200 or 204 or 304)
            return new HttpFraming(reader, 0, isChunked: false);
        return new HttpFraming(reader, coding is null ? bytes : 0, isChunked: coding is not null);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsAtEnd || buffer.IsEmpty)
            return 0;
        if (_isChunked && _left == 0 && !await BeginChunkAsync(cancellationToken))
            return 0;
        var read = await _reader.ReadAsync(_left < buffer.Length ? buffer[..(int)_left] : buffer, cancellationToken);
        if (read == 0)
        {
            IsAtEnd = EndsWithConnection ? true : throw HttpReader.Ended();
            return 0;
        }

        _left -= read;
        IsAtEnd = _left == 0 && !_isChunked;
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    // RFC 9112 section 7.1
    private async ValueTask<bool> BeginChunkAsync(CancellationToken cancellationToken)
    {
        if (!_isFirstChunk && (await _reader.ReadLineAsync(_budget, cancellationToken)).Length > 0)
            throw HttpHead.Broken("a chunk is longer than it says");
        _isFirstChunk = false;
        var line = await _reader.ReadLineAsync(_budget, cancellationToken);
        var size = line.AsSpan(0, line.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : line.Length).Trim(" \t");
        if (size.Length is 0 or > 15 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bytes))
            throw HttpHead.Broken($"the size of a chunk is \"{line}\"");
        _left = bytes;

        if (bytes > 0)
        {
            // The bound is on one chunk's line or on the trailers; how many chunks come is bounded by maxBody.
            _budget.Restore();
            return true;
        }

        while ((await _reader.ReadLineAsync(_budget, cancellationToken)).Length > 0)
        {
            // Trailers are counted and left out.
        }

        IsAtEnd = true;
        return false;
    }

    private static long? LengthOf(string text)
    {
        long? length = null;
        foreach (var part in text.Split(','))
        {
            if (part.Trim(' ', '\t') is not { Length: <= 18 } digits || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || (length ?? bytes) != bytes)
                throw HttpHead.Broken($"its length is \"{text}\"");
            length = bytes;
        }

        return length;
    }
}
