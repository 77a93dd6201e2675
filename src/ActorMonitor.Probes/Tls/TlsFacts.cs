using System.Net.Security;
using System.Security.Authentication;

namespace ActorMonitor.Probes.Tls;

/// <summary>What a handshake agreed on, and the certificates that the server showed.</summary>
internal sealed record TlsFacts(SslProtocols Version, TlsCipherSuite Cipher, CertificateChain Chain)
{
    /// <summary>A version as people write it.</summary>
    public static string Print(SslProtocols version) => version switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => version.ToString(),
    };
}
