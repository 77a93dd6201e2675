using System.Runtime.CompilerServices;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes;

/// <summary>
/// What was made of jobs' settings and expectations, regular expressions among it. A job's checks come with the same two maps
/// again and again; what was made of them is kept for as long as they live, and once at most for each.
/// </summary>
/// <param name="make">Makes a plan of a request's settings and expectations, and of nothing else in it.</param>
internal sealed class KeptPlans<TPlan>(Func<ProbeRequest, TPlan> make)
    where TPlan : class
{
    private readonly ConditionalWeakTable<SettingMap, Kept> _kept = [];
    private TPlan? _bare;

    /// <summary>The plan of a check.</summary>
    /// <exception cref="SettingException">A setting is not understood, or two contradict each other.</exception>
    public TPlan Of(ProbeRequest request)
    {
        var (settings, expectations) = (request.Settings, request.Expectations);
        if (settings.Count == 0 && expectations.Count == 0)
            return _bare ??= make(request);
        // Jobs share the map that is empty; the other one is a job's own.
        var key = settings.Count == 0 ? expectations : settings;
        if (_kept.TryGetValue(key, out var kept) && ReferenceEquals(kept.Settings, settings) && ReferenceEquals(kept.Expectations, expectations))
            return kept.Plan;
        var plan = make(request);
        _kept.AddOrUpdate(key, new Kept(settings, expectations, plan));
        return plan;
    }

    private sealed record Kept(SettingMap Settings, SettingMap Expectations, TPlan Plan);
}
