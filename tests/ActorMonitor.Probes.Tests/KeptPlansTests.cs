using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests;

public class KeptPlansTests
{
    private readonly KeptPlans<Plan> _plans = new(request => new Plan(request.Settings, request.Expectations));

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_job_s_checks_have_one_plan(bool hasSettings, bool hasExpectations)
    {
        var (settings, expectations) = (hasSettings ? Map(("a", "1")) : SettingMap.Empty, hasExpectations ? Map(("b", "2")) : SettingMap.Empty);

        var first = _plans.Of(Request("one", 1, settings, expectations));

        (first.Settings, first.Expectations).ShouldBe((settings, expectations));
        _plans.Of(Request("two", 2, settings, expectations, TimeSpan.FromSeconds(1))).ShouldBeSameAs(first);
    }

    [Fact]
    public void Other_maps_have_another_plan_though_one_of_them_is_the_same()
    {
        var (settings, expectations, others) = (Map(("a", "1")), Map(("b", "2")), Map(("b", "3")));

        var first = _plans.Of(Request("host", 1, settings, expectations));

        _plans.Of(Request("host", 1, settings, others)).Expectations.ShouldBeSameAs(others);
        _plans.Of(Request("host", 1, settings)).Expectations.ShouldBeSameAs(SettingMap.Empty);
        _plans.Of(Request("host", 1, null, expectations)).Settings.ShouldBeSameAs(SettingMap.Empty);
        var again = _plans.Of(Request("host", 1, settings, expectations));
        again.ShouldBe(first);
        again.Expectations.ShouldBeSameAs(expectations);
    }

    [Fact]
    public void A_plan_that_cannot_be_made_is_not_kept()
    {
        var tries = 0;
        var plans = new KeptPlans<Plan>(_ => ++tries == 1 ? throw new SettingException("not understood") : new Plan(SettingMap.Empty, SettingMap.Empty));
        var request = Request("host", 1, Map(("a", "1")));

        Should.Throw<SettingException>(() => plans.Of(request));

        plans.Of(request).ShouldNotBeNull();
    }

    [Fact]
    public void A_plan_goes_with_its_job()
    {
        var plan = PlanOfNobody();

        GC.Collect();

        plan.TryGetTarget(out _).ShouldBeFalse();
    }

    // In a method of its own, whose variables are gone when it returns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference<Plan> PlanOfNobody() => new(_plans.Of(Request("host", 1, Map(("a", "1")), Map(("b", "2")))));

    private sealed record Plan(SettingMap Settings, SettingMap Expectations);
}
