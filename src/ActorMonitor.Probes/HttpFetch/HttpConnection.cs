using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// A connection for one request, opened phase by phase before the request is made: every phase is measured, cancelling
/// ends it at once (a connect inside SocketsHttpHandler outlives its request), and no connection is ever used again.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private HttpConnection(Stream stream, double? certificateDaysLeft) => (Stream, CertificateDaysLeft) = (stream, certificateDaysLeft);

    public Stream Stream { get; }

    public double? CertificateDaysLeft { get; }

    public static async Task<HttpConnection> OpenAsync(
        ProbeRun run, HttpPlan plan, HttpTarget target, int hop, X509Certificate2Collection? trustedRoots, CancellationToken cancellationToken)
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
                return new HttpConnection(plain, certificateDaysLeft: null);
            var name = target.IsOwnOrigin && plan.ServerName is { } serverName ? serverName : host;
            return await HandshakeAsync(run, plan, plain, name, hop, trustedRoots, cancellationToken);
        }
        catch
        {
            await plain.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => Stream.Dispose();

    private static async Task<HttpConnection> HandshakeAsync(
        ProbeRun run,
        HttpPlan plan,
        NetworkStream plain,
        string serverName,
        int hop,
        X509Certificate2Collection? trustedRoots,
        CancellationToken cancellationToken)
    {
        run.Waiting = $"in the TLS handshake with {run.Address}";
        var started = run.Elapsed;
        var protocol = plan.Version == HttpVersion.Version20 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
        var check = new CertificateCheck(run, serverName, plan.IsInsecure, hop);
        var tls = new SslStream(plain);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = serverName,

                    // A resumed session would show the certificate of an earlier check.
                    AllowTlsResume = false,
                    ApplicationProtocols = [protocol],
                    CertificateChainPolicy = ChainPolicy(run, trustedRoots),
                    RemoteCertificateValidationCallback = check.Accept,
                },
                cancellationToken);
            run.Measure("tls", run.Elapsed - started, hop);
            run.Note("tls.version", tls.SslProtocol.ToString());
            if (protocol == SslApplicationProtocol.Http2 && tls.NegotiatedApplicationProtocol != protocol)
                throw new FetchException(Cause.ProtocolError, "the server does not speak HTTP/2");
            return new HttpConnection(tls, check.DaysLeft);
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (check.Refusal is { } refusal)
                throw refusal;
            throw e switch
            {
                AuthenticationException or CryptographicException => new FetchException(Cause.TlsHandshake, $"the TLS handshake failed: {(e.InnerException ?? e).Message}", e),
                IOException { InnerException: null } => new FetchException(Cause.ConnectionClosed, "the peer closed the connection in the TLS handshake", e),
                _ => e,
            };
        }
    }

    // No question leaves for revocation lists or missing intermediates: a check talks to its target and to nobody else.
    private static X509ChainPolicy ChainPolicy(ProbeRun run, X509Certificate2Collection? trustedRoots)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = run.Environment.Time.GetUtcNow().UtcDateTime,
        };
        if (trustedRoots is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trustedRoots);
        return policy;
    }
}
