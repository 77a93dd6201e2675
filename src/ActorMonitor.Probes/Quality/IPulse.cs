namespace ActorMonitor.Probes.Quality;

/// <summary>
/// How long this process was kept from running. What is measured while it was is the machine's or the process's own
/// time, not a target's.
/// </summary>
public interface IPulse
{
    /// <summary>All the time so far during which something of this process did not run that should have. Only grows.</summary>
    TimeSpan Starved { get; }

    /// <summary>The same, after a look at what would otherwise be seen with the next beat.</summary>
    TimeSpan StarvedNow();
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

    /// <inheritdoc/>
    public TimeSpan StarvedNow() => TimeSpan.Zero;
}
