using System.Net;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.Tests.RouteTrace;

/// <summary>
/// A path in virtual time: hop n is 10.0.0.n and answers after n ms, the last is the target. Waiting lets the time pass
/// until the next answer.
/// </summary>
internal sealed class ScriptedPath(int hops, ManualTime? time = null, string target = "192.0.2.9") : IEchoChannel
{
    private readonly List<(int Hop, TimeSpan At)> _asked = [];
    private readonly PriorityQueue<EchoAnswer, long> _answers = new();
    private readonly List<int> _waves = [0];

    public ManualTime Time { get; } = time ?? new ManualTime();

    /// <summary>Whether a hop answers an attempt, counted from 1.</summary>
    public Func<int, int, bool> Answers { get; init; } = (_, _) => true;

    /// <summary>Whether it quotes enough to tell which attempt it was.</summary>
    public Func<int, int, bool> TellsSequence { get; init; } = (_, _) => true;

    /// <summary>The address of a hop on the way.</summary>
    public Func<int, string> AddressOf { get; init; } = hop => $"10.0.0.{hop}";

    /// <summary>The labels that it tells.</summary>
    public string? Labels { get; init; }

    /// <summary>How often each answer comes.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>What comes besides.</summary>
    public Queue<EchoAnswer> Noise { get; } = new();

    private bool IsV6 => target.Contains(':', StringComparison.Ordinal);

    public int Sent => _asked.Count;

    /// <summary>How many probes left between two waits, the most from the given wait on.</summary>
    public int MostInFlightOf(int wave) => _waves.Skip(wave).Max();

    public int AskedAt(int hop) => _asked.Count(one => one.Hop == hop);

    public TimeSpan ShortestGapAt(int hop)
    {
        var times = _asked.Where(one => one.Hop == hop).Select(one => one.At).ToList();
        return times.Zip(times.Skip(1), (one, next) => next - one).Min();
    }

    public long Send(ushort sequence, int? ttl)
    {
        var hop = ttl!.Value;
        var now = Time.GetTimestamp();
        _asked.Add((hop, TimeSpan.FromTicks(now)));
        _waves[^1]++;
        if (!Answers(hop, AskedAt(hop)))
            return now;
        var number = TellsSequence(hop, AskedAt(hop)) ? sequence : EchoAnswer.UnknownSequence;
        var at = now + TimeSpan.FromMilliseconds(Math.Min(hop, hops)).Ticks;
        for (var i = 0; i < Repeats; i++)
        {
            _answers.Enqueue(
                hop >= hops
                    ? new EchoAnswer(EchoAnswerKind.Error, number, IPAddress.Parse(target), IsV6 ? (byte)1 : (byte)3, IsV6 ? (byte)4 : (byte)3, null, at)
                    : new EchoAnswer(EchoAnswerKind.Error, number, IPAddress.Parse(AddressOf(hop)), IsV6 ? (byte)3 : (byte)11, 0, null, at) { Labels = Labels },
                at);
        }

        return now;
    }

    public bool TryReceive(out EchoAnswer answer)
        => (_answers.TryPeek(out answer, out var at) && at <= Time.GetTimestamp() && _answers.TryDequeue(out answer, out _))
            || (Sent > 0 && Noise.TryDequeue(out answer));

    public ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _waves.Add(0);
        var next = _answers.TryPeek(out _, out var at) ? TimeSpan.FromTicks(at - Time.GetTimestamp()) : atMost;
        Time.Advance(next < atMost ? next : atMost);
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
    }
}
