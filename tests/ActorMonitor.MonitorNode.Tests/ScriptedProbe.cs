using ActorMonitor.Messages;
using ActorMonitor.Probes;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Tests;

/// <summary>A probe whose checks the test ends: each start is told to an actor as a <see cref="Run"/>.</summary>
internal sealed class ScriptedProbe(IActorRef listener) : IProbe
{
    public const string Service = "scripted";

    public static ServiceDefinition Definition { get; } = new(Service, "ends when the test says so", 0, [], []);

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
    {
        var run = new Run(request, cancellationToken);
        listener.Tell(run, ActorRefs.NoSender);
        return run.Task;
    }

    /// <summary>A check that has been started.</summary>
    internal sealed class Run(ProbeRequest request, CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource<ProbeResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Job => request.Job;

        public ProbeRequest Request => request;

        public CancellationToken CancellationToken => cancellationToken;

        public Task<ProbeResult> Task => _result.Task;

        public void Up() => _result.SetResult(new ProbeResult(Outcome.Up, Cause.None, TimeSpan.FromMilliseconds(7), "7 ms"));

        public void Throw(Exception exception) => _result.SetException(exception);
    }
}
