using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes;

/// <summary>
/// One check under way: its clock, its deadline, and what it has found so far. Probes write their main path in
/// <see cref="RunAsync"/> and leave timeouts, resolver failures and socket errors to it.
/// </summary>
public sealed class ProbeRun
{
    private const string ProcessTime = "process";

    // Always the same words, so that a store keeps them once; how long is a number.
    private static readonly TextAttribute StarvedNote = new(QualityNames.Starved, "this process was kept from running: the times may be its own");

    /// <summary>What is lost to this process itself in a run whose times are judged: this, or a hundredth of the run if that is more.</summary>
    public static readonly TimeSpan StarvedBound = TimeSpan.FromMilliseconds(5);

    // Of its timeout: a target that was listened to for less than the rest is not proven silent.
    private const double StarvedShare = 0.5;

    private readonly ImmutableArray<Measurement>.Builder _measurements = ImmutableArray.CreateBuilder<Measurement>();
    private readonly ImmutableArray<TextAttribute>.Builder _attributes = ImmutableArray.CreateBuilder<TextAttribute>();
    private readonly long _started;
    private readonly TimeSpan _starvedBefore;
    private TimeSpan? _slip;

    private ProbeRun(ProbeEnvironment environment, ProbeRequest request)
        => (Environment, Request, _started, _starvedBefore) = (environment, request, environment.Time.GetTimestamp(), environment.Pulse.Starved);

    /// <summary>What the probes of this monitor share.</summary>
    public ProbeEnvironment Environment { get; }

    /// <summary>What to check.</summary>
    public ProbeRequest Request { get; }

    /// <summary>Time since the check began.</summary>
    public TimeSpan Elapsed => Environment.Time.GetElapsedTime(_started);

    /// <summary>What is left of the timeout, not negative.</summary>
    public TimeSpan Remaining => Elapsed < Request.Timeout ? Request.Timeout - Elapsed : TimeSpan.Zero;

    /// <summary>The address that is being probed.</summary>
    public IPAddress? Address { get; set; }

    /// <summary>The message of a timeout: what was being waited for. Set it at each phase.</summary>
    public string Waiting { get; set; } = "resolving the name";

    /// <summary>
    /// Who took the time of what came back: <c>process</c>, after it was given the bytes, or <c>kernel</c>, at their arrival,
    /// which a process that is kept from running does not delay.
    /// </summary>
    public string TimestampSource { get; set; } = ProcessTime;

    /// <summary>How long this process was kept from running during the check so far.</summary>
    public TimeSpan Starved => (Elapsed > StarvedBound ? Environment.Pulse.StarvedNow() : Environment.Pulse.Starved) - _starvedBefore;

    /// <summary>
    /// Whether the times measured so far are the target's. When they are not, a threshold on a time fails nothing: this process
    /// was kept from running for longer than <see cref="StarvedBound"/>, and took the times itself.
    /// </summary>
    public bool JudgesLatency => TimestampSource != ProcessTime || !IsStarved(Starved);

    /// <summary>
    /// Runs a check under its timeout and turns what it throws into a result. <paramref name="check"/> gets a token that
    /// ends at the timeout or at the caller's cancellation; the latter leaves as <see cref="OperationCanceledException"/>.
    /// </summary>
    public static async Task<ProbeResult> RunAsync(
        ProbeEnvironment environment,
        ProbeRequest request,
        Func<ProbeRun, CancellationToken, Task<ProbeResult>> check,
        CancellationToken cancellationToken)
    {
        var run = new ProbeRun(environment, request);
        using var bound = environment.Bounds.Start(request.Timeout, cancellationToken);
        try
        {
            return run.Proven(await check(run, bound.Token));
        }
        catch (ResolveCanceledException e) when (bound.IsOver)
        {
            return run.Ended(Outcome.Unknown, Cause.ResolveFailed, $"{e.Host}: the resolver did not answer within {DurationText.Print(request.Timeout)}");
        }
        catch (OperationCanceledException) when (bound.IsOver)
        {
            return run.Proven(run.Ended(Outcome.Down, Cause.Timeout, $"timed out after {DurationText.Print(request.Timeout)} while {run.Waiting}"));
        }
        catch (TargetException e)
        {
            return run.Proven(run.Ended(e.Outcome, e.Cause, e.Message));
        }
        catch (SettingException e)
        {
            return run.Ended(Outcome.Unknown, Cause.BadSettings, e.Message);
        }
        catch (SocketException e)
        {
            var (outcome, cause) = SocketFailure.Of(e.SocketErrorCode);
            return run.Proven(run.Ended(outcome, cause, $"{SocketFailure.Describe(e)} while {run.Waiting}"));
        }
    }

