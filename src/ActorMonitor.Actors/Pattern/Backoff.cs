using Akka.Actor;

namespace Akka.Pattern;

/// <summary>Options of a <see cref="BackoffSupervisor"/>.</summary>
public static class Backoff
{
    /// <summary>Starts the child again, after a growing delay, when it has failed.</summary>
    public static BackoffOptions OnFailure(
        Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        new(true, childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries);

    /// <summary>Starts the child again, after a growing delay, when it has stopped.</summary>
    public static BackoffOptions OnStop(
        Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        new(false, childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries);
}

/// <summary>When and how a <see cref="BackoffSupervisor"/> starts its child again.</summary>
public sealed record BackoffOptions
{
    internal BackoffOptions(
        bool onFailure, Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries)
    {
        if (minBackoff <= TimeSpan.Zero) throw new ArgumentException("minBackoff must be greater than 0", nameof(minBackoff));
        if (maxBackoff < minBackoff) throw new ArgumentException("maxBackoff must be greater than minBackoff", nameof(maxBackoff));
        if (randomFactor is not (>= 0.0 and <= 1.0)) throw new ArgumentException("randomFactor must be between 0.0 and 1.0", nameof(randomFactor));
        OnFailure = onFailure;
        ChildProps = childProps;
        ChildName = childName;
        MinBackoff = minBackoff;
        MaxBackoff = maxBackoff;
        RandomFactor = randomFactor;
        MaxNrOfRetries = maxNrOfRetries;
        ResetAfter = minBackoff;
    }

    internal bool OnFailure { get; }

    internal Props ChildProps { get; }

    internal string ChildName { get; }

    internal TimeSpan MinBackoff { get; }

    internal TimeSpan MaxBackoff { get; }

    internal double RandomFactor { get; }

    internal int MaxNrOfRetries { get; }

    /// <summary>How long the child must live for its delay to begin small again; null for never.</summary>
    internal TimeSpan? ResetAfter { get; private init; }

    internal Props Props => Props.Create(() => new BackoffSupervisor(this));

    /// <summary>The delay begins small again when the supervisor is told <see cref="BackoffSupervisor.Reset"/>.</summary>
    public BackoffOptions WithManualReset() => this with { ResetAfter = null };

    internal TimeSpan DelayAt(int restartCount)
    {
        if (restartCount >= 30) return MaxBackoff;
        var grown = Math.Min(MaxBackoff.Ticks, MinBackoff.Ticks * Math.Pow(2, restartCount));
        var spread = grown * (1.0 + (Random.Shared.NextDouble() * RandomFactor));
        return spread < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)spread) : MaxBackoff;
    }
}
