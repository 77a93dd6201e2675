using System.IO.Pipelines;
using System.Text.Json;

namespace ActorMonitor.Shell;

/// <summary>Writes reply lines as NDJSON.</summary>
internal sealed class WireWriter(PipeWriter pipe) : IShellSink, IDisposable
{
    private const int FlushBytes = 16 * 1024;

    private readonly Utf8JsonWriter _json = new(pipe);
    private long _unflushedBytes;

    public ValueTask WriteAsync(ShellOutput output) => WriteAsync(WireLine.Of(output));

    public async ValueTask WriteAsync(WireLine line)
    {
        _json.Reset();
        JsonSerializer.Serialize(_json, line, WireJson.Default.WireLine);
        _json.Flush();
        _unflushedBytes += _json.BytesCommitted + 1;
        pipe.GetSpan(1)[0] = (byte)'\n';
        pipe.Advance(1);

        // A slow reader holds the command back here instead of filling our memory.
        if (_unflushedBytes >= FlushBytes)
            await FlushAsync();
    }

    public async ValueTask FlushAsync()
    {
        _unflushedBytes = 0;
        await pipe.FlushAsync();
    }

    public async ValueTask AliveAsync()
    {
        await WriteAsync(new WireLine { Kind = WireLine.AliveKind });
        await FlushAsync();
    }

    public ValueTask EndAsync() => FlushAsync();

    public void Dispose() => _json.Dispose();
}
