using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Commands;
using ActorMonitor.Shell;

namespace ActorMonitor.Host.Composition;

/// <summary>
/// The configuration that the nodes of this process run with, which can be read again: what of it may change while they run is
/// applied, the rest is named. Thread-safe.
/// </summary>
internal sealed class LiveConfiguration : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableArray<LiveSetting> _live = [];
    private ImmutableArray<EffectiveSetting> _running;

    public LiveConfiguration(ConfigurationSource source, Configured configured)
        => (Source, File, JobsFile, _running) = (source, configured.File, configured.JobsFile, configured.Effective);

    public ConfigurationSource Source { get; }

    /// <summary>The HOCON file, as it is named; null when there is none.</summary>
    public string? File { get; }

    /// <summary>The jobs file that was read at the start; null when there is none.</summary>
    public string? JobsFile { get; }

    /// <summary>The manager's command that follows the jobs file; null when there is no manager in this process, or its jobs are built in.</summary>
    public ShellCommand? ReloadJobs { get; set; }

    /// <summary>What the nodes run with now.</summary>
    public ImmutableArray<EffectiveSetting> Running
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    /// <summary>A node knows how to change something while it runs.</summary>
    public void Add(LiveSetting live)
    {
        lock (_lock)
            _live = _live.Add(live);
    }

    /// <summary>What a reading would change.</summary>
    public ImmutableArray<ConfigurationChange> Compare(Configured read)
    {
        ImmutableArray<EffectiveSetting> running;
        ImmutableArray<LiveSetting> live;
        lock (_lock)
            (running, live) = (_running, _live);
        var before = running.ToDictionary(setting => setting.Path, StringComparer.Ordinal);
        var after = read.Effective.ToDictionary(setting => setting.Path, StringComparer.Ordinal);
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(path => new ConfigurationChange(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path), live.Any(each => each.Paths.Contains(path))))
                .Where(change => change.Before?.Value != change.After?.Value),
        ];
    }

    /// <summary>Applies what can be; one caller at a time.</summary>
    /// <returns>Each change, and what became of it.</returns>
    public async Task<ImmutableArray<AppliedChange>> ApplyAsync(Configured read, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var changes = Compare(read);
            var applied = ImmutableArray.CreateBuilder<AppliedChange>();
            foreach (var change in changes.Where(change => !change.IsLive))
                applied.Add(new AppliedChange(change, Failure: null, Note: null));
            foreach (var live in _live)
            {
                var touched = changes.Where(change => live.Paths.Contains(change.Path)).ToArray();
                if (touched.Length == 0)
                    continue;
                var (failure, note) = await ApplyAsync(live, read, cancellationToken);
                applied.AddRange(touched.Select(change => new AppliedChange(change, failure, note)));
                if (failure is null)
                    Adopt(touched);
            }

            return [.. applied.GroupBy(change => change.Change.Path, StringComparer.Ordinal).Select(Worst).OrderBy(change => change.Change.Path, StringComparer.Ordinal)];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static async Task<(string? Failure, string? Note)> ApplyAsync(LiveSetting live, Configured read, CancellationToken cancellationToken)
    {
        try
        {
            return (null, await live.Apply(read, cancellationToken));
        }
        catch (TimeoutException e)
        {
            return (e.Message, null);
        }
    }

    // A setting of two nodes in one process is applied when both have it.
    private static AppliedChange Worst(IEnumerable<AppliedChange> ofOnePath)
    {
        var all = ofOnePath.ToArray();
        return Array.Find(all, each => each.Failure is not null) ?? Array.Find(all, each => each.Note is not null) ?? all[0];
    }

    private void Adopt(IReadOnlyCollection<ConfigurationChange> changes)
    {
        var paths = changes.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            _running =
            [
                .. _running.Where(setting => !paths.Contains(setting.Path))
                    .Concat(changes.Select(change => change.After).OfType<EffectiveSetting>())
                    .OrderBy(setting => setting.Path, StringComparer.Ordinal),
            ];
        }
    }
}

/// <summary>Something that may change while a node runs.</summary>
/// <param name="Paths">The keys that say it.</param>
/// <param name="Apply">Does it; returns a note for people, or null. A <see cref="TimeoutException"/> says who did not answer.</param>
internal sealed record LiveSetting(ImmutableArray<string> Paths, Func<Configured, CancellationToken, Task<string?>> Apply);

/// <summary>A key whose value is another one now.</summary>
/// <param name="Path">The key.</param>
/// <param name="Before">What the nodes run with; null when it was not there.</param>
/// <param name="After">What was read; null when it is gone.</param>
/// <param name="IsLive">Whether it can be applied while they run.</param>
internal sealed record ConfigurationChange(string Path, EffectiveSetting? Before, EffectiveSetting? After, bool IsLive);

/// <summary>What became of a change.</summary>
/// <param name="Change">The change.</param>
/// <param name="Failure">Why it could not be applied; null when it was, or takes a restart.</param>
/// <param name="Note">What is to be known of it.</param>
internal sealed record AppliedChange(ConfigurationChange Change, string? Failure, string? Note);
