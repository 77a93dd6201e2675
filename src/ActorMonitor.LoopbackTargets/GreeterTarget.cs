using System.Text;

namespace ActorMonitor.LoopbackTargets;

/// <summary>Greets like a mail server, then returns what it gets, up to a bound.</summary>
internal static class GreeterTarget
{
    private const int MostBytes = 64 * 1024;

    internal static async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"220 {LoopbackServers.Zone} ready\r\n"), cancellationToken);
        var buffer = new byte[4096];
        for (var total = 0; total < MostBytes;)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
                return;
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            total += count;
        }
    }
}
