using System.Net;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.RouteTrace;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class RouteTracerTests
{
    private static readonly IPAddress Target = IPAddress.Parse("192.0.2.9");

    [Fact]
    public async Task Routers_that_quote_too_little_are_asked_one_at_a_time()
    {
        var path = new ScriptedPath(hops: 4) { TellsSequence = (_, _) => false };

        var tracer = await TraceAsync(path, new TracePlan(8, 2, TimeSpan.FromMilliseconds(100), 16));

        tracer.LastHop.ShouldBe(4);
        Addresses(tracer).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "192.0.2.9"]);
        path.MostUnansweredAfterFirstWave.ShouldBe(1);
        tracer.Ignored.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task One_router_that_quotes_too_little_does_not_shift_the_others()
    {
        var path = new ScriptedPath(hops: 5) { TellsSequence = (ttl, _) => ttl != 3 };

        var tracer = await TraceAsync(path, new TracePlan(8, 3, TimeSpan.FromMilliseconds(100), 16));

        Addresses(tracer).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "192.0.2.9"]);
    }

    [Fact]
    public async Task A_hop_that_lost_its_first_probes_is_asked_again_before_the_destination_is_believed()
    {
        // The destination is at hop 3, but the first answers of hops 3 and 4 are lost.
        var path = new ScriptedPath(hops: 3) { Answers = (ttl, attempt) => ttl is not (3 or 4) || attempt > 2 };

        var tracer = await TraceAsync(path, new TracePlan(8, 2, TimeSpan.FromMilliseconds(50), 16));

        tracer.LastHop.ShouldBe(3);
        Addresses(tracer).ShouldBe(["10.0.0.1", "10.0.0.2", "192.0.2.9"]);
    }

    [Fact]
    public async Task Repeated_foreign_and_impossible_answers_are_ignored()
    {
        var path = new ScriptedPath(hops: 2) { Repeats = 3 };
        path.Noise.Enqueue(new EchoAnswer(EchoAnswerKind.Error, 60_000, Target, 3, 3, null, 0));
        path.Noise.Enqueue(new EchoAnswer(EchoAnswerKind.Reply, 4096, Target, 0, 0, null, 0));
        path.Noise.Enqueue(new EchoAnswer(EchoAnswerKind.Reply, 23, Target, 0, 0, null, 0));
        path.Noise.Enqueue(EchoAnswer.Stray(Target, 0));

        var tracer = await TraceAsync(path, new TracePlan(8, 3, TimeSpan.FromMilliseconds(100), 6));

        tracer.LastHop.ShouldBe(2);
        tracer.Ignored.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task No_more_than_the_plan_allows_are_in_flight()
    {
        var path = new ScriptedPath(hops: 99) { Answers = (_, _) => false };

        await TraceAsync(path, new TracePlan(6, 3, TimeSpan.FromMilliseconds(10), 4));

        path.Sent.ShouldBe(18);
        path.LargestWave.ShouldBe(4);
    }

    [Theory]
    [InlineData(30, 3, 5.0, null, 750, 16)]
    [InlineData(30, 3, 30.0, null, 1000, 16)]
    [InlineData(64, 10, 1.0, null, 100, 72)]
    [InlineData(30, 3, 5.0, 2.0, 2000, 45)]
    [InlineData(30, 3, 2.0, 5.0, 5000, 90)]
    [InlineData(1, 1, 5.0, null, 1000, 1)]
    public void A_plan_ends_in_time_even_when_no_hop_answers(int maxHops, int tries, double seconds, double? hopSeconds, int hopMilliseconds, int inFlight)
    {
        var plan = TracePlan.Within(TimeSpan.FromSeconds(seconds), maxHops, tries, hopSeconds is { } given ? TimeSpan.FromSeconds(given) : null);

        plan.HopTimeout.TotalMilliseconds.ShouldBe(hopMilliseconds, 0.01);
        plan.InFlight.ShouldBe(inFlight);
    }

    private static async Task<RouteTracer> TraceAsync(ScriptedPath path, TracePlan plan)
    {
        var tracer = new RouteTracer(path, TimeProvider.System, Target, plan);
        await tracer.RunAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
        return tracer;
    }

    private static IEnumerable<string> Addresses(RouteTracer tracer)
        => Enumerable.Range(1, tracer.LastHop).Select(hop => string.Join('|', tracer.Hop(hop).ToArray().Select(one => one.State == TryState.Answered ? one.Answer.From!.ToString() : "*").Distinct()));

    /// <summary>A path that answers at once: hop n is 10.0.0.n, the last is the target.</summary>
    private sealed class ScriptedPath(int hops) : IEchoChannel
    {
        private readonly Dictionary<int, int> _attempts = [];
        private readonly Queue<EchoAnswer> _answers = new();
        private int _wave;
        private int _waves;

        public Func<int, int, bool> Answers { get; init; } = (_, _) => true;

        public Func<int, int, bool> TellsSequence { get; init; } = (_, _) => true;

        public int Repeats { get; init; } = 1;

        public Queue<EchoAnswer> Noise { get; } = new();

        public int Sent { get; private set; }

        public int LargestWave { get; private set; }

        public int MostUnansweredAfterFirstWave { get; private set; }

        public long Send(ushort sequence, int? ttl)
        {
            Sent++;
            LargestWave = Math.Max(LargestWave, ++_wave);
            if (_waves > 0)
                MostUnansweredAfterFirstWave = Math.Max(MostUnansweredAfterFirstWave, _wave);
            var hop = ttl!.Value;
            var attempt = _attempts[hop] = _attempts.GetValueOrDefault(hop) + 1;
            var now = TimeProvider.System.GetTimestamp();
            if (!Answers(hop, attempt))
                return now;
            var number = TellsSequence(hop, attempt) ? sequence : EchoAnswer.UnknownSequence;
            for (var i = 0; i < Repeats; i++)
            {
                _answers.Enqueue(hop >= hops
                    ? new EchoAnswer(EchoAnswerKind.Error, number, Target, 3, 3, null, now)
                    : new EchoAnswer(EchoAnswerKind.Error, number, IPAddress.Parse($"10.0.0.{hop}"), 11, 0, null, now));
            }

            return now;
        }

        public bool TryReceive(out EchoAnswer answer) => _answers.TryDequeue(out answer) || (Sent > 0 && Noise.TryDequeue(out answer));

        public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
        {
            (_wave, _waves) = (0, _waves + 1);
            if (_answers.Count == 0)
                await Task.Delay(atMost, TimeProvider.System, cancellationToken);
        }

        public void Dispose()
        {
        }
    }
}
