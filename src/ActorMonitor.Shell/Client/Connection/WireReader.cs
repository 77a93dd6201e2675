using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ActorMonitor.Shell;

/// <summary>Reads a node's reply line by line; whatever answers there is not trusted to keep to the form.</summary>
internal static class WireReader
{
    /// <summary>The longest time without a line: above a command's timeout in the node.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    /// <summary>The lines as they come, until the reply ends.</summary>
    /// <exception cref="InvalidDataException">This is no reply of a node, or it fell silent.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async IAsyncEnumerable<WireLine> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(stream);
        while (true)
        {
            var read = await ReadSomeAsync(pipe, cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                yield return Parse(buffer.Slice(0, end));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > WireLine.MaxBytes)
                throw new InvalidDataException($"sent a line of more than {WireLine.MaxBytes / 1024} KiB");
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                yield break;
        }
    }

    private static async Task<ReadResult> ReadSomeAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(MaxSilence, TimeProvider.System);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await pipe.ReadAsync(ends.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidDataException($"said nothing for {(ShellValue)MaxSilence}", e);
        }
    }

    private static WireLine Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            var parsed = JsonSerializer.Deserialize(ref reader, WireJson.Default.WireLine);
            return parsed is not null && !reader.Read() ? parsed : throw new InvalidDataException("sent a line that is no JSON object of pbm");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("sent a line that is no JSON object of pbm", e);
        }
    }
}
