using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>The part of OpenSSL 3's C interface that a client needs. Only Linux has it under these names.</summary>
internal static unsafe partial class OpenSslNative
{
    public const string Ssl = "libssl.so.3";
    public const string Crypto = "libcrypto.so.3";

    // ssl.h, tls1.h: commands of SSL_CTX_ctrl and SSL_ctrl, which C reaches through macros.
    public const int ControlMode = 33;
    public const int ControlSessionCacheMode = 44;
    public const int ControlServerName = 55;
    public const int ControlMinVersion = 123;
    public const int ControlMaxVersion = 124;
    public const nint ModeReleaseBuffers = 0x10;
    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoRenegotiation = 1UL << 30;
    public const int ErrorWantRead = 2;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;
    public const int FileTypePem = 1;

    [LibraryImport(Ssl)]
    public static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_ctrl(OpenSslContext context, int command, nint number, nint pointer);

    [LibraryImport(Ssl)]
    public static partial ulong SSL_CTX_set_options(OpenSslContext context, ulong options);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_ciphersuites(OpenSslContext context, string names);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(OpenSslContext context, string names);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OPENSSL_cipher_name(string ianaName);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_client_cert_cb(OpenSslContext context, delegate* unmanaged<nint, nint*, nint*, int> callback);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_default_passwd_cb(OpenSslContext context, delegate* unmanaged<byte*, int, int, nint, int> callback);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_use_certificate_chain_file(OpenSslContext context, string path);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_use_PrivateKey_file(OpenSslContext context, string path, int type);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_check_private_key(OpenSslContext context);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_cert_verify_callback(OpenSslContext context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_get_ciphers(OpenSslContext context);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Ssl)]
    public static partial nint SSL_new(OpenSslContext context);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_bio(OpenSslHandle ssl, nint input, nint output);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_connect_state(OpenSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_ctrl(OpenSslHandle ssl, int command, nint number, byte* pointer);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_alpn_protos(OpenSslHandle ssl, byte* protocols, uint length);

    [LibraryImport(Ssl)]
    public static partial void SSL_get0_alpn_selected(OpenSslHandle ssl, out byte* protocol, out uint length);

    [LibraryImport(Ssl)]
    public static partial int SSL_do_handshake(OpenSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_read(OpenSslHandle ssl, byte* buffer, int count);

    [LibraryImport(Ssl)]
    public static partial int SSL_write(OpenSslHandle ssl, byte* buffer, int count);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_error(OpenSslHandle ssl, int result);

    [LibraryImport(Ssl)]
    public static partial int SSL_version(OpenSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_current_cipher(OpenSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_peer_cert_chain(OpenSslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_ex_data(nint ssl, int index, nint data);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_ex_data(OpenSslHandle ssl, int index);

    [LibraryImport(Crypto)]
    public static partial nint BIO_s_mem();

    [LibraryImport(Crypto)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    public static partial int BIO_free(nint bio);

    [LibraryImport(Crypto)]
    public static partial int BIO_read(nint bio, byte* buffer, int count);

    [LibraryImport(Crypto)]
    public static partial int BIO_write(nint bio, byte* buffer, int count);

    [LibraryImport(Crypto)]
    public static partial nuint BIO_ctrl_pending(nint bio);

    [LibraryImport(Crypto)]
    public static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Crypto)]
    public static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Crypto)]
    public static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(Crypto)]
    public static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    public static partial nuint ERR_get_error();

    [LibraryImport(Crypto)]
    public static partial void ERR_error_string_n(nuint error, byte* buffer, nuint length);
}
