using System.Buffers;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What a server sends, read as lines and as bytes through one buffer.</summary>
internal sealed class HttpReader(Stream stream) : IDisposable
{
    /// <summary>The most bytes of all lines of a response: its head, and the sizes and trailers of its chunks.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    private const int BufferBytes = 8 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>How many bytes have come that nobody has asked for.</summary>
    public int Left => _end - _start;

    /// <summary>The first bytes that have come, as far as they fit a message.</summary>
    public string Beginning => Encoding.Latin1.GetString(_buffer, _start, Math.Min(Left, 48)).Trim();

    /// <summary>Waits until a byte is there; false when no more come.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellationToken) => Left > 0 || await FillAsync(cancellationToken);

    /// <summary>Reads a line and leaves out its end, CR LF or LF (RFC 9112 section 2.2).</summary>
    /// <param name="budget">How many bytes it may have; counted down.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TargetException">It is longer, or its end never came.</exception>
    public async ValueTask<string> ReadLineAsync(HeadBudget budget, CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, Left - searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(searched + length, budget);
            searched = Left;
            budget.Check(searched);
            if (!await FillAsync(cancellationToken))
                throw Ended();
        }
    }

    /// <summary>Reads bytes; 0 when no more come.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // Large reads bypass the buffer.
        if (Left == 0)
            return await stream.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(Left, buffer.Length);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public static TargetException Ended() => new(Outcome.Down, Cause.ConnectionClosed, "the peer closed the connection before its response was complete");

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private string Take(int length, HeadBudget budget)
    {
        budget.Spend(length + 1);
        var line = _buffer.AsSpan(_start, length);
        _start += length + 1;
        return Encoding.Latin1.GetString(line is [.., (byte)'\r'] ? line[..^1] : line);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
            (_start, _end) = (0, 0);
        else if (_end == _buffer.Length)
            MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        // Bounded by the budget of the head: a longer line is refused before the buffer is full of it.
        var target = Left > _buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(_buffer.Length * 2) : _buffer;
        _buffer.AsSpan(_start, Left).CopyTo(target);
        (_start, _end) = (0, Left);
        if (ReferenceEquals(target, _buffer))
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
    }
}

/// <summary>How many bytes of lines a response may still have.</summary>
internal sealed class HeadBudget
{
    private int _left = HttpReader.MaxHeadBytes;

    public void Spend(int bytes)
    {
        Check(bytes);
        _left -= bytes;
    }

    /// <summary>Begins anew.</summary>
    public void Restore() => _left = HttpReader.MaxHeadBytes;

    public void Check(int bytes)
    {
        if (bytes > _left)
            throw new TargetException(Outcome.Down, Cause.Oversize, $"the response's headers are larger than {HttpReader.MaxHeadBytes / 1024} KiB");
    }
}
