namespace ActorMonitor.Messages;

/// <summary>How a result says what its figures are worth.</summary>
public static class QualityNames
{
    /// <summary>A measurement and an attribute of a result whose figures are no target's: so long did the monitor's process not run.</summary>
    public const string Starved = "starved";

    /// <summary>A measurement: how much later than planned the latest packet left.</summary>
    public const string SendSlip = "send.slip";

    /// <summary>An attribute: who took the time of what came back, <c>process</c> or <c>kernel</c>.</summary>
    public const string Timestamps = "timestamps";
}
