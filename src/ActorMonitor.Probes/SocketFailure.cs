using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes;

/// <summary>What a socket error says about a target.</summary>
public static class SocketFailure
{
    /// <summary>The outcome and cause of a socket error.</summary>
    public static (Outcome Outcome, Cause Cause) Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => (Outcome.Down, Cause.Refused),
        SocketError.HostUnreachable or SocketError.HostDown => (Outcome.Down, Cause.HostUnreachable),
        SocketError.NetworkUnreachable or SocketError.NetworkDown => (Outcome.Down, Cause.NetworkUnreachable),
        SocketError.TimedOut => (Outcome.Down, Cause.Timeout),
        // A connection that was reset before its first use is not connected.
        SocketError.ConnectionReset or SocketError.NotConnected => (Outcome.Down, Cause.ConnectionReset),
        SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.Disconnecting => (Outcome.Down, Cause.ConnectionClosed),
        SocketError.AccessDenied => (Outcome.Unknown, Cause.Permission),
        SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported or SocketError.OperationNotSupported => (Outcome.Unknown, Cause.Unsupported),
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable => (Outcome.Unknown, Cause.LocalResource),
        _ => (Outcome.Unknown, Cause.ProbeFailed),
    };

    /// <summary>The system's text for a socket error.</summary>
    public static string Describe(SocketException exception) => exception.Message;
}
