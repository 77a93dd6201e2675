using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.Probes.Tests.TcpConnect;

/// <summary>The server's side of TLS in the middle of a script.</summary>
internal static class ScriptedTls
{
    public static async Task StartTlsAsync(this ScriptedPeer peer, X509Certificate2 certificate, CancellationToken cancellationToken, bool demandsCertificate = false)
    {
        var tls = new SslStream(peer.Stream);
        peer.Stream = tls;
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = demandsCertificate,
                RemoteCertificateValidationCallback = (_, shown, _, _) => !demandsCertificate || shown is not null,
            },
            cancellationToken);
    }

    /// <summary>Reads until the other side has closed.</summary>
    public static Task UntilClosedAsync(this ScriptedPeer peer, CancellationToken cancellationToken) => peer.ReadUntilAsync("\0never\0", cancellationToken);

    /// <summary>Says something, and reads a line.</summary>
    public static async Task<string> AskAsync(this ScriptedPeer peer, string text, CancellationToken cancellationToken)
    {
        await peer.SendAsync(text, cancellationToken);
        return await peer.ReadUntilAsync("\n", cancellationToken);
    }
}
