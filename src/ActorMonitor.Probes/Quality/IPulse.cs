namespace ActorMonitor.Probes.Quality;

/// <summary>
/// How long this process was kept from running. What is measured while it was is the machine's or the process's own
/// time, not a target's.
/// </summary>
public interface IPulse
{
    /// <summary>All the time so far during which nothing of this process ran that should have. Only grows.</summary>
    TimeSpan Starved { get; }
}

/// <summary>The pulse of a process that always runs when it has to.</summary>
public sealed class SteadyPulse : IPulse
{
    /// <summary>The one there is.</summary>
    public static readonly SteadyPulse Instance = new();

    private SteadyPulse()
    {
    }

    /// <inheritdoc/>
    public TimeSpan Starved => TimeSpan.Zero;
}
