using ActorMonitor.Messages;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The target failed in a way that is told in its own words; the outcome is Down.</summary>
internal sealed class FetchException(Cause cause, string message, Exception? inner = null) : Exception(message, inner)
{
    public Cause Cause { get; } = cause;
}
