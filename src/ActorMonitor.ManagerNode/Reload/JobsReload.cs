using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode;

/// <summary>
/// Reads the jobs again and has a running manager follow them. One at a time: what was read last is what runs. A configuration with a
/// mistake changes nothing; the check <c>jobs</c> says so until one without is read.
/// </summary>
/// <param name="manager">The manager's supervisor.</param>
/// <param name="read">Reads and checks the whole configuration, off the actors.</param>
/// <param name="health">The node's board.</param>
/// <param name="time">The clock of durations.</param>
public sealed class JobsReload(IActorRef manager, Func<CancellationToken, Task<JobsRead>> read, NodeHealth health, TimeProvider time) : IDisposable
{
    private const string Check = "jobs";
    private static readonly TimeSpan ApplyBound = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile string? _file;

    /// <summary>The file that was read last without a mistake; null before.</summary>
    public string? File => _file;

    /// <summary>Reads, compares, applies; <paramref name="progress"/> is told what is done now.</summary>
    public async Task<JobsReloaded> RunAsync(Action<string>? progress, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            progress?.Invoke("reading the configuration");
            var started = time.GetTimestamp();
            var found = await read(cancellationToken);
            var readIn = time.GetElapsedTime(started);
            if (found.Jobs is not { } jobs)
            {
                if (!found.Errors.IsEmpty)
                    health.Report(Check, HealthStatus.Warning, $"the configuration {Mistakes(found.Errors)}, so nothing of it was taken: the jobs run as they were read before");
                return new JobsReloaded(found, null, readIn, TimeSpan.Zero, null);
            }

            progress?.Invoke($"applying {jobs.Length:N0} jobs");
            started = time.GetTimestamp();
            var applied = await manager.Ask<JobsApplied>(new ApplyJobs(jobs), ApplyBound, cancellationToken);
            _file = found.File;
            health.Report(Check, HealthStatus.Ok, $"{applied.Count:N0} jobs, as {found.File} has them");
            return new JobsReloaded(found, applied, readIn, time.GetElapsedTime(started), null);
        }
        catch (AskTimeoutException)
        {
            return new JobsReloaded(JobsRead.Nothing, null, TimeSpan.Zero, TimeSpan.Zero, $"timed out: {manager.Path.ToStringWithoutAddress()} did not answer within {(ShellValue)ApplyBound}; it may still take the jobs");
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static string Mistakes(ImmutableArray<ConfigurationError> errors)
        => errors.Length == 1 ? $"has a mistake ({errors[0]})" : $"has {errors.Length:N0} mistakes (the first: {errors.FirstOrDefault()})";
}

/// <summary>What came of reading the configuration again.</summary>
/// <param name="File">The jobs file; null when none is configured.</param>
/// <param name="Jobs">The jobs; null when there is a mistake, or no file.</param>
/// <param name="Errors">All mistakes.</param>
/// <param name="Notes">What else an operator has to know: what takes a restart.</param>
public sealed record JobsRead(string? File, ImmutableArray<JobDefinition>? Jobs, ImmutableArray<ConfigurationError> Errors, ImmutableArray<string> Notes)
{
    /// <summary>Nothing was read.</summary>
    public static readonly JobsRead Nothing = new(null, null, [], []);
}

/// <summary>What came of a reload.</summary>
/// <param name="Read">What was read.</param>
/// <param name="Applied">What it did; null when nothing.</param>
/// <param name="ReadIn">How long reading took.</param>
/// <param name="AppliedIn">How long applying took.</param>
/// <param name="Failure">Why it was not applied although it was read; null when that did not happen.</param>
public sealed record JobsReloaded(JobsRead Read, JobsApplied? Applied, TimeSpan ReadIn, TimeSpan AppliedIn, string? Failure);
