using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using ActorMonitor.MonitorNode.Tallies;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>What all sessions of a monitor share.</summary>
internal sealed class SessionWorld
{
    private readonly long _origin;

    public SessionWorld(MonitorNodeParts parts, IActorRef gate, IActorRef probes, MonitorMetrics metrics)
    {
        (Monitor, Settings, Time, Logger) = (parts.Id, parts.Settings, parts.Time, parts.Logger);
        (Gate, Probes, Metrics) = (gate, probes, metrics);
        Services = [.. parts.Services.Select(entry => entry.Definition.Name)];
        ClientsFolder = Path.Combine(parts.DataFolder, "clients");
        Journal = new JournalSettings(parts.Settings.Outbox.MaxBytes, parts.Settings.Outbox.MaxAge);
        Health = new OutboxHealth(parts.Health);
        Tallies = new CheckTallies(Services, parts.Time);
        _origin = parts.Time.GetTimestamp();
    }

    public NodeId Monitor { get; }

    public MonitorSettings Settings { get; }

    public ImmutableArray<string> Services { get; }

    public IActorRef Gate { get; }

    public IActorRef Probes { get; }

    /// <summary>A folder for each manager, by its id.</summary>
    public string ClientsFolder { get; }

    public JournalSettings Journal { get; }

    public OutboxHealth Health { get; }

    public MonitorMetrics Metrics { get; }

    /// <summary>What the checks came to.</summary>
    public CheckTallies Tallies { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

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
    public static partial void GaveUp(ILogger logger, long count, string manager, string id);

    [LoggerMessage(1005, LogLevel.Information, "the session of manager {Manager} ({Id}) goes on: {Grants} grants, {Results} results to deliver, {Lost} checks that this monitor did not finish")]
    public static partial void Recovered(ILogger logger, string manager, string id, int grants, long results, int lost);

    [LoggerMessage(1006, LogLevel.Warning, "the journal of manager {Manager} ({Id}) was damaged: {Damage}")]
    public static partial void Damaged(ILogger logger, string manager, string id, string damage);

    [LoggerMessage(1007, LogLevel.Error, "the journal of manager {Id} cannot be opened: {Reason}")]
    public static partial void NotOpened(ILogger logger, string id, string reason);

    [LoggerMessage(1008, LogLevel.Error, "results for manager {Manager} ({Id}) cannot be written to the disk: {Reason}; the checks go on")]
    public static partial void DiskFailed(ILogger logger, string manager, string id, string reason);

    [LoggerMessage(1009, LogLevel.Information, "results for manager {Manager} ({Id}) are written to the disk again")]
    public static partial void DiskWorks(ILogger logger, string manager, string id);

    [LoggerMessage(1010, LogLevel.Warning, "gave up {Count} results for manager {Manager} ({Id}): the outbox is full, or they were too old")]
    public static partial void Dropped(ILogger logger, long count, string manager, string id);

    [LoggerMessage(1011, LogLevel.Warning, "the folder of a manager that was forgotten cannot be deleted: {Reason}")]
    public static partial void NotDeleted(ILogger logger, string reason);

    [LoggerMessage(1013, LogLevel.Information, "an operator ended the link of manager {Manager} from {Address}")]
    public static partial void Disconnected(ILogger logger, string manager, string address);

    [LoggerMessage(1012, LogLevel.Warning, "the clock of manager {Manager} stepped by {Seconds:F1} s; the slots in between are not made up for")]
    public static partial void ClockStepped(ILogger logger, string manager, double seconds);
}
