namespace ActorMonitor.Probes.NtpQuery;

/// <summary>The samples of one check. The one with the least delay counts (RFC 5905 section 10, the clock filter).</summary>
internal sealed class NtpBurst
{
    private readonly List<TimeSpan> _offsets = new(1);

    /// <summary>How many samples there are.</summary>
    public int Count => _offsets.Count;

    /// <summary>The answer of the sample that counts.</summary>
    public NtpAnswer? Best { get; private set; }

    /// <summary>The sample that counts.</summary>
    public NtpSample Sample { get; private set; }

    /// <summary>The answer that is no sample, if there was one.</summary>
    public NtpAnswer? Refused { get; private set; }

    /// <summary>Whether the kernel said when each answer came.</summary>
    public bool IsKernelTime { get; private set; } = true;

    /// <summary>The root mean square of what the other offsets differ from the one that counts (RFC 5905 section 10); null for one sample.</summary>
    public TimeSpan? Jitter
    {
        get
        {
            if (_offsets.Count < 2)
                return null;
            var best = Sample.Offset;
            return TimeSpan.FromMilliseconds(Math.Sqrt(_offsets.Sum(offset => Math.Pow((offset - best).TotalMilliseconds, 2)) / (_offsets.Count - 1)));
        }
    }

    /// <summary>Takes an answer; false when it is no sample.</summary>
    public bool Add(NtpAnswer answer)
    {
        IsKernelTime &= answer.IsKernelTime;
        if (NtpVerdict.Refusal(answer.Packet) is not null)
        {
            Refused = answer;
            return false;
        }

        var sample = NtpSample.Of(answer.Sent, answer.RoundTrip, answer.Packet.Receive, answer.Packet.Transmit);
        _offsets.Add(sample.Offset);
        if (Best is null || sample.Delay < Sample.Delay)
            (Best, Sample) = (answer, sample);
        return true;
    }
}
