using System.Diagnostics;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>Waits for states, each until a deadline; how long it took comes back.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    internal static Task<TimeSpan> TrueAsync(Func<bool> isSo, TimeSpan within, Func<string> otherwise)
        => TrueAsync(() => Task.FromResult(isSo()), within, otherwise);

    internal static async Task<TimeSpan> TrueAsync(Func<Task<bool>> isSo, TimeSpan within, Func<string> otherwise)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(started) > within)
                throw new InvalidOperationException($"not within {within.TotalSeconds} s: {otherwise()}");
            await Task.Delay(Pause, TimeProvider.System);
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
