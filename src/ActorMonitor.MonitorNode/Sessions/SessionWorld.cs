using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>What all sessions of a monitor share.</summary>
internal sealed record SessionWorld(
    NodeId Monitor,
    MonitorSettings Settings,
    ImmutableArray<string> Services,
    IActorRef Gate,
    IActorRef Probes,
    TimeProvider Time,
    ILogger Logger)
{
    private readonly long _origin = Time.GetTimestamp();

    /// <summary>The monitor's own clock: microseconds that only grow, never 0.</summary>
    public long MonotonicMicroseconds() => 1 + (long)Time.GetElapsedTime(_origin).TotalMicroseconds;

    /// <summary>Tells the console about a client.</summary>
    public void Publish(ActorSystem system, bool success, string details)
        => system.EventStream.Publish(new NodeEvent(Time.GetUtcNow(), "client", success, details, IsChange: true));
}

internal static partial class SessionLog
{
    [LoggerMessage(1001, LogLevel.Information, "manager {Manager} linked from {Address} with epoch {Epoch}")]
    public static partial void Linked(ILogger logger, string manager, string address, long epoch);

    [LoggerMessage(1002, LogLevel.Information, "manager {Manager} at {Address} is silent; its session goes on without it")]
    public static partial void CutOff(ILogger logger, string manager, string address);

    [LoggerMessage(1003, LogLevel.Information, "refused {Address}: {Reason}")]
    public static partial void Refused(ILogger logger, string address, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "gave up {Count} results of manager {Manager} ({Id}), which was silent for over an hour, to make room for another manager")]
    public static partial void GaveUp(ILogger logger, int count, string manager, string id);
}
