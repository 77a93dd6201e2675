using System.Diagnostics;

namespace ActorMonitor.Shell;

/// <summary>
/// What the process of a node takes of its machine, for <c>top</c>. One instance a view: the share of the processors is that
/// since its previous reading, and the first reading's that since the start of the process.
/// </summary>
public sealed class ProcessFigures
{
    private const double Mebibyte = 1 << 20;

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private long? _readTimestamp;
    private TimeSpan _spent;

    /// <summary>Begins a view.</summary>
    /// <param name="time">The clock.</param>
    public ProcessFigures(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        using var process = Process.GetCurrentProcess();
        (_time, _started) = (time, new DateTimeOffset(process.StartTime));
    }

    /// <summary>Reads the figures.</summary>
    public ProcessReading Read()
    {
        using var process = Process.GetCurrentProcess();
        var (now, spent) = (_time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var uptime = TimeSpan.FromSeconds(Math.Floor((_time.GetUtcNow() - _started).TotalSeconds));
        var (elapsed, used) = _readTimestamp is { } before ? (_time.GetElapsedTime(before, now), spent - _spent) : (_time.GetUtcNow() - _started, spent);
        (_readTimestamp, _spent) = (now, spent);
        return new ProcessReading(
            _started,
            uptime,
            elapsed > TimeSpan.Zero ? Math.Max(0, used / elapsed) : null,
            Environment.WorkingSet,
            GC.GetTotalMemory(forceFullCollection: false),
            process.Threads.Count);
    }

    /// <summary>The columns of <see cref="Row"/>: uptime, processors, memory and heap in MiB, threads.</summary>
    public static TableHeader Header { get; } = new(
        new ShellColumn("uptime", ColumnKind.Duration), new ShellColumn("cpu %", ColumnKind.Number), new ShellColumn("of cores", ColumnKind.Number),
        new ShellColumn("memory MiB", ColumnKind.Number), new ShellColumn("heap MiB", ColumnKind.Number), new ShellColumn("threads", ColumnKind.Number));

    /// <summary>Reads the figures as a table's row under <see cref="Header"/>; <c>cpu %</c> is 100 for one core that is busy all the time.</summary>
    public TableRow Row()
    {
        var reading = Read();
        return new TableRow(
            reading.Uptime,
            reading.Cores is { } cores ? Math.Round(100 * cores, 1) : ShellValue.None,
            (long)Environment.ProcessorCount,
            Math.Round(reading.WorkingSetBytes / Mebibyte, 1),
            Math.Round(reading.HeapBytes / Mebibyte, 1),
            (long)reading.Threads);
    }
}

/// <summary>What a process took when it was looked at.</summary>
/// <param name="Started">When the process started.</param>
/// <param name="Uptime">How long ago that was, in whole seconds.</param>
/// <param name="Cores">How many processors it kept busy: 0.25 for a quarter of one; null when no time has passed.</param>
/// <param name="WorkingSetBytes">The memory of the machine that it occupies.</param>
/// <param name="HeapBytes">What the garbage collector holds of it for objects.</param>
/// <param name="Threads">Its threads.</param>
public sealed record ProcessReading(DateTimeOffset Started, TimeSpan Uptime, double? Cores, long WorkingSetBytes, long HeapBytes, int Threads);
