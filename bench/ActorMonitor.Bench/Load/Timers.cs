using System.Diagnostics;
using Akka.Actor;

namespace ActorMonitor.Bench.Load;

/// <summary>
/// Many actors, each with a single-shot timer that it arms to the next instant of its own ideal grid: how late the ticks are,
/// and whether the last ones are later than the first.
/// </summary>
internal static class Timers
{
    public static async Task<int> RunAsync(Options options)
    {
        var actors = options.Number("actors", 100_000, max: 1_000_000);
        var interval = TimeSpan.FromSeconds(options.Number("seconds", 10, max: 60));
        var ticks = options.Number("ticks", 4, min: 2, max: 60);
        options.End();

        using var system = LoadSystem.Local();
        var lateness = new float[ticks][];
        for (var i = 0; i < ticks; i++)
            lateness[i] = new float[actors];

        using var countdown = new CountdownEvent(actors);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var grid = new Grid(interval, ticks, actors, lateness, () =>
        {
            if (countdown.Signal()) all.SetResult();
        });
        var refs = new IActorRef[actors];
        for (var i = 0; i < actors; i++)
        {
            var number = i;
            refs[i] = system.ActorOf(Props.Create(() => new Ticker(grid, number)));
        }

        // What is made and loaded once is not what this is about; the last actor answers when all are there.
        await refs[^1].Ask<ActorIdentity>(new Identify(1), TimeSpan.FromMinutes(2));
        GC.Collect();
        var cpu = Measurement.Cpu();
        grid.Begin = Stopwatch.GetTimestamp() + (long)((1 + (actors / 100_000.0)) * Stopwatch.Frequency);
        foreach (var ticker in refs)
            ticker.Tell("arm", ActorRefs.NoSender);

        await all.Task.WaitAsync((interval * (ticks + 2)) + TimeSpan.FromSeconds(30));
        var used = Measurement.Cpu() - cpu;

        var sorted = lateness.SelectMany(one => one).Select(one => (double)one).Order().ToArray();
        var drift = lateness[^1].Select(one => (double)one).Average() - lateness[0].Select(one => (double)one).Average();
        Console.WriteLine(
            $"timers actors={actors} interval={interval.TotalSeconds:0}s ticks={ticks}: late p50 {Measurement.Percentile(sorted, 50):0.00} ms, "
            + $"p99 {Measurement.Percentile(sorted, 99):0.00} ms, max {sorted[^1]:0.00} ms, earliest {sorted[0]:0.00} ms, "
            + $"drift {drift:0.00} ms from first to last tick, {used.TotalMicroseconds / ((double)actors * ticks):0.0} us CPU/tick");
        await system.Terminate();
        return 0;
    }

    /// <summary>Ticks are due from an instant on, which is known when all actors are there; phases are spread evenly over the interval.</summary>
    private sealed record Grid(TimeSpan Interval, int Ticks, int Actors, float[][] Lateness, Action Done)
    {
        public long Begin { get; set; }
    }

    private sealed class Ticker : ReceiveActor, IWithTimers
    {
        private readonly Grid _grid;
        private readonly int _number;
        private readonly long _phase;
        private int _tick;

        public Ticker(Grid grid, int number)
        {
            _grid = grid;
            _number = number;
            _phase = (long)(grid.Interval.TotalSeconds * Stopwatch.Frequency * number / grid.Actors);
            Receive<string>(word => word == "arm", _ => Arm());
            Receive<string>(_ => Ticked());
        }

        public ITimerScheduler Timers { get; set; } = null!;

        private long Ideal() => _grid.Begin + _phase + (long)(_tick * _grid.Interval.TotalSeconds * Stopwatch.Frequency);

        private void Ticked()
        {
            _grid.Lateness[_tick][_number] = (float)Stopwatch.GetElapsedTime(Ideal(), Stopwatch.GetTimestamp()).TotalMilliseconds;
            if (++_tick < _grid.Ticks) Arm();
            else _grid.Done();
        }

        private void Arm()
        {
            var delay = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Ideal());
            Timers.StartSingleTimer("slot", "tick", delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
        }
    }
}
