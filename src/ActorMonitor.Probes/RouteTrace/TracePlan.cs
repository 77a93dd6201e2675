namespace ActorMonitor.Probes.RouteTrace;

/// <summary>How a trace is run.</summary>
/// <param name="MaxHops">The farthest hop to ask.</param>
/// <param name="Tries">Probes a hop.</param>
/// <param name="HopTimeout">How long an answer is waited for.</param>
/// <param name="InFlight">How many probes may be unanswered at a time.</param>
internal sealed record TracePlan(int MaxHops, int Tries, TimeSpan HopTimeout, int InFlight)
{
    private const int UsualInFlight = 16;
    private static readonly TimeSpan ShortestUsual = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUsual = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A plan that ends within the time left even when no hop answers. It keeps few probes in flight, because routers limit
    /// the rate of their ICMP errors, and sends more of them at a time only when the hop's timeout leaves no other way.
    /// </summary>
    public static TracePlan Within(TimeSpan remaining, int maxHops, int tries, TimeSpan? hopTimeout)
    {
        var probes = maxHops * tries;
        var budget = remaining * 0.9;
        var rounds = (probes + UsualInFlight - 1) / UsualInFlight;
        var timeout = hopTimeout ?? TimeSpan.FromTicks(Math.Clamp(budget.Ticks / rounds, ShortestUsual.Ticks, LongestUsual.Ticks));
        var needed = budget > timeout ? (int)Math.Ceiling(probes / Math.Floor(budget / timeout)) : probes;
        return new TracePlan(maxHops, tries, timeout, Math.Min(probes, Math.Max(UsualInFlight, needed)));
    }
}
