using ActorMonitor.Messages;

namespace ActorMonitor.Probes;

/// <summary>Something that a target's answer leaves to be desired.</summary>
internal sealed record Finding(Outcome Outcome, Cause Cause, string Message)
{
    /// <summary>Order of weight: what is proven broken, what is not known, what only warns.</summary>
    public int Weight => Outcome switch { Outcome.Down => 2, Outcome.Unknown => 1, _ => 0 };

    public static Finding Down(Cause cause, string message) => new(Outcome.Down, cause, message);

    public static Finding Degraded(string message) => new(Outcome.Degraded, Cause.ExpectationFailed, message);
}
