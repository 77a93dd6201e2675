using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// A connection for one request, opened phase by phase before the request is made: every phase is measured, cancelling
/// ends it at once (a connect inside SocketsHttpHandler outlives its request), and no connection is ever used again.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private HttpConnection(Stream stream, TlsSession? tls) => (Stream, Tls) = (stream, tls);

    public Stream Stream { get; }

    public TlsSession? Tls { get; }

    public static async Task<HttpConnection> OpenAsync(
        ProbeRun run, HttpPlan plan, HttpTarget target, int hop, CancellationToken cancellationToken)
    {
        // A redirect leads to a host of the peer's choice: it is resolved and held against the policy like the job's own.
        var host = target.Uri.HostNameType == UriHostNameType.IPv6 ? target.Uri.DnsSafeHost : target.Uri.IdnHost;
        run.Waiting = $"resolving {host}";
        var started = run.Elapsed;
        var addresses = await run.Environment.Resolver.ResolveAsync(host, run.Request.Settings, cancellationToken);
        run.Measure("dns", run.Elapsed - started, hop);

        var socket = await TargetDialler.ConnectAsync(run, addresses, target.Uri.Port, hop, cancellationToken);
        var plain = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (!target.IsSecure)
                return new HttpConnection(plain, tls: null);
            var name = target.IsOwnOrigin && plan.Tls.ServerName is { } serverName ? serverName : host;
            return await HandshakeAsync(run, plan, plain, name, hop, cancellationToken);
        }
        catch
        {
            await plain.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => Stream.Dispose();

    private static async Task<HttpConnection> HandshakeAsync(
        ProbeRun run, HttpPlan plan, NetworkStream plain, string serverName, int hop, CancellationToken cancellationToken)
    {
        var protocol = plan.Version == HttpVersion.Version20 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
        var session = await TlsHandshake.ConnectAsync(run, plain, plan.Tls, serverName, [protocol], hop, cancellationToken);
        if (protocol == SslApplicationProtocol.Http2 && session.Protocol != protocol)
        {
            session.Dispose();
            throw new FetchException(Cause.ProtocolError, "the server does not speak HTTP/2");
        }

        return new HttpConnection(session.Stream, session);
    }
}
