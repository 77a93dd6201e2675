using System.Runtime.InteropServices;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>The first error that the library left behind on this thread.</summary>
/// <param name="Library">The part of the library that failed; 20 is TLS.</param>
/// <param name="Reason">Its reason; 1000 and more are a peer's alert (ssl.h, SSL_AD_REASON_OFFSET).</param>
/// <param name="Text">Its words.</param>
internal sealed record OpenSslError(int Library, int Reason, string Text)
{
    private const int LibraryTls = 20;
    private const int FirstAlert = 1000;

    /// <summary>The alert that the peer sent (RFC 8446 section 6); null when the failure is another.</summary>
    public int? Alert => Library == LibraryTls && Reason is >= FirstAlert and <= FirstAlert + 255 ? Reason - FirstAlert : null;

    /// <summary>Whether the peer chose a version or a cipher suite that was not offered (sslerr.h).</summary>
    public bool IsOutOfBounds => Library == LibraryTls && Reason is 258 or 266 or 251 or 261 or 248;

    /// <summary>Whether the peer ended the connection without TLS's goodbye (sslerr.h, SSL_R_UNEXPECTED_EOF_WHILE_READING).</summary>
    public bool IsEnd => Library == LibraryTls && Reason == 294;

    public static unsafe OpenSslError Take()
    {
        var code = OpenSslNative.ERR_get_error();
        OpenSslNative.ERR_clear_error();
        if (code == 0)
            return new OpenSslError(0, 0, "no reason was given");
        var buffer = stackalloc byte[256];
        OpenSslNative.ERR_error_string_n(code, buffer, 256);
        var text = Marshal.PtrToStringUTF8((nint)buffer) ?? "";

        // error:0A000410:SSL routines::sslv3 alert handshake failure
        return new OpenSslError((int)(code >> 23) & 0xFF, (int)code & 0x7FFFFF, text[(text.LastIndexOf(':') + 1)..]);
    }

    public TargetException AsTargetException(Cause cause) => new(Outcome.Unknown, cause, $"OpenSSL: {Text}");
}
