using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// A connection to an origin, opened phase by phase so that every phase is measured and cancelling ends it at once. It
/// serves one request, and more only when the job wants it kept.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private HttpConnection(Stream stream, TlsSession? tls, IPAddress? address)
        => (Stream, Tls, Address, Reader) = (stream, tls, address, new HttpReader(stream));

    public Stream Stream { get; }

    public TlsSession? Tls { get; }

    /// <summary>Who is at its other end.</summary>
    public IPAddress? Address { get; }

    public HttpReader Reader { get; }

    /// <summary>Whether it has served a request before.</summary>
    public bool IsReused { get; set; }

    /// <summary>Opens a connection for a target.</summary>
    /// <param name="run">The check.</param>
    /// <param name="plan">The job.</param>
    /// <param name="target">What is asked for.</param>
    /// <param name="pinned">The only address of the job's own host to use; null for any.</param>
    /// <param name="hop">The number of the measurements.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<HttpConnection> OpenAsync(
        ProbeRun run, HttpPlan plan, HttpTarget target, IPAddress? pinned, int hop, CancellationToken cancellationToken)
    {
        Stream stream = new TargetStream(await DialAsync(run, plan, target, pinned, hop, cancellationToken));
        try
        {
            if (!target.IsSecure)
                return new HttpConnection(stream, tls: null, run.Address);
            if (plan.Proxy is { } proxy)
                await TunnelAsync(run, stream, target, proxy, hop, cancellationToken);
            var name = target.IsOwnOrigin && plan.Tls.ServerName is { } serverName ? serverName : target.Host;
            var protocol = plan.Version == HttpVersion.Version20 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
            var session = await TlsHandshake.ConnectAsync(run, stream, plan.Tls, name, [protocol], hop, cancellationToken);
            stream = session.Stream;
            if (protocol == SslApplicationProtocol.Http2 && session.Protocol != protocol)
                throw new TargetException(Outcome.Down, Cause.ProtocolError, "the server does not speak HTTP/2");
            return new HttpConnection(stream, session, run.Address);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        Stream.Dispose();
    }

    // A redirect leads to a host of the peer's choice: it is resolved and held against the policy like the job's own.
    private static async Task<Socket> DialAsync(ProbeRun run, HttpPlan plan, HttpTarget target, IPAddress? pinned, int hop, CancellationToken cancellationToken)
    {
        if (plan.Proxy is { } proxy)
        {
            await HoldAgainstPolicyAsync(run, target.Host, cancellationToken);
            run.Waiting = $"resolving {proxy.Host}";
            var proxies = await run.ResolveAllAsync(proxy.Host, hop, cancellationToken);
            return await TargetDialler.ConnectAsync(run, proxies, proxy.Port, hop, cancellationToken);
        }

        run.Waiting = $"resolving {target.Host}";
        var addresses = pinned is not null && target.Host.Equals(run.Request.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            ? ImmutableArray.Create(pinned)
            : await run.ResolveAllAsync(target.Host, hop, cancellationToken);
        return await TargetDialler.ConnectAsync(run, addresses, target.Uri.Port, hop, cancellationToken);
    }

    // A name that only the proxy knows is the proxy's to judge.
    private static async Task HoldAgainstPolicyAsync(ProbeRun run, string host, CancellationToken cancellationToken)
    {
        try
        {
            run.Waiting = $"resolving {host}";
            _ = await run.Environment.Resolver.ResolveAsync(host, run.Request.Settings, cancellationToken);
        }
        catch (TargetException e) when (e.Cause != Cause.TargetDenied)
        {
            run.Note("proxy.resolves", host);
        }
    }

    private static async Task TunnelAsync(ProbeRun run, Stream stream, HttpTarget target, HttpProxy proxy, int hop, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for the proxy {proxy} to connect to {target.Authority}";
        var started = run.Elapsed;
        using var reader = new HttpReader(stream);
        await stream.WriteAsync(HttpRequestText.TunnelTo(target, proxy), cancellationToken);
        var head = await HttpHead.ReadAsync(reader, cancellationToken);
        run.Measure("proxy", run.Elapsed - started, hop);
        if (head.Status is < 200 or > 299)
            throw Refused(proxy, head.Status, target.Authority);
        if (reader.Left > 0)
            throw HttpHead.Broken("the proxy speaks before the server was asked");
    }

    public static TargetException Refused(HttpProxy proxy, int status, string authority) => new(
        Outcome.Down,
        Cause.ProxyRefused,
        $"the proxy {proxy} refuses to connect to {authority} with status {status}{(status == 407 ? ": it wants other credentials (see proxy.user)" : "")}");
}
