using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>Sequence numbers as ranges.</summary>
internal static class SeqRanges
{
    /// <summary>The fewest ascending ranges that hold just these numbers.</summary>
    public static IEnumerable<SeqRange> Of(IEnumerable<long> seqs)
    {
        SeqRange? range = null;
        foreach (var seq in seqs.Distinct().Order())
        {
            if (range is { } open)
            {
                if (seq == open.Last + 1)
                {
                    range = open with { Last = seq };
                    continue;
                }

                yield return open;
            }

            range = new SeqRange(seq, seq);
        }

        if (range is { } last)
            yield return last;
    }
}
