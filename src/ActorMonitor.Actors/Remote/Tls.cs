using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Akka.Remote;

/// <summary>
/// Puts TLS around connections. Both sides show a certificate and check the other's: its chain, its time, and that it
/// names the host that was dialled, or that the peer claims to be. Revocation lists are not fetched: who may not connect
/// any more loses its certificate's authority or its time.
/// </summary>
internal sealed class Tls(TlsSettings settings, TlsCertificates certificates)
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    public Task<SslStream> DialAsync(Stream plain, string host, CancellationToken cancellationToken)
    {
        var check = new PeerCheck(settings, host);
        var identity = certificates.Current();
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = Versions,
            ClientCertificateContext = identity.Own,
            CertificateChainPolicy = ChainPolicy(identity),
            RemoteCertificateValidationCallback = check.Accept,
            AllowRenegotiation = false,
            AllowTlsResume = false,
        };
        return AuthenticateAsync(plain, check, stream => stream.AuthenticateAsClientAsync(options, cancellationToken));
    }

    public Task<SslStream> AcceptAsync(Stream plain, CancellationToken cancellationToken)
    {
        var check = new PeerCheck(settings, host: null);
        var identity = certificates.Current();
        var options = new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = Versions,
            ServerCertificateContext = identity.Own,
            ClientCertificateRequired = settings.RequireMutualAuthentication,
            CertificateChainPolicy = ChainPolicy(identity),
            RemoteCertificateValidationCallback = check.Accept,
            AllowRenegotiation = false,

            // A resumed session would skip the check against roots that may have changed since.
            AllowTlsResume = false,
        };
        return AuthenticateAsync(plain, check, stream => stream.AuthenticateAsServerAsync(options, cancellationToken));
    }

    /// <summary>Refuses a peer that calls itself by a host that its certificate does not name: it could be had for another's messages.</summary>
    public void CheckClaim(SslStream stream, string host)
    {
        if (settings is { ValidateHostname: true, SuppressValidation: false }
            && stream.RemoteCertificate is X509Certificate2 certificate
            && !certificate.MatchesHostname(host))
        {
            throw new HandshakeException($"the certificate of {certificate.Subject} is not for '{Frames.Printable(host)}', which the peer says it is");
        }
    }

    /// <summary>What went wrong with the peer's bytes, from within what the stream makes of it; null for a mere break of the connection.</summary>
    public static string? Misdeed(Exception e) => e switch
    {
        AuthenticationException => (e.InnerException ?? e).Message,
        IOException { InnerException: { } inner and not SocketException } => (inner.InnerException ?? inner).Message,
        _ => null,
    };

    private static X509ChainPolicy ChainPolicy(TlsIdentity identity)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (identity.Roots.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(identity.Roots);
        }

        return policy;
    }

    private static async Task<SslStream> AuthenticateAsync(Stream plain, PeerCheck check, Func<SslStream, Task> authenticate)
    {
        var stream = new SslStream(plain);
        try
        {
            await authenticate(stream);
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is not (AuthenticationException or IOException))
                throw;

            throw new RemoteTransportException($"the TLS handshake failed: {check.Refusal ?? Misdeed(e) ?? e.Message}", e);
        }
    }

    /// <summary>Judges one peer's certificate and keeps the reason of a refusal.</summary>
    private sealed class PeerCheck(TlsSettings settings, string? host)
    {
        public string? Refusal { get; private set; }

        public bool Accept(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
        {
            if (shown is X509Certificate2 certificate)
                Refusal = settings.SuppressValidation ? null : Problem(certificate, chain, errors);
            else if (host is not null || settings.RequireMutualAuthentication)
                Refusal = "the peer shows no certificate";

            return Refusal is null;
        }

        private string? Problem(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            var subject = Frames.Printable(certificate.Subject);
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            {
                var reasons = string.Join(", ", chain?.ChainStatus.Select(each => each.Status).Distinct() ?? []);
                return $"the certificate of {subject}, valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}, is not trusted: {reasons}";
            }

            return settings.ValidateHostname && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? $"the certificate of {subject} is not for '{host}'"
                : null;
        }
    }
}
