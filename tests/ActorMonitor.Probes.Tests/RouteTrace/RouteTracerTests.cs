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

        var tracer = await TraceAsync(path, Plan(8, 2, 100));

        tracer.LastHop.ShouldBe(4);
        Addresses(tracer).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "192.0.2.9"]);
        path.MostInFlightOf(wave: 2).ShouldBe(1);
        tracer.Ignored.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task One_router_that_quotes_too_little_does_not_shift_the_others()
    {
        var path = new ScriptedPath(hops: 5) { TellsSequence = (ttl, _) => ttl != 3 };

        var tracer = await TraceAsync(path, Plan(8, 3, 100));

        Addresses(tracer).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "192.0.2.9"]);
    }

    [Fact]
    public async Task A_hop_that_lost_its_first_probes_is_asked_again_before_the_destination_is_believed()
    {
        // The destination is at hop 3, but the first answers of hops 3 and 4 are lost.
        var path = new ScriptedPath(hops: 3) { Answers = (ttl, attempt) => ttl is not (3 or 4) || attempt > 2 };

        var tracer = await TraceAsync(path, Plan(8, 2, 50));

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

        var tracer = await TraceAsync(path, Plan(8, 3, 100) with { InFlight = 6 });

        tracer.LastHop.ShouldBe(2);
        tracer.Ignored.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task No_more_than_the_plan_allows_are_in_flight()
    {
        var path = new ScriptedPath(hops: 99) { Answers = (_, _) => false };

        await TraceAsync(path, Plan(6, 3, 10) with { InFlight = 4 });

        path.Sent.ShouldBe(18);
        path.MostInFlightOf(wave: 0).ShouldBe(4);
    }

    [Fact]
    public async Task A_trace_with_silent_hops_takes_one_hop_timeout_and_not_one_for_each()
    {
        var time = new ManualTime();
        var path = new ScriptedPath(hops: 10, time) { Answers = (ttl, _) => ttl is not (3 or 5 or 8) };
        var before = time.GetUtcNow();

        var tracer = await TraceAsync(path, TracePlan.Within(TimeSpan.FromSeconds(5), 30, 3, null));

        Addresses(tracer).ShouldBe(["10.0.0.1", "10.0.0.2", "*", "10.0.0.4", "*", "10.0.0.6", "10.0.0.7", "*", "10.0.0.9", "192.0.2.9"]);
        (time.GetUtcNow() - before).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.25));
    }

    [Fact]
    public async Task A_destination_that_never_answers_takes_one_hop_timeout_too()
    {
        var time = new ManualTime();
        var path = new ScriptedPath(hops: 99, time) { Answers = (ttl, _) => ttl < 4 };
        var before = time.GetUtcNow();

        var tracer = await TraceAsync(path, TracePlan.Within(TimeSpan.FromSeconds(5), 30, 3, null));

        tracer.LastHop.ShouldBe(30);
        path.Sent.ShouldBe(90);
        (time.GetUtcNow() - before).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.3));
    }

    [Fact]
    public async Task Silence_right_before_the_destination_costs_little_more()
    {
        var time = new ManualTime();
        var path = new ScriptedPath(hops: 10, time) { Answers = (ttl, _) => ttl != 9 };
        var before = time.GetUtcNow();

        var tracer = await TraceAsync(path, TracePlan.Within(TimeSpan.FromSeconds(5), 30, 3, null));

        tracer.LastHop.ShouldBe(10);
        path.AskedAt(9).ShouldBe(6);
        (time.GetUtcNow() - before).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.4));
    }

    [Fact]
    public async Task A_near_destination_is_spared_the_probes_for_hops_behind_it()
    {
        var path = new ScriptedPath(hops: 2);

        var tracer = await TraceAsync(path, TracePlan.Within(TimeSpan.FromSeconds(5), 30, 3, null));

        tracer.LastHop.ShouldBe(2);
        path.Sent.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task The_tries_of_one_hop_are_apart()
    {
        var path = new ScriptedPath(hops: 10);

        await TraceAsync(path, TracePlan.Within(TimeSpan.FromSeconds(5), 30, 3, null));

        // Routers have an allowance of so many errors at a time, and of one a second.
        path.ShortestGapAt(5).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task Hops_over_their_limit_are_asked_again_one_at_a_time_in_a_slow_pass()
    {
        var time = new ManualTime();
        var path = new ScriptedPath(hops: 6, time) { Answers = (ttl, attempt) => ttl is not (2 or 3) || attempt > 3 };

        var fast = await TraceAsync(path, Plan(10, 3, 500));
        var slow = await TraceAsync(new ScriptedPath(hops: 6, time) { Answers = path.Answers }, Plan(10, 3, 500) with { HasSlowPass = true });

        Addresses(fast).ShouldBe(["10.0.0.1", "*", "*", "10.0.0.4", "10.0.0.5", "192.0.2.9"]);
        Addresses(slow).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "192.0.2.9"]);
    }

    [Fact]
    public async Task A_slow_pass_ends_with_the_time()
    {
        var time = new ManualTime();
        var path = new ScriptedPath(hops: 30, time) { Answers = (ttl, _) => ttl is 1 or 30 };
        var before = time.GetUtcNow();
        var tracer = new RouteTracer(path, time, Target, Plan(30, 3, 500) with { HasSlowPass = true });

        await tracer.RunAsync(TimeSpan.FromSeconds(3), CancellationToken.None);

        (time.GetUtcNow() - before).ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.1));
    }

    [Theory]
    [InlineData(30, 3, 1, 5.0, null, 1000, 90, 2.77)]
    [InlineData(30, 3, 1, 1.0, null, 600, 90, 1.66)]
    [InlineData(64, 10, 1, 5.0, null, 1000, 512, 0.39)]
    [InlineData(64, 10, 16, 5.0, null, 219.5, 32, 0.08)]
    [InlineData(30, 3, 1, 5.0, 2.0, 2000, 90, 5)]
    [InlineData(30, 3, 1, 2.0, 5.0, 5000, 90, 5)]
    [InlineData(1, 1, 1, 5.0, null, 1000, 1, 5)]
    [InlineData(30, 3, 1, 0.05, null, 100, 90, 0.27)]
    public void A_plan_ends_in_time_even_when_no_hop_answers(int maxHops, int tries, int flows, double seconds, double? hopSeconds, double hopMilliseconds, int inFlight, double spacing)
    {
        var plan = TracePlan.Within(TimeSpan.FromSeconds(seconds), maxHops, tries, hopSeconds is { } given ? TimeSpan.FromSeconds(given) : null, flows);

        plan.HopTimeout.TotalMilliseconds.ShouldBe(hopMilliseconds, 0.1);
        plan.InFlight.ShouldBe(inFlight);
        plan.Spacing.TotalMilliseconds.ShouldBe(spacing, 0.01);
    }

    private static TracePlan Plan(int maxHops, int tries, int hopMilliseconds) => new(maxHops, tries, TimeSpan.FromMilliseconds(hopMilliseconds), maxHops * tries);

    private static async Task<RouteTracer> TraceAsync(ScriptedPath path, TracePlan plan)
    {
        var tracer = new RouteTracer(path, path.Time, Target, plan);
        await tracer.RunAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
        return tracer;
    }

    private static IEnumerable<string> Addresses(RouteTracer tracer)
        => Enumerable.Range(1, tracer.LastHop).Select(hop => string.Join('|', tracer.Hop(hop).ToArray().Select(one => one.State == TryState.Answered ? one.Answer.From!.ToString() : "*").Distinct()));
}
