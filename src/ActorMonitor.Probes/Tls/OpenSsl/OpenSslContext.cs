using System.Collections.Immutable;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>
/// What the connections of one kind share (SSL_CTX). To make one costs about as much as a handshake, hence it is kept; it
/// remembers no session, so every handshake is a full one and shows the certificates of now.
/// </summary>
internal sealed unsafe class OpenSslContext : SafeHandle
{
    public OpenSslContext()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Whether this process can load the library.</summary>
    public static bool IsAvailable() => OperatingSystem.IsLinux() && NativeLibrary.TryLoad(OpenSslNative.Crypto, out _) && NativeLibrary.TryLoad(OpenSslNative.Ssl, out _);

    /// <summary>Makes the context of a plan, whose files have been read and found in order.</summary>
    /// <exception cref="SettingException">The library does not take the client certificate or none of the cipher suites.</exception>
    public static OpenSslContext Create(TlsPlan plan)
    {
        var context = new OpenSslContext();
        context.SetHandle(OpenSslNative.SSL_CTX_new(OpenSslNative.TLS_client_method()));
        if (context.IsInvalid)
            throw OpenSslError.Take().AsTargetException(Cause.LocalResource);
        try
        {
            context.Configure(plan);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    protected override bool ReleaseHandle()
    {
        OpenSslNative.SSL_CTX_free(handle);
        return true;
    }

    private void Configure(TlsPlan plan)
    {
        _ = OpenSslNative.SSL_CTX_ctrl(this, OpenSslNative.ControlSessionCacheMode, 0, 0);
        _ = OpenSslNative.SSL_CTX_ctrl(this, OpenSslNative.ControlMode, OpenSslNative.ModeReleaseBuffers, 0);
        _ = OpenSslNative.SSL_CTX_ctrl(this, OpenSslNative.ControlMinVersion, NumberOf(plan.MinVersion), 0);
        _ = OpenSslNative.SSL_CTX_ctrl(this, OpenSslNative.ControlMaxVersion, NumberOf(plan.MaxVersion), 0);

        // Without renegotiation what was learned in the handshake stays true for the connection.
        _ = OpenSslNative.SSL_CTX_set_options(this, OpenSslNative.OptionNoTicket | OpenSslNative.OptionNoRenegotiation);
        OpenSslNative.SSL_CTX_set_client_cert_cb(this, &NoteDemand);
        OpenSslNative.SSL_CTX_set_default_passwd_cb(this, &NoPassword);
        OpenSslNative.SSL_CTX_set_cert_verify_callback(this, &LeaveToTheJudge, 0);
        if (plan.Offer.IsEmpty)
            PutShorterFirst();
        else
            SetCiphers(plan.Offer);
        if (plan.CertificateFile is { } file)
            SetClientCertificate(file, plan.KeyFile ?? file);
    }

    // TLS 1.3 has suites of its own, which are set apart from those before it (RFC 8446 section B.4).
    private void SetCiphers(ImmutableArray<TlsCipherSuite> offer)
    {
        string[] now = [.. offer.Where(IsOfTls13).Select(suite => suite.ToString())];
        string[] before = [.. offer.Where(suite => !IsOfTls13(suite)).Select(suite => Marshal.PtrToStringUTF8(OpenSslNative.OPENSSL_cipher_name(suite.ToString())) ?? "")];

        // An empty list of the older suites is set all the same and then called an error.
        var isTaken = OpenSslNative.SSL_CTX_set_ciphersuites(this, string.Join(':', now)) == 1
            & (OpenSslNative.SSL_CTX_set_cipher_list(this, before.Length == 0 ? "-ALL" : string.Join(':', before)) == 1 | before.Length == 0);
        OpenSslNative.ERR_clear_error();
        if (!isTaken)
            throw new SettingException($"tls.offer = {string.Join(", ", offer)}: expected cipher suites that this system's OpenSSL has");

        // A version without a suite must not be offered.
        if (before.Length == 0)
            _ = OpenSslNative.SSL_CTX_ctrl(this, OpenSslNative.ControlMinVersion, OpenSslNative.Tls13, 0);
        if (now.Length == 0)
            _ = OpenSslNative.SSL_CTX_ctrl(this, OpenSslNative.ControlMaxVersion, OpenSslNative.Tls12, 0);
    }

    // The system's suites in the order of browsers, which most servers are made for: AES-128 with SHA-256 before SHA-384.
    private void PutShorterFirst()
    {
        const string Shorter = nameof(TlsCipherSuite.TLS_AES_128_GCM_SHA256);
        var ciphers = OpenSslNative.SSL_CTX_get_ciphers(this);
        var now = new List<string>();
        for (var i = 0; ciphers != 0 && i < OpenSslNative.OPENSSL_sk_num(ciphers); i++)
        {
            var cipher = OpenSslNative.OPENSSL_sk_value(ciphers, i);
            if (IsOfTls13((TlsCipherSuite)OpenSslNative.SSL_CIPHER_get_protocol_id(cipher)))
                now.Add(Marshal.PtrToStringUTF8(OpenSslNative.SSL_CIPHER_get_name(cipher)) ?? "");
        }

        if (now.Remove(Shorter))
            _ = OpenSslNative.SSL_CTX_set_ciphersuites(this, string.Join(':', now.Prepend(Shorter)));
    }

    private static bool IsOfTls13(TlsCipherSuite suite) => (int)suite >> 8 == 0x13;

    private void SetClientCertificate(string file, string keyFile)
    {
        var taken = OpenSslNative.SSL_CTX_use_certificate_chain_file(this, file) == 1
            && OpenSslNative.SSL_CTX_use_PrivateKey_file(this, keyFile, OpenSslNative.FileTypePem) == 1
            && OpenSslNative.SSL_CTX_check_private_key(this) == 1;
        if (!taken)
            throw new SettingException($"clientCertificate = {file}: expected a certificate and its key that OpenSSL takes ({OpenSslError.Take().Text})");
    }

    private static nint NumberOf(SslProtocols version) => version == SslProtocols.Tls13 ? OpenSslNative.Tls13 : OpenSslNative.Tls12;

    // Called when the server asks for a certificate and the context holds none: without one the handshake goes on.
    [UnmanagedCallersOnly]
    private static int NoteDemand(nint ssl, nint* certificate, nint* key)
    {
        _ = OpenSslNative.SSL_set_ex_data(ssl, 0, 1);
        return 0;
    }

    // The handshake does not wait for a verdict on the chain: that is found afterwards, with more to say (CertificateVerdict).
    // That the server holds the certificate's key is proven by the library all the same (RFC 8446 section 4.4.3).
    [UnmanagedCallersOnly]
    private static int LeaveToTheJudge(nint store, nint argument) => 1;

    // Without this the library would ask for the password of an encrypted key at the terminal.
    [UnmanagedCallersOnly]
    private static int NoPassword(byte* buffer, int size, int isForWriting, nint data) => -1;
}
