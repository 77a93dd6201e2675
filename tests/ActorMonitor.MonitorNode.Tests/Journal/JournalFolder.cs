using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;

namespace ActorMonitor.MonitorNode.Tests.Journal;

/// <summary>A folder of its own for a journal; in memory where the system has such a place.</summary>
internal sealed class JournalFolder : IDisposable
{
    public static readonly JournalSettings Small = new(64 * 1024, TimeSpan.FromHours(24)) { SegmentBytes = 4096 };

    public static readonly JournalSettings Large = new(1024L * 1024 * 1024, TimeSpan.FromHours(24));

    public JournalFolder()
        : this(System.IO.Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath(), $"journal-{Guid.NewGuid():N}"))
    {
    }

    public JournalFolder(string path) => Path = path;

    public string Path { get; }

    public ManualTime Time { get; } = new();

    public string[] Segments => [.. Directory.GetFiles(Path, "*.journal").Order(StringComparer.Ordinal)];

    public static CheckResult Result(int n, string job = "job", string message = "") => new(
        new JobId(job), new Slot(1000L * n), Outcome.Up, Cause.None, DateTimeOffset.UnixEpoch.AddSeconds(n), TimeSpan.Zero, TimeSpan.FromMilliseconds(n), TimeSpan.Zero, null, message);

    public static GrantTerms Grant(string job, long revision = 1) => new(
        revision,
        new CheckDefinition(new JobId(job), "ping", "host.example", 0, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), SettingMap.Empty, SettingMap.Empty),
        17, DateTimeOffset.UnixEpoch.AddHours(1), new Slot(0));

    public static StartedCheck Started(int n, string job = "job")
        => new(new JobId(job), new Slot(1000L * n), new Epoch(7), 3, Trigger.Grant, DateTimeOffset.UnixEpoch.AddSeconds(n));

    public SessionJournal Open(JournalSettings? settings = null) => SessionJournal.Open(Path, settings ?? Small, Time);

    /// <summary>What the folder is now, as a process that is killed now would leave it.</summary>
    public JournalFolder Copy()
    {
        var copy = new JournalFolder();
        copy.Time.SetTo(Time);
        _ = Directory.CreateDirectory(copy.Path);
        foreach (var file in Directory.GetFiles(Path))
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        return copy;
    }

    /// <summary>Everything that a manager would get, oldest first, without acknowledging any of it.</summary>
    public static List<OutboxEntry> Drain(SessionJournal journal)
    {
        var outbox = new Outbox(journal);
        outbox.Reconnected();
        var entries = new List<OutboxEntry>();
        while (true)
        {
            outbox.CreditBytes = long.MaxValue;
            if (!outbox.TryNext(0, out var entry))
                return entries;
            entries.Add(entry);
        }
    }

    public static List<long> SeqsIn(SessionJournal journal) => [.. Drain(journal).Select(entry => entry.Seq)];

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}

/// <summary>A time that moves when it is told to; its timers run on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _wall = DateTimeOffset.UnixEpoch.AddYears(50);
    private long _elapsedTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public long Microseconds => 1 + (_elapsedTicks / TimeSpan.TicksPerMicrosecond);

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _elapsedTicks;

    public void SetTo(ManualTime other) => (_wall, _elapsedTicks) = (other._wall, other._elapsedTicks);

    public void StepWall(TimeSpan step) => _wall += step;

    public void Advance(TimeSpan by)
    {
        _wall += by;
        _elapsedTicks += by.Ticks;
        foreach (var timer in _timers.Where(timer => timer.DueTicks <= _elapsedTicks).ToList())
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(ManualTime time, Action callback) : ITimer
    {
        public long DueTicks { get; private set; } = long.MaxValue;

        public void Fire()
        {
            DueTicks = long.MaxValue;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueTicks = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time._elapsedTicks + dueTime.Ticks;
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
