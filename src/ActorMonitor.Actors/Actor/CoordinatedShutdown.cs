using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Stops a system in phases; each runs the tasks added to it side by side, and the next waits for them.</summary>
public sealed class CoordinatedShutdown : IExtension
{
    /// <summary>The phase before connections are refused.</summary>
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";

    /// <summary>The phase that refuses connections.</summary>
    public const string PhaseServiceUnbind = "service-unbind";

    /// <summary>The phase that waits for requests under way.</summary>
    public const string PhaseServiceRequestsDone = "service-requests-done";

    /// <summary>The phase that stops services.</summary>
    public const string PhaseServiceStop = "service-stop";

    /// <summary>The last phase with all actors alive.</summary>
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>The phase that stops the actors.</summary>
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private static readonly ImmutableArray<string> Phases =
    [
        PhaseBeforeServiceUnbind,
        PhaseServiceUnbind,
        PhaseServiceRequestsDone,
        PhaseServiceStop,
        PhaseBeforeActorSystemTerminate,
        PhaseActorSystemTerminate,
    ];

    private readonly ActorSystemImpl _system;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Task)>> _tasks = new(StringComparer.Ordinal);
    private Task<Done>? _run;

    internal CoordinatedShutdown(ActorSystemImpl system) => _system = system;

    /// <summary>The shutdown of a system.</summary>
    public static CoordinatedShutdown Get(ActorSystem sys) => (CoordinatedShutdown)sys.GetExtension(CoordinatedShutdownExtension.Instance);

    /// <summary>Adds a task to a phase.</summary>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!Phases.Contains(phase)) throw new ConfigurationException($"Unknown phase [{phase}], known phases are {string.Join(", ", Phases)}.");
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        lock (_lock)
        {
            if (!_tasks.TryGetValue(phase, out var tasks)) _tasks.Add(phase, tasks = []);
            tasks.Add((taskName, task));
        }
    }

    /// <summary>Runs the phases; a second call gets the task of the first.</summary>
    public Task<Done> Run(Reason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        lock (_lock)
        {
            if (_run is not null) return _run;

            // Off the caller's thread, which may be an actor's.
            return _run = Task.Run(() => RunPhasesAsync(reason));
        }
    }

    private async Task<Done> RunPhasesAsync(Reason reason)
    {
        foreach (var phase in Phases)
        {
            (string Name, Func<Task<Done>> Task)[] tasks;
            lock (_lock) tasks = _tasks.TryGetValue(phase, out var added) ? [.. added] : [];
            var timeout = TimeoutOf(phase);
            var running = Task.WhenAll(tasks.Select(task => RunTaskAsync(phase, task.Name, task.Task)));
            try
            {
                await running.WaitAsync(timeout).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _system.Log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, timeout);
            }
        }

        if (!_system.Settings.Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system", true)
            && reason is not ActorSystemTerminateReason)
        {
            return Done.Instance;
        }

        _system.FinalTerminate();
        try
        {
            await _system.WhenTerminated.WaitAsync(TimeoutOf(PhaseActorSystemTerminate)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _system.Log.Warning("Coordinated shutdown phase [{0}] timed out", PhaseActorSystemTerminate);
        }

        return Done.Instance;
    }

    private async Task RunTaskAsync(string phase, string name, Func<Task<Done>> task)
    {
        try
        {
            await Task.Run(task).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // One task that fails must not keep the system from stopping.
            _system.Log.Warning(e, "Task [{0}] failed in phase [{1}]: {2}", name, phase, e.Message);
        }
    }

    private TimeSpan TimeoutOf(string phase)
    {
        var config = _system.Settings.Config;
        return config.GetTimeSpan(
            $"akka.coordinated-shutdown.phases.{phase}.timeout", config.GetTimeSpan("akka.coordinated-shutdown.default-phase-timeout"));
    }

    /// <summary>Why a system is stopped.</summary>
    public class Reason
    {
        /// <summary>A reason.</summary>
        protected Reason()
        {
        }
    }

    /// <summary>Terminate was called.</summary>
    public class ActorSystemTerminateReason : Reason
    {
        /// <summary>The reason.</summary>
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    /// <summary>The process exits.</summary>
    public class ClrExitReason : Reason
    {
        /// <summary>The reason.</summary>
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }
}

internal sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public static readonly CoordinatedShutdownExtension Instance = new();

    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new((ActorSystemImpl)system);
}
