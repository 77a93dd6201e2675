using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls.OpenSsl;

namespace ActorMonitor.Probes.Tls;

/// <summary>TLS where OpenSSL 3 is not there under its own name: the platform's, through .NET.</summary>
internal static partial class PlatformTls
{
    /// <summary>Performs the handshake; the certificates are only collected, to be judged as those of every other client.</summary>
    /// <exception cref="TargetException">It failed.</exception>
    public static async Task<(SslStream Stream, List<byte[]> Certificates)> ConnectAsync(
        Stream plain, TlsPlan plan, string serverName, ImmutableArray<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        var certificates = new List<byte[]>();
        var wasDemanded = false;
        var tls = new SslStream(plain);
        using var own = plan.CertificateFile is { } file ? X509Certificate2.CreateFromPemFile(file, plan.KeyFile ?? file) : null;
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = serverName,
                    EnabledSslProtocols = plan.MinVersion | plan.MaxVersion,
                    AllowTlsResume = false,
                    AllowRenegotiation = false,
                    ApplicationProtocols = protocols.IsEmpty ? null : [.. protocols],
                    CipherSuitesPolicy = Ciphers(plan.Offer),
                    CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
                    LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
                    {
                        // Asked first before anything is known of the server.
                        wasDemanded |= own is null && remote is not null;
                        return own!;
                    },
                    RemoteCertificateValidationCallback = (_, certificate, chain, _) => Collect(certificate, chain, certificates),
                },
                cancellationToken);
            return (tls, certificates);
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw e switch
            {
                AuthenticationException or CryptographicException => FailureOf((e.InnerException ?? e).Message, (e.InnerException?.InnerException ?? e).Message, wasDemanded),
                IOException { InnerException: null } => TlsFailure.Closed(),
                _ => e,
            };
        }
    }

    private static CipherSuitesPolicy? Ciphers(ImmutableArray<TlsCipherSuite> offer)
    {
        if (offer.IsEmpty)
            return null;
#pragma warning disable CA1416 // Windows says for itself that it cannot.
        try
        {
            return new CipherSuitesPolicy(offer);
        }
        catch (PlatformNotSupportedException)
        {
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "tls.offer: this platform lets no program choose its cipher suites");
        }
#pragma warning restore CA1416
    }

    private static bool Collect(X509Certificate? certificate, X509Chain? chain, List<byte[]> certificates)
    {
        if (certificate is not null)
            certificates.AddRange((chain?.ChainPolicy.ExtraStore.Select(each => each.RawData) ?? []).Where(each => !each.AsSpan().SequenceEqual(certificate.GetRawCertData())).Prepend(certificate.GetRawCertData()));
        return true;
    }

    // error:0A000410:SSL routines::sslv3 alert handshake failure: the last digits are OpenSSL's reason.
    private static TargetException FailureOf(string message, string inner, bool wasDemanded)
    {
        var found = OpenSslCode().Match(inner);
        if (!found.Success)
            return new TargetException(Outcome.Down, Cause.TlsHandshake, $"the TLS handshake failed: {message}");
        var code = Convert.ToInt32(found.Groups["code"].Value, 16);
        return TlsFailure.Of(new OpenSslError((code >> 23) & 0xFF, code & 0x7FFFFF, found.Groups["text"].Value), wasDemanded, []);
    }

    [GeneratedRegex("error:(?<code>[0-9A-F]{8}):[^:]*:[^:]*:(?<text>.*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OpenSslCode();
}
