using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls.OpenSsl;

namespace ActorMonitor.Probes.Tls;

/// <summary>What a TLS failure says of the target.</summary>
internal static class TlsFailure
{
    public static TargetException Closed() => new(Outcome.Down, Cause.ConnectionClosed, "the peer closed the connection in the TLS handshake");

    /// <summary>What the library's error says.</summary>
    /// <param name="error">The error.</param>
    /// <param name="isCertificateDemanded">Whether the server had asked for a certificate that it did not get.</param>
    /// <param name="first">The first bytes that the server sent, for a handshake.</param>
    public static TargetException Of(OpenSslError error, bool isCertificateDemanded, ReadOnlySpan<byte> first)
    {
        if (error.Alert is { } alert)
            return OfAlert(alert, isCertificateDemanded);
        if (error.IsEnd)
            return new TargetException(Outcome.Down, Cause.ConnectionClosed, "the peer ended the connection without TLS's goodbye");

        // Every record begins with its type, 20 to 23, and the major version 3 (RFC 8446 section 5.1).
        if (first.Length > 0 && (first[0] is < 20 or > 23 || (first.Length > 1 && first[1] != 3)))
            return new TargetException(Outcome.Down, Cause.TlsHandshake, $"the peer does not speak TLS: its answer begins with \"{Encoding.Latin1.GetString(first).Trim()}\"");
        return new TargetException(Outcome.Down, error.IsOutOfBounds ? Cause.TlsParameters : Cause.TlsHandshake, $"the TLS handshake failed: {error.Text}");
    }

    /// <summary>What a server's alert says.</summary>
    public static TargetException OfAlert(int alert, bool isCertificateDemanded) => alert switch
    {
        TlsAlert.CertificateRequired => Demanded(alert, "demands a client certificate (see clientCertificate)"),
        TlsAlert.HandshakeFailure when isCertificateDemanded => Demanded(alert, "demands a client certificate (see clientCertificate)"),
        (>= TlsAlert.BadCertificate and <= TlsAlert.CertificateUnknown) or TlsAlert.UnknownAuthority or TlsAlert.AccessDenied => Demanded(alert, "refuses the client certificate"),
        TlsAlert.ProtocolVersion => Down(Cause.TlsParameters, $"the server does not speak the versions of TLS that were offered (alert {TlsAlert.Name(alert)})"),
        TlsAlert.InsufficientSecurity => Down(Cause.TlsParameters, $"the server takes none of the cipher suites that were offered (alert {TlsAlert.Name(alert)})"),
        TlsAlert.HandshakeFailure => Down(Cause.TlsHandshake, $"the server refuses the handshake: it takes nothing of what was offered (alert {TlsAlert.Name(alert)})"),
        TlsAlert.UnrecognizedName => Down(Cause.TlsNameMismatch, $"the server does not know the name that was asked for (alert {TlsAlert.Name(alert)})"),
        TlsAlert.NoApplicationProtocol => Down(Cause.ProtocolError, $"the server speaks none of the protocols that were offered (alert {TlsAlert.Name(alert)})"),
        _ => Down(Cause.TlsHandshake, $"the server ended TLS with the alert {TlsAlert.Name(alert)}"),
    };

    private static TargetException Demanded(int alert, string what) => Down(Cause.TlsClientCertificate, $"the server {what} (alert {TlsAlert.Name(alert)})");

    private static TargetException Down(Cause cause, string message) => new(Outcome.Down, cause, message);
}
