using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace ActorMonitor.Shell;

/// <summary>
/// Who may speak to the endpoint. Loopback is no fence by itself: a web page in the operator's browser can reach it too,
/// directly or through a name that it lets resolve to 127.0.0.1. So the Host must be no such name, and a header is asked
/// for that a page can only send after a CORS preflight, which is never granted here.
/// </summary>
internal static class RequestRules
{
    /// <summary>Null when the request may go on, otherwise the status and the reason.</summary>
    /// <param name="request">The request.</param>
    /// <param name="configuredHost">The host that the endpoint is configured to listen on.</param>
    /// <param name="listensOn">The address that this is.</param>
    public static (int Status, string Reason)? Refusal(HttpRequest request, string configuredHost, IPAddress listensOn)
    {
        if (!IsHostAllowed(request.Host.Host, configuredHost, listensOn))
            return (StatusCodes.Status403Forbidden, "The Host header does not name this node: use its address as it is configured in actor-monitor.pbm.host.");
        if (request.Headers.ContainsKey("Origin") || request.Headers.ContainsKey("Sec-Fetch-Site"))
            return (StatusCodes.Status403Forbidden, "Browsers are not served.");
        if (!request.Path.Equals(WireRequest.Path, StringComparison.Ordinal))
            return (StatusCodes.Status404NotFound, $"Only {WireRequest.Path} is here.");
        if (!HttpMethods.IsPost(request.Method))
            return (StatusCodes.Status405MethodNotAllowed, "Only POST is served.");
        if (request.Headers[WireRequest.HeaderName] != WireRequest.HeaderValue)
            return (StatusCodes.Status403Forbidden, $"The header {WireRequest.HeaderName}: {WireRequest.HeaderValue} is missing.");
        return null;
    }

    // A literal address cannot be rebound by somebody's DNS; only names can. localhost is a loopback literal to every resolver and browser.
    public static bool IsHostAllowed(string host, string configuredHost, IPAddress listensOn)
    {
        if (host.Equals(configuredHost, StringComparison.OrdinalIgnoreCase) || host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        var literal = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (!IPAddress.TryParse(literal, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != literal))
            return false;
        return IPAddress.IsLoopback(address) || !IPAddress.IsLoopback(listensOn);
    }
}
