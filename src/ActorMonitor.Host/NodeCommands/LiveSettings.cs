using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;
using ActorMonitor.MonitorNode.Gate;
using Akka.Actor;
using Akka.Configuration;

namespace ActorMonitor.Host.NodeCommands;

/// <summary>What of a node's configuration may change while it runs, and who is told.</summary>
internal static class LiveSettings
{
    private const string NumberOfProbes = "akka.actor.deployment./probes.nr-of-instances";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Which events the console prints.</summary>
    public static LiveSetting Console(IActorRef console) => new(
        ["actor-monitor.console"],
        (read, _) =>
        {
            console.Tell(read.Settings.Console, ActorRefs.NoSender);
            return Task.FromResult<string?>(null);
        });

    /// <summary>How many probe actors there are, and may be.</summary>
    /// <param name="monitor">The monitor's supervisor.</param>
    /// <param name="hocon">What the operator wrote of its actor system.</param>
    /// <param name="started">The bounds that it was started with.</param>
    public static LiveSetting Probes(IActorRef monitor, Config hocon, PoolBounds started)
    {
        // The load may have made it another number: only one that was written anew counts.
        var known = NumberOf(hocon, started);
        return new LiveSetting(
            ["actor-monitor.monitor.probes.min", "actor-monitor.monitor.probes.max", NumberOfProbes],
            async (read, cancellationToken) =>
            {
                var bounds = read.Settings.Monitor.Probes;
                var number = NumberOf(read.Hocon, bounds);
                var set = await AskAsync(monitor, new SetPoolBounds(bounds.Min, bounds.Max, number == known ? null : number), cancellationToken);
                known = number;
                var now = $"{set.Now} probe actors" + (set.Before == set.Now ? "" : $", there were {set.Before}");
                return set.IsFixed ? $"{now}; their number stays set by hand until probes scale auto" : now;
            });
    }

    private static int NumberOf(Config hocon, PoolBounds bounds)
        => hocon.HasPath(NumberOfProbes) ? hocon.GetInt(NumberOfProbes) : Math.Clamp(NodeHocon.DefaultProbes, bounds.Min, bounds.Max);

    private static async Task<PoolBoundsSet> AskAsync(IActorRef monitor, SetPoolBounds set, CancellationToken cancellationToken)
    {
        try
        {
            return await monitor.Ask<PoolBoundsSet>(set, Deadline, cancellationToken);
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"timed out: {monitor.Path.ToStringWithoutAddress()} did not answer within {Deadline.TotalSeconds} s", e);
        }
    }
}
