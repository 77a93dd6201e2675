using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>The way that one flow takes: who answered at each hop, up to the destination or to the last that answered.</summary>
/// <param name="IsReached">Whether it ends at the destination.</param>
/// <param name="Hops">The addresses at each hop, sorted; none for a hop that stayed silent, several where packets of one flow were spread.</param>
internal sealed record FlowPath(bool IsReached, ImmutableArray<ImmutableArray<IPAddress>> Hops)
{
    /// <summary>How a hop that stayed silent is written.</summary>
    public const string Silent = "*";

    /// <summary>The path as text: the addresses with spaces between hops, <c>*</c> for a silent one, <c>|</c> between the addresses of one.</summary>
    public override string ToString() => string.Join(' ', Hops.Select(TextOf));

    /// <summary>What a tracer has found.</summary>
    public static FlowPath Of(RouteTracer tracer)
    {
        var hops = ImmutableArray.CreateBuilder<ImmutableArray<IPAddress>>();
        var (isReached, last) = (false, 0);
        for (var hop = 1; hop <= tracer.LastHop; hop++)
        {
            var addresses = new List<IPAddress>();
            foreach (var one in tracer.Hop(hop))
            {
                if (one.State != TryState.Answered)
                    continue;
                last = hop;
                var isArrival = tracer.IsArrival(one.Answer);
                isReached |= isArrival;
                if ((one.Answer.From ?? (isArrival ? tracer.Target : null)) is { } from && !addresses.Contains(from))
                    addresses.Add(from);
            }

            hops.Add([.. addresses.OrderBy(address => address.ToString(), StringComparer.Ordinal)]);
        }

        return new FlowPath(isReached, [.. hops.Take(last)]);
    }

    /// <summary>
    /// A number of 16 hexadecimal digits that stands for the paths of a trace: the beginning of the SHA-256 of their texts,
    /// each once, sorted, with line feeds between them. A silent hop is part of it, as <c>*</c>.
    /// </summary>
    public static string HashOf(IEnumerable<FlowPath> paths)
    {
        var text = string.Join('\n', paths.Select(path => path.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    /// <summary>What is different from an earlier path to the same destination; null when nothing is. A silent hop may be anybody.</summary>
    public string? DifferenceFrom(FlowPath before)
    {
        for (var i = 0; i < Math.Min(Hops.Length, before.Hops.Length); i++)
        {
            if (!Hops[i].IsEmpty && !before.Hops[i].IsEmpty && !Hops[i].Any(before.Hops[i].Contains))
                return $"hop {i + 1} is {TextOf(Hops[i])} instead of {TextOf(before.Hops[i])}";
        }

        return Hops.Length == before.Hops.Length ? null : $"{Hops.Length} hops instead of {before.Hops.Length}";
    }

    /// <summary>This path with the hops that stayed silent taken from an earlier one without difference.</summary>
    public FlowPath FilledFrom(FlowPath before) => this with { Hops = [.. Hops.Select((hop, i) => hop.IsEmpty ? before.Hops[i] : hop)] };

    /// <summary>
    /// Finds a routing loop: routers that come round again, up to the last hop that answered. The first of its hops, and its
    /// routers in order; null when there is none. A path that reaches its destination has none.
    /// </summary>
    public (int Hop, ImmutableArray<IPAddress> Routers)? Loop()
    {
        const int MostRouters = 16;
        if (IsReached)
            return null;
        for (var period = 1; period <= Math.Min(MostRouters, Hops.Length / 2); period++)
        {
            // Back from the end as long as each hop is, or may be, the same as the one a round later; the loop begins where
            // both have answered.
            var (first, seen) = (Hops.Length - period, 0);
            for (var hop = first - 1; hop >= 0 && IsSame(Hops[hop], Hops[hop + period]); hop--)
            {
                if (!Hops[hop].IsEmpty && !Hops[hop + period].IsEmpty)
                    (first, seen) = (hop, seen + 1);
            }

            // A router that forwards a packet whose hop limit is spent is seen twice in a row: that is no loop.
            if (seen >= Math.Max(2, period) && RoutersOf(first, period) is { Length: > 0 } routers)
                return (first + 1, routers);
        }

        return null;
    }

    private ImmutableArray<IPAddress> RoutersOf(int first, int period)
        => [.. Enumerable.Range(first, period).Select(i => Hops.Skip(i).Where((_, n) => n % period == 0).SelectMany(hop => hop).FirstOrDefault()).OfType<IPAddress>()];

    private static bool IsSame(ImmutableArray<IPAddress> one, ImmutableArray<IPAddress> other) => one.IsEmpty || other.IsEmpty || one.Any(other.Contains);

    private static string TextOf(ImmutableArray<IPAddress> hop) => hop.IsEmpty ? Silent : string.Join('|', hop);
}
