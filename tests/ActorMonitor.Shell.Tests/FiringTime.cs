using System.Collections.Concurrent;
using Shouldly;

namespace ActorMonitor.Shell.Tests;

/// <summary>A clock that stands still and whose timers fire when the test says so.</summary>
internal sealed class FiringTime : TimeProvider
{
    private readonly ConcurrentQueue<(TimerCallback Callback, object? State, TimeSpan Due)> _timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Enqueue((callback, state, dueTime));
        return new Armed();
    }

    /// <summary>Whether somebody waits for so long.</summary>
    public bool Has(TimeSpan due) => _timers.Any(timer => timer.Due == due);

    /// <summary>Lets the timers of a length fire, once there is one.</summary>
    public void Fire(TimeSpan due)
    {
        SpinWait.SpinUntil(() => Has(due), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        foreach (var timer in _timers.Where(timer => timer.Due == due))
            timer.Callback(timer.State);
    }

    private sealed class Armed : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // Fired or forgotten.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
