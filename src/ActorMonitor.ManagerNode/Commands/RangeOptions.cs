using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>What commands about a range of a job's slots take.</summary>
/// <param name="Lanes">The job's lanes.</param>
/// <param name="From">The first instant.</param>
/// <param name="To">The instant after the last.</param>
internal sealed record RangeOptions(ImmutableArray<LaneKey> Lanes, DateTimeOffset From, DateTimeOffset To)
{
    public static readonly Setting<string> Job = Setting.Text("job", "", "the job's name", "a job's name", JobId.IsValid);
    public static readonly Setting<string?> Monitor = Setting.OptionalText("monitor", "one of its monitors; without it all");
    public static readonly Setting<string> Since = Setting.Text("since", "24h", "where the range begins: " + TimePoint.Accepts, TimePoint.Accepts, text => TimePoint.TryParse(text, out _));
    public static readonly Setting<string?> Until = Setting.OptionalText("until", "where the range ends, in the same forms; without it now", TimePoint.Accepts, text => TimePoint.TryParse(text, out _));

    /// <summary>What was given, held against what is there.</summary>
    /// <exception cref="LaneException">There is no such job, it is not on that monitor, or the range is empty.</exception>
    public static async Task<RangeOptions> ReadAsync(IStore store, ShellInvocation invocation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = TimePoint.Read(invocation.Read(Since), now);
        // A slot due just now belongs to a range that ends now.
        var to = invocation.Read(Until) is { } until ? TimePoint.Read(until, now) : now.AddMilliseconds(1);
        if (from >= to)
            throw new LaneException($"The range is empty: it would begin at {(ShellValue)from} and end at {(ShellValue)to}.");
        return new RangeOptions(await StoreReading.LanesOfAsync(store, new JobId(invocation.Read(Job)), invocation.Read(Monitor), cancellationToken), from, to);
    }
}
