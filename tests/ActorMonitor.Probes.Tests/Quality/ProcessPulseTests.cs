using ActorMonitor.Probes.Quality;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Quality;

public sealed class ProcessPulseTests : IDisposable
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(250);

    private readonly ManualTime _time = new();
    private readonly ScriptedWaits _waits = new();
    private readonly ProcessPulse _pulse;
    private bool _isPoolBusy;
    private IThreadPoolWorkItem? _queued;
    private TimeSpan _collecting;

    public ProcessPulseTests() => _pulse = new ProcessPulse(_time, () => _collecting, _waits, Queue);

    public void Dispose() => _pulse.Dispose();

    [Fact]
    public void Beats_in_time_are_no_starvation()
    {
        for (var i = 0; i < 1000; i++)
            Beat();

        _pulse.Starved.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_beat_that_is_late_within_the_tolerance_is_no_starvation()
    {
        for (var i = 0; i < 100; i++)
            Beat(ProcessPulse.Tolerance);

        _pulse.Starved.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Late_beats_count_as_long_as_they_were_late()
    {
        Beat(Late);
        _pulse.Starved.ShouldBe(Late);
        Beat();
        Beat(Late);

        _pulse.Starved.ShouldBe(2 * Late);
    }

    [Fact]
    public void A_beat_that_is_overdue_counts_before_it_comes()
    {
        _time.Advance(ProcessPulse.Period + Late);

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void A_collection_between_two_beats_counts()
    {
        Beat();
        _collecting += Late;
        _pulse.Starved.ShouldBe(Late);
        Beat();

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void A_thread_that_waited_for_a_processor_counts_with_the_next_look()
    {
        _waits.Next = Late;
        for (var i = 1; i < ProcessPulse.BeatsALook; i++)
            Beat();
        _pulse.Starved.ShouldBe(TimeSpan.Zero);
        Beat();

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void A_thread_that_waited_for_a_processor_is_seen_when_somebody_looks_and_counts_once()
    {
        _time.Advance(ProcessPulse.Period);
        _waits.Next = Late;

        _pulse.StarvedNow().ShouldBe(Late);
        _pulse.StarvedNow().ShouldBe(Late);
        for (var i = 0; i < ProcessPulse.BeatsALook; i++)
            Beat();
        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void Those_who_look_together_look_once()
    {
        _time.Advance(ProcessPulse.Period);

        for (var i = 0; i < 100; i++)
            _ = _pulse.StarvedNow();

        _waits.Looks.ShouldBe(1);
    }

    [Fact]
    public void One_standstill_that_shows_in_all_counts_once()
    {
        for (var i = 1; i < ProcessPulse.BeatsALook; i++)
            Beat();
        _waits.Next = Late;
        _collecting += Late;
        Beat(Late);

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void Work_that_the_pool_begins_late_counts()
    {
        _isPoolBusy = true;
        for (var i = 0; i < ProcessPulse.BeatsALook; i++)
            Beat();
        var work = _queued.ShouldNotBeNull();
        Beat();
        Beat();
        work.Execute();

        _pulse.StarvedNow().ShouldBe(2 * ProcessPulse.Period);
        _pulse.StarvedNow().ShouldBe(2 * ProcessPulse.Period);
    }

    [Fact]
    public void Work_that_the_pool_has_not_begun_yet_counts_as_it_waits()
    {
        _isPoolBusy = true;
        for (var i = 0; i < ProcessPulse.BeatsALook; i++)
            Beat();
        Beat();
        _pulse.StarvedNow().ShouldBe(ProcessPulse.Period);
        Beat();
        Beat();

        _pulse.StarvedNow().ShouldBe(3 * ProcessPulse.Period);
    }

    [Fact]
    public void A_disposed_pulse_looks_at_nothing()
    {
        _pulse.Dispose();
        Beat();
        _ = _pulse.StarvedNow();

        _waits.Looks.ShouldBe(0);
    }

    [Fact]
    public async Task A_real_one_beats()
    {
        using var pulse = new ProcessPulse();

        for (var i = 0; i < 1000 && pulse.Beats < 2 * ProcessPulse.BeatsALook; i++)
            await Task.Delay(ProcessPulse.Period, TimeProvider.System);

        pulse.Beats.ShouldBeGreaterThanOrEqualTo(2 * ProcessPulse.BeatsALook);
    }

    private void Beat(TimeSpan late = default)
    {
        _time.Advance(ProcessPulse.Period + late);
        _pulse.OnBeat();
    }

    private void Queue(IThreadPoolWorkItem item)
    {
        _queued = item;
        if (!_isPoolBusy)
            item.Execute();
    }

    private sealed class ScriptedWaits : IThreadWaits
    {
        public TimeSpan Next { get; set; }

        public int Looks { get; private set; }

        public TimeSpan Longest()
        {
            Looks++;
            var next = Next;
            Next = TimeSpan.Zero;
            return next;
        }

        public void Dispose() => Next = TimeSpan.Zero;
    }
}
