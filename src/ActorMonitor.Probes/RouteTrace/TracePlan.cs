namespace ActorMonitor.Probes.RouteTrace;

/// <summary>How one flow is traced.</summary>
/// <param name="MaxHops">The farthest hop to ask.</param>
/// <param name="Tries">Probes a hop.</param>
/// <param name="HopTimeout">How long an answer is waited for.</param>
/// <param name="InFlight">How many probes may be unanswered at a time.</param>
internal sealed record TracePlan(int MaxHops, int Tries, TimeSpan HopTimeout, int InFlight)
{
    private const int MostInFlight = 512;
    private static readonly TimeSpan ShortestUsual = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUsual = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSpacing = TimeSpan.FromMilliseconds(5);

    /// <summary>The time from a probe to the next.</summary>
    public TimeSpan Spacing { get; init; }

    /// <summary>Whether hops that stayed silent are asked once more, one at a time.</summary>
    public bool HasSlowPass { get; init; }

    /// <summary>
    /// A plan whose probes are all in flight at once, within a bound, and that ends within the time left even when no hop
    /// answers. They leave over a quarter of the hop's timeout: the destination's answer ends the sending, which spares it
    /// the rest, and routers limit the rate of their ICMP errors.
    /// </summary>
    public static TracePlan Within(TimeSpan remaining, int maxHops, int tries, TimeSpan? hopTimeout, int flows = 1)
    {
        var probes = maxHops * tries;
        var inFlight = Math.Min(probes, MostInFlight / flows);
        // A quarter of a round for the sending, another for asking again before the destination.
        var rounds = ((probes + inFlight - 1) / inFlight) + 0.5;
        var timeout = hopTimeout ?? TimeSpan.FromTicks(Math.Clamp((long)(remaining.Ticks * 0.9 / rounds), ShortestUsual.Ticks, LongestUsual.Ticks));
        var spacing = timeout / (4 * probes);
        return new TracePlan(maxHops, tries, timeout, inFlight) { Spacing = spacing < LongestSpacing ? spacing : LongestSpacing };
    }
}
