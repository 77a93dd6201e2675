using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>What is asked of a resolver; names are equal without regard to case.</summary>
/// <param name="Name">The name as a job has it.</param>
/// <param name="Server">The name server that a job asks for; null for this host's way of resolving.</param>
/// <param name="Ipv4">Whether IPv4 addresses are wanted.</param>
/// <param name="Ipv6">Whether IPv6 addresses are wanted.</param>
internal readonly record struct NameQuestion(string Name, IPEndPoint? Server, bool Ipv4, bool Ipv6)
{
    public bool Equals(NameQuestion other)
        => Ipv4 == other.Ipv4 && Ipv6 == other.Ipv6 && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase) && Equals(Server, other.Server);

    public override int GetHashCode() => HashCode.Combine(string.GetHashCode(Name, StringComparison.OrdinalIgnoreCase), Server, Ipv4, Ipv6);
}

/// <summary>Answers for as long as they hold, at most so many.</summary>
internal sealed class NameCache(int size, TimeProvider time)
{
    private readonly ConcurrentDictionary<NameQuestion, Entry> _entries = new();
    private readonly Lock _sweep = new();

    public int Count => _entries.Count;

    /// <summary>An answer that still holds.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="isEnding">Whether the last tenth of its time has begun; true for one caller only.</param>
    public bool TryGet(in NameQuestion question, [NotNullWhen(true)] out NameAnswer? answer, out bool isEnding)
    {
        (answer, isEnding) = (null, false);
        if (!_entries.TryGetValue(question, out var entry))
            return false;
        var age = time.GetElapsedTime(entry.Stamp);
        if (age >= entry.Ttl)
            return false;
        answer = entry.Answer;
        isEnding = age >= entry.Ttl * 0.9 && entry.IsFirstToRefresh();
        return true;
    }

    public void Add(in NameQuestion question, NameAnswer answer, TimeSpan ttl)
    {
        _entries[question] = new Entry(answer, time.GetTimestamp(), ttl);
        if (_entries.Count > size)
            Sweep();
    }

    public void Clear() => _entries.Clear();

    // Ended ones go; when that is not enough, those that end first, an eighth of all so that it is not done each time.
    private void Sweep()
    {
        lock (_sweep)
        {
            if (_entries.Count <= size)
                return;
            var byEnd = _entries.Select(entry => (entry.Key, Left: entry.Value.Ttl - time.GetElapsedTime(entry.Value.Stamp))).OrderBy(entry => entry.Left).ToList();
            var surplus = byEnd.Count - size + (size / 8);
            for (var i = 0; i < byEnd.Count && (i < surplus || byEnd[i].Left <= TimeSpan.Zero); i++)
                _entries.TryRemove(byEnd[i].Key, out _);
        }
    }

    private sealed class Entry(NameAnswer answer, long stamp, TimeSpan ttl)
    {
        private int _refreshed;

        public NameAnswer Answer => answer;

        public long Stamp => stamp;

        public TimeSpan Ttl => ttl;

        public bool IsFirstToRefresh() => Volatile.Read(ref _refreshed) == 0 && Interlocked.Exchange(ref _refreshed, 1) == 0;
    }
}
