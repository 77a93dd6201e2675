using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary>What the round trips of a check say together. All in milliseconds; only where there was a reply.</summary>
internal sealed class EchoStatistics
{
    private readonly double[] _sorted;

    private EchoStatistics(double[] inOrder)
    {
        _sorted = [.. inOrder];
        Array.Sort(_sorted);
        Mean = inOrder.Average();
        Deviation = Math.Sqrt(inOrder.Sum(one => (one - Mean) * (one - Mean)) / inOrder.Length);
        for (var i = 1; i < inOrder.Length; i++)
            Jitter += Math.Abs(inOrder[i] - inOrder[i - 1]) / (inOrder.Length - 1);
    }

    /// <summary>How many round trips there are.</summary>
    public int Count => _sorted.Length;

    /// <summary>The shortest.</summary>
    public double Minimum => _sorted[0];

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The longest.</summary>
    public double Maximum => _sorted[^1];

    /// <summary>The standard deviation of these round trips (not an estimate for others), as ping's mdev.</summary>
    public double Deviation { get; }

    /// <summary>
    /// The mean difference, without its sign, of one round trip and the next answered one's: RFC 3550's D (section 6.4.1),
    /// averaged evenly instead of by its running filter, which takes hundreds of packets to settle.
    /// </summary>
    public double Jitter { get; }

    /// <summary>The statistics of a log; null when nothing was answered.</summary>
    public static EchoStatistics? Of(EchoLog log)
    {
        if (log.Answered == 0)
            return null;
        var inOrder = new double[log.Answered];
        var at = 0;
        foreach (ref var echo in log.Echoes)
        {
            if (echo.Status == EchoStatus.Answered)
                inOrder[at++] = echo.RoundTrip.TotalMilliseconds;
        }

        return new EchoStatistics(inOrder);
    }

    /// <summary>The shortest round trip that so many percent of them do not exceed (nearest rank).</summary>
    public double Percentile(int percent) => _sorted[Math.Max(0, ((_sorted.Length * percent) + 99) / 100 - 1)];
}
