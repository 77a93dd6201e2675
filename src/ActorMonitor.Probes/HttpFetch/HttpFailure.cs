using System.Net.Sockets;
using System.Security.Authentication;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What an exception of an HTTP exchange says of the target.</summary>
internal static class HttpFailure
{
    /// <summary>The outcome, cause and words for an exception; null for one that is a fault of our own.</summary>
    public static (Outcome Outcome, Cause Cause, string Message)? Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (Known(e) is { } known)
                return known;
        }

        return exception is HttpRequestException or IOException ? (Outcome.Down, Cause.ProtocolError, exception.Message) : null;
    }

    private static (Outcome, Cause, string)? Known(Exception exception) => exception switch
    {
        TargetException e => (e.Outcome, e.Cause, e.Message),
        SocketException e => OfSocket(e),
        HttpRequestException e => OfError(e.HttpRequestError),
        HttpIOException e => OfError(e.HttpRequestError),
        InvalidDataException => (Outcome.Down, Cause.ProtocolError, "the body's compression is broken"),
        AuthenticationException e => (Outcome.Down, Cause.TlsHandshake, e.Message),
        _ => null,
    };

    private static (Outcome, Cause, string) OfSocket(SocketException exception)
    {
        var (outcome, cause) = SocketFailure.Of(exception.SocketErrorCode);
        return (outcome, cause, SocketFailure.Describe(exception));
    }

    private static (Outcome, Cause, string)? OfError(HttpRequestError? error) => error switch
    {
        HttpRequestError.ResponseEnded => (Outcome.Down, Cause.ConnectionClosed, "the peer closed the connection before its response was complete"),
        HttpRequestError.InvalidResponse => (Outcome.Down, Cause.ProtocolError, "the response is not HTTP"),
        HttpRequestError.HttpProtocolError or HttpRequestError.ExtendedConnectNotSupported => (Outcome.Down, Cause.ProtocolError, "the response breaks the protocol"),
        HttpRequestError.VersionNegotiationError => (Outcome.Down, Cause.ProtocolError, "the server does not speak the version of HTTP asked for"),
        HttpRequestError.ConfigurationLimitExceeded => (Outcome.Down, Cause.Oversize, "the response's headers are larger than 64 KiB"),
        _ => null,
    };
}
