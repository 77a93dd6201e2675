using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Targets;

/// <summary>Opens a TCP connection to one of a host's addresses.</summary>
internal static class TargetDialler
{
    /// <summary>How many of a host's addresses are tried at most.</summary>
    public const int MaxAddresses = 8;

    /// <summary>How long an address has for itself before the next is tried beside it (RFC 8305 section 5).</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    // An abortive close: a check that has what it wants leaves no TIME_WAIT behind, of which thousands a second use up the ports.
    private static readonly LingerOption Abort = new(enable: true, seconds: 0);

    /// <summary>
    /// Tries the addresses in order, the families in turn. One that fails gives way to the next at once, one that stays
    /// silent gets company after <see cref="HeadStart"/>; the first connection wins. Failed tries are noted as
    /// <c>connect.failed</c>, overtaken ones as <c>connect.overtaken</c>, the time of the one that won as <c>connect</c>.
    /// The connection ends by a reset when its socket is disposed.
    /// </summary>
    /// <exception cref="SocketException">None took the connection; the first failure that says something of the target.</exception>
    /// <exception cref="TargetException">The check's settings of its sockets cannot be met.</exception>
    public static async Task<Socket> ConnectAsync(
        ProbeRun run, ImmutableArray<IPAddress> addresses, int port, int ordinal, CancellationToken cancellationToken)
    {
        var settings = SocketSettings.Read(run.Request.Settings);
        var reachable = settings.Reachable(addresses);
        if (reachable.Length > 1)
            return await DialRace.RunAsync(run, settings, InTurn(reachable), port, ordinal, cancellationToken);

        var endpoint = new IPEndPoint(reachable[0], port);
        Show(run, endpoint);
        var started = run.Elapsed;
        try
        {
            var socket = await ConnectAsync(settings, endpoint, cancellationToken);
            run.Measure("connect", run.Elapsed - started, ordinal);
            return socket;
        }
        catch (SocketException e)
        {
            NoteFailure(run, endpoint, e);
            throw;
        }
    }

    /// <summary>One connection, without a word to the run.</summary>
    internal static async Task<Socket> ConnectAsync(SocketSettings settings, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            settings.Apply(socket);
            await socket.ConnectAsync(endpoint, cancellationToken);

            // On this host a port that nobody listens on may be given to this very socket, which then meets itself
            // (RFC 9293 section 3.5, simultaneous open).
            if (endpoint.Equals(socket.LocalEndPoint))
                throw new SocketException((int)SocketError.ConnectionRefused);
            socket.NoDelay = true;
            socket.LingerState = Abort;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static void Show(ProbeRun run, IPEndPoint endpoint) => (run.Address, run.Waiting) = (endpoint.Address, $"connecting to {endpoint}");

    internal static void NoteFailure(ProbeRun run, IPEndPoint endpoint, SocketException e)
        => run.Note("connect.failed", $"{endpoint}: {SocketFailure.Of(e.SocketErrorCode).Cause.Name()}");

    /// <summary>The addresses with the families taking turns, that of the first one first (RFC 8305 section 4).</summary>
    internal static ImmutableArray<IPAddress> InTurn(ImmutableArray<IPAddress> addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).ToArray();
        var second = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).ToArray();
        var turns = ImmutableArray.CreateBuilder<IPAddress>(MaxAddresses);
        for (var i = 0; turns.Count < MaxAddresses && i < Math.Max(first.Length, second.Length); i++)
            turns.AddRange(first.Skip(i).Take(1).Concat(second.Skip(i).Take(1)).Take(MaxAddresses - turns.Count));
        return turns.ToImmutable();
    }
}
