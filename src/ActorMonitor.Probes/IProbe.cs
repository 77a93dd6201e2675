using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes;

/// <summary>
/// The code that performs one service's check. One instance serves any number of checks at a time. One that holds sockets
/// or threads of its own is <see cref="IDisposable"/> too, and disposed after its last check has ended.
/// </summary>
public interface IProbe
{
    /// <summary>
    /// Runs one check. The whole exchange, name resolution included, ends within <see cref="ProbeRequest.Timeout"/>, which
    /// the probe itself keeps. Every failure that a network can cause is a result, not an exception.
    /// </summary>
    /// <param name="request">What to check.</param>
    /// <param name="cancellationToken">Ends the check at once; all its sockets are closed before the task ends.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken);
}

/// <summary>One check to run.</summary>
/// <param name="Job">The job's name, for probes that ask for it.</param>
/// <param name="Host">A host name or an address literal.</param>
/// <param name="Port">The port; 0 for a service without ports.</param>
/// <param name="Timeout">The bound on the whole check.</param>
/// <param name="Settings">How to check.</param>
/// <param name="Expectations">What makes it Up.</param>
public sealed record ProbeRequest(string Job, string Host, int Port, TimeSpan Timeout, SettingMap Settings, SettingMap Expectations);

/// <summary>What a check found.</summary>
/// <param name="Outcome">Up, Degraded, Down or Unknown.</param>
/// <param name="Cause">Why it is not Up; <see cref="Cause.None"/> when it is.</param>
/// <param name="Elapsed">The time that the check's main figure took (a round trip, an exchange), else the whole check.</param>
/// <param name="Message">One line for people: the main figure when Up, else what went wrong and what to do about it.</param>
public sealed record ProbeResult(Outcome Outcome, Cause Cause, TimeSpan Elapsed, string Message)
{
    /// <summary>The address that was probed, as text; null when none was reached.</summary>
    public string? ResolvedAddress { get; init; }

    /// <summary>The numbers measured.</summary>
    public ImmutableArray<Measurement> Measurements { get; init; } = [];

    /// <summary>The texts learned.</summary>
    public ImmutableArray<TextAttribute> Attributes { get; init; } = [];
}
