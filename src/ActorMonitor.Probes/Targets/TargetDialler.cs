using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Targets;

/// <summary>Opens a TCP connection to the first of a host's addresses that takes one.</summary>
internal static class TargetDialler
{
    /// <summary>How many of a host's addresses are tried at most.</summary>
    public const int MaxAddresses = 8;

    /// <summary>
    /// Tries the addresses in order. Each has an equal share of the time that is left, so that one that swallows packets
    /// leaves time for the others. Failed tries are noted as <c>connect.failed</c>, the time of the one that succeeded as <c>connect</c>.
    /// </summary>
    /// <exception cref="SocketException">None took the connection; the first failure that says something of the target.</exception>
    public static async Task<Socket> ConnectAsync(
        ProbeRun run, ImmutableArray<IPAddress> addresses, int port, int ordinal, CancellationToken cancellationToken)
    {
        var tried = Math.Min(addresses.Length, MaxAddresses);
        (IPEndPoint Endpoint, SocketException Error)? told = null;
        for (var i = 0; i < tried; i++)
        {
            var endpoint = new IPEndPoint(addresses[i], port);
            Show(run, endpoint);
            var started = run.Elapsed;
            try
            {
                var socket = i == tried - 1
                    ? await ConnectAsync(endpoint, cancellationToken)
                    : await ConnectWithinAsync(run, endpoint, run.Remaining / (tried - i), cancellationToken);
                run.Measure("connect", run.Elapsed - started, ordinal);
                return socket;
            }
            catch (SocketException e)
            {
                run.Note("connect.failed", $"{endpoint}: {SocketFailure.Of(e.SocketErrorCode).Cause.Name()}");
                if (told is null || (IsLocal(told.Value.Error) && !IsLocal(e)))
                    told = (endpoint, e);
            }
        }

        Show(run, told!.Value.Endpoint);
        throw told.Value.Error;
    }

    private static async Task<Socket> ConnectWithinAsync(ProbeRun run, IPEndPoint endpoint, TimeSpan share, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(share, run.Environment.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ConnectAsync(endpoint, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);

            // On this host a port that nobody listens on may be given to this very socket, which then meets itself
            // (RFC 9293 section 3.5, simultaneous open).
            if (endpoint.Equals(socket.LocalEndPoint))
                throw new SocketException((int)SocketError.ConnectionRefused);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Show(ProbeRun run, IPEndPoint endpoint) => (run.Address, run.Waiting) = (endpoint.Address, $"connecting to {endpoint}");

    // A host without IPv6 fails every IPv6 address by itself: that says nothing of the target.
    private static bool IsLocal(SocketException error)
        => error.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable;
}
