using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>
/// Expects that a port cannot be connected to. A refusal and silence are told apart: the one says that the host is there
/// and nobody listens, the other is what a firewall that drops and a host that is gone have in common.
/// </summary>
internal static class ClosedPort
{
    /// <summary>The check of a port that is to be closed.</summary>
    /// <param name="run">The check.</param>
    /// <param name="closed">How the port has to be closed: <c>refused</c>, <c>silent</c> or <c>either</c>.</param>
    /// <param name="addresses">The target's addresses; the port has to be closed at all that are tried.</param>
    /// <param name="timeout">Ends at the check's timeout or at the caller's cancellation.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    public static async Task<ProbeResult> CheckAsync(
        ProbeRun run, string closed, ImmutableArray<IPAddress> addresses, CancellationToken timeout, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await TargetDialler.ConnectAsync(run, addresses, run.Request.Port, ordinal: 0, timeout);
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"{run.Address} port {run.Request.Port} takes connections, expected {Print(closed)}");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return closed == "silent"
                ? run.Ended(Outcome.Down, Cause.ExpectationFailed, $"{run.Address} port {run.Request.Port} refused the connection, expected silence")
                : run.Up(run.Elapsed, "refused, as expected");
        }
        catch (Exception e) when (IsSilence(e) && !cancellationToken.IsCancellationRequested)
        {
            return closed == "refused"
                ? run.Ended(Outcome.Down, Cause.Timeout, $"silent for {DurationText.Print(run.Request.Timeout)} while {run.Waiting}, expected a refusal")
                : run.Ended(Outcome.Up, Cause.None, $"silent for {DurationText.Print(run.Request.Timeout)}, as expected");
        }
    }

    private static bool IsSilence(Exception e) => e is OperationCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut };

    private static string Print(string closed) => closed switch
    {
        "refused" => "a refusal",
        "silent" => "silence",
        _ => "a refusal or silence",
    };
}
