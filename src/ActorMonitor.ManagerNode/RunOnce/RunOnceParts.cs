using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.ManagerNode.RunOnce;

/// <summary>What one run of every job is made of.</summary>
/// <param name="Epoch">The run's epoch; its identity is new, so any will do.</param>
/// <param name="Settings">The manager's settings: its name and the monitors.</param>
/// <param name="Jobs">The jobs.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where operators read what happened.</param>
/// <param name="OnRecord">Called with each record as it comes, one at a time.</param>
/// <param name="Done">Completed after the last record; make it with RunContinuationsAsynchronously.</param>
public sealed record RunOnceParts(
    Epoch Epoch,
    ManagerSettings Settings,
    ImmutableArray<JobDefinition> Jobs,
    TimeProvider Time,
    ILogger Logger,
    Action<JobDefinition, SlotRecord> OnRecord,
    TaskCompletionSource Done);

/// <summary>Puts one run of every job into an actor system.</summary>
public static class RunOnceHosting
{
    /// <summary>Starts <c>/user/manager</c> as a run of every job.</summary>
    public static AkkaConfigurationBuilder WithRunOnce(this AkkaConfigurationBuilder builder, RunOnceParts parts)
        => builder.WithActors((system, _) => system.ActorOf(RunOnceActor.Props(parts), "manager"));
}