    /// <summary>Resolves the request's host, notes the first address as the one probed, and returns it.</summary>
    public async Task<IPAddress> ResolveAsync(CancellationToken cancellationToken)
    {
        var addresses = await ResolveAllAsync(cancellationToken);
        Address = addresses[0];
        return addresses[0];
    }

    /// <summary>All addresses of the request's host that may be probed, at least one.</summary>
    public Task<ImmutableArray<IPAddress>> ResolveAllAsync(CancellationToken cancellationToken) => ResolveAllAsync(Request.Host, 0, cancellationToken);

    /// <summary>
    /// All addresses of a host that may be probed, at least one. Of a name, the time that it took is measured as
    /// <c>resolve</c>, and where the answer came from is noted as <c>resolver</c>.
    /// </summary>
    /// <param name="host">A name or an address literal: the request's own, a redirect's, a proxy's.</param>
    /// <param name="ordinal">Its place among those that one check resolves, from 0.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ImmutableArray<IPAddress>> ResolveAllAsync(string host, int ordinal, CancellationToken cancellationToken)
    {
        var started = Elapsed;
        ResolvedHost found;
        try
        {
            found = await Environment.Resolver.FindAsync(host, Request.Settings, cancellationToken);
        }
        catch (TargetException e) when (e.Resolver is not null)
        {
            Measure("resolve", Elapsed - started, ordinal);
            Note("resolver", e.Resolver);
            throw;
        }

        if (found.Source is not null)
        {
            Measure("resolve", Elapsed - started, ordinal);
            Note("resolver", found.Source);
        }

        return found.Addresses;
    }

    /// <summary>A packet left so much later than it was planned to; the latest of them is measured as <c>send.slip</c>.</summary>
    public void Slip(TimeSpan late)
    {
        if (_slip is not { } before || late > before)
            _slip = late;
    }

    /// <summary>Notes a number.</summary>
    public void Measure(string name, double value, string unit, int ordinal = 0) => _measurements.Add(new Measurement(name, ordinal, value, unit));

    /// <summary>Notes a time, in milliseconds.</summary>
    public void Measure(string name, TimeSpan value, int ordinal = 0) => Measure(name, value.TotalMilliseconds, "ms", ordinal);

    /// <summary>Notes a text; what a peer put into it is made printable and cut to 512 characters.</summary>
    public void Note(string name, string value) => _attributes.Add(new TextAttribute(name, EvidenceText.Printable(value, 512)));

    /// <summary>The result, with everything noted so far.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="cause">The cause.</param>
    /// <param name="message">One line for people.</param>
    /// <param name="elapsed">The main figure; by default the time since the check began.</param>
    public ProbeResult Ended(Outcome outcome, Cause cause, string message, TimeSpan? elapsed = null)
    {
        var took = elapsed ?? Elapsed;
        NoteQuality();
        return new ProbeResult(outcome, cause, took, EvidenceText.Printable(message, 1024))
        {
            ResolvedAddress = Address?.ToString(),
            Measurements = _measurements.ToImmutable(),
            Attributes = _attributes.ToImmutable(),
        };
    }

    /// <summary>The result of a check that found all as expected: its message is the main figure in milliseconds.</summary>
    public ProbeResult Up(TimeSpan elapsed, string? detail = null)
        => Ended(Outcome.Up, Cause.None, FormattableString.Invariant($"{elapsed.TotalMilliseconds:F3} ms") + (detail is null ? "" : $", {detail}"), elapsed);

    private void NoteQuality()
    {
        if (_slip is { } slip)
            Measure(QualityNames.SendSlip, slip);
        _attributes.Add(new TextAttribute(QualityNames.Timestamps, TimestampSource));
        var starved = Starved;
        if (!IsStarved(starved))
            return;
        Measure(QualityNames.Starved, starved);
        _attributes.Add(StarvedNote);
    }

    // What ended within the bound cannot have been starved for longer, and looks at nothing.
    private bool IsStarved(TimeSpan starved) => starved > StarvedBound && Elapsed is var elapsed && elapsed > StarvedBound && starved > elapsed / 100;

    /// <summary>The result, unless it is a silence that this process, kept from running, has hardly listened to.</summary>
    private ProbeResult Proven(ProbeResult result)
    {
        if (result.Outcome != Outcome.Down || result.Cause != Cause.Timeout || Starved < Request.Timeout * StarvedShare)
            return result;
        var message = $"this process was kept from running for {DurationText.Print(TimeSpan.FromMilliseconds(Math.Round(Starved.TotalMilliseconds)))} of the check: {result.Message}";
        return result with { Outcome = Outcome.Unknown, Cause = Cause.Starved, Message = EvidenceText.Printable(message, 1024) };
    }
}
