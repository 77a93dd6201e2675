namespace ActorMonitor.Storage.Schedules;

/// <summary>Slots at equal distances: first, first + step, and so on, in Unix milliseconds. Never empty.</summary>
internal readonly record struct SlotRun(long First, long Step, long Count)
{
    public long Last => First + ((Count - 1) * Step);

    public bool Contains(long slot) => slot >= First && slot <= Last && (slot - First) % Step == 0;

    /// <summary>Those in [from, to), null when there are none.</summary>
    public SlotRun? Within(long from, long to)
    {
        var skipped = from <= First ? 0 : ((from - First - 1) / Step) + 1;
        var end = to > Last ? Count : to <= First ? 0 : ((to - First - 1) / Step) + 1;
        return end <= skipped ? null : new SlotRun(First + (skipped * Step), Step, end - skipped);
    }

    /// <summary>What is left on both sides of one of its slots.</summary>
    public (SlotRun? Before, SlotRun? After) Without(long slot)
    {
        var index = (slot - First) / Step;
        return (
            index == 0 ? null : this with { Count = index },
            index == Count - 1 ? null : new SlotRun(slot + Step, Step, Count - 1 - index));
    }

    public IEnumerable<long> Slots()
    {
        for (var i = 0L; i < Count; i++)
            yield return First + (i * Step);
    }

    /// <summary>What is left when slots and other runs are taken out, in order. Works by runs, not by slots, where the grids agree.</summary>
    public List<SlotRun> Without(IEnumerable<long> slots, IEnumerable<SlotRun> runs)
    {
        var taken = new List<(long First, long Last)>();
        foreach (var slot in slots)
        {
            if (Contains(slot))
                taken.Add((slot, slot));
        }

        foreach (var run in runs)
        {
            if (run.Count > 1 && run.Step == Step && (run.First - First) % Step == 0)
            {
                taken.Add((run.First, run.Last));
                continue;
            }

            foreach (var slot in run.Slots())
            {
                if (Contains(slot))
                    taken.Add((slot, slot));
            }
        }

        taken.Sort();
        var left = new List<SlotRun>();
        var next = First;
        foreach (var (first, last) in taken)
        {
            Keep(left, next, first - Step);
            next = Math.Max(next, last + Step);
        }

        Keep(left, next, Last);
        return left;
    }

    private void Keep(List<SlotRun> runs, long first, long last)
    {
        last = Math.Min(last, Last);
        if (first <= last)
            runs.Add(new SlotRun(first, Step, ((last - first) / Step) + 1));
    }
}
