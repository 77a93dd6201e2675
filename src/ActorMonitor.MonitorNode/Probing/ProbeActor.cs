// A worker of the router /user/probes: starts checks, holds nothing. Supervised by the router.
using System.Collections.Frozen;
using ActorMonitor.Messages;
using ActorMonitor.Probes;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Probing;

/// <summary>
/// Starts each check asynchronously and lets its result go straight to the session, so that a restart or removal of this
/// actor loses no check. An unexpected exception answers the check with Unknown and restarts the actor.
/// </summary>
internal sealed class ProbeActor : ReceiveActor
{
    private readonly FrozenDictionary<string, IProbe> _probes;
    private readonly ProbeBoard _board;
    private readonly ProbeWork _work;
    private readonly CancellationToken _stopping;

    /// <summary>See <see cref="Props"/>.</summary>
    public ProbeActor(FrozenDictionary<string, IProbe> probes, ProbeBoard board, CancellationToken stopping)
    {
        (_probes, _board, _stopping) = (probes, board, stopping);
        _work = board.Join(Self.Path.Name);

        Receive<StartCheck>(check =>
        {
            _work.Began();
            _ = RunAsync(check, Self);
        });
        Receive<ProbeCrashed>(crashed => throw new ProbeCrashedException(crashed.Service, crashed.Exception));
    }

    /// <summary>How the router makes its workers.</summary>
    /// <param name="probes">The probes by service.</param>
    /// <param name="board">Where they account for what they are at.</param>
    /// <param name="stopping">Ends all checks when the node stops.</param>
    public static Props Props(FrozenDictionary<string, IProbe> probes, ProbeBoard board, CancellationToken stopping)
        => Akka.Actor.Props.Create(() => new ProbeActor(probes, board, stopping));

    protected override void PreRestart(Exception reason, object message)
    {
        // A restart is no end: the account goes on, as do the checks.
    }

    protected override void PostRestart(Exception reason) => _work.Restarted();

    protected override void PostStop() => _board.Leave(Self.Path.Name);

    private async Task RunAsync(StartCheck check, IActorRef self)
    {
        var definition = check.Check;
        using var either = check.Unwanted.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_stopping, check.Unwanted) : null;
        ProbeResult result;
        try
        {
            if (_probes.TryGetValue(definition.Service, out var probe))
            {
                var request = new ProbeRequest(definition.Job.Name, definition.Host, definition.Port, definition.Timeout, definition.Settings, definition.Expectations);
                result = await probe.ProbeAsync(request, either?.Token ?? _stopping).ConfigureAwait(false);
            }
            else
            {
                result = new ProbeResult(Outcome.Unknown, Cause.Unsupported, TimeSpan.Zero, $"this monitor has no service {definition.Service}");
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            result = new ProbeResult(Outcome.Unknown, Cause.Cancelled, TimeSpan.Zero, "the monitor was stopped");
        }
        catch (OperationCanceledException) when (check.Unwanted.IsCancellationRequested)
        {
            result = new ProbeResult(Outcome.Unknown, Cause.Cancelled, TimeSpan.Zero, "nobody waited for it any more");
        }
        catch (Exception e)
        {
            // Our own bug: the check gets its answer, supervision gets the exception.
            result = new ProbeResult(Outcome.Unknown, Cause.ProbeFailed, TimeSpan.Zero, $"the probe failed: {e.GetType().Name}: {e.Message}");
            self.Tell(new ProbeCrashed(definition.Service, e), ActorRefs.NoSender);
        }

        _work.Ended();
        check.Session.Tell(new CheckEnded(check.Id, result), self);
    }

    private sealed record ProbeCrashed(string Service, Exception Exception);
}

/// <summary>From a session to the router: run this check.</summary>
/// <param name="Id">The attempt's number within the session.</param>
/// <param name="Check">What to check.</param>
/// <param name="Session">Who gets the <see cref="CheckEnded"/>.</param>
public sealed record StartCheck(long Id, CheckDefinition Check, IActorRef Session)
{
    /// <summary>Ends the check when nobody waits for it any more; a slot's check has none, its result is always wanted.</summary>
    public CancellationToken Unwanted { get; init; }
}

/// <summary>To the session: the check's result.</summary>
/// <param name="Id">The attempt's number from <see cref="StartCheck"/>.</param>
/// <param name="Result">What it found.</param>
public sealed record CheckEnded(long Id, ProbeResult Result);

/// <summary>A probe threw what it must not throw; the supervisor restarts its actor.</summary>
public sealed class ProbeCrashedException : Exception
{
    /// <summary>Says which service's probe threw what.</summary>
    public ProbeCrashedException(string service, Exception inner)
        : base($"the probe of {service} threw {inner.GetType().Name}: {inner.Message}", inner)
    {
    }
}
