using System.Collections.Immutable;
using System.Net.Security;
using System.Text;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>What a step of a connection came to.</summary>
internal enum OpenSslStep
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It needs more of what the peer sends.</summary>
    More,

    /// <summary>The peer said that no more comes.</summary>
    End,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>
/// The library's side of a connection, between two memories: what came is fed to it, what it wants to send is taken from
/// it. Its calls take turns, for the library does not let two threads at one connection.
/// </summary>
internal sealed unsafe class OpenSslConnection : IDisposable
{
    private readonly Lock _lock = new();
    private readonly OpenSslHandle _ssl;
    private readonly nint _input;
    private readonly nint _output;

    public OpenSslConnection(OpenSslContext context)
    {
        _ssl = new OpenSslHandle(context);
        _input = OpenSslNative.BIO_new(OpenSslNative.BIO_s_mem());
        _output = OpenSslNative.BIO_new(OpenSslNative.BIO_s_mem());

        // From here on the memories are the connection's and go with it.
        OpenSslNative.SSL_set_bio(_ssl, _input, _output);
        OpenSslNative.SSL_set_connect_state(_ssl);
    }

    /// <summary>Why the last step failed.</summary>
    public OpenSslError Error { get; private set; } = new(0, 0, "");

    /// <summary>Whether the server asked for a certificate that the client does not have.</summary>
    public bool IsCertificateDemanded => OpenSslNative.SSL_get_ex_data(_ssl, 0) != 0;

    /// <summary>Whether TLS 1.3 was agreed on; no other than that and TLS 1.2 is offered.</summary>
    public bool IsTls13 => OpenSslNative.SSL_version(_ssl) == OpenSslNative.Tls13;

    public TlsCipherSuite Cipher => (TlsCipherSuite)OpenSslNative.SSL_CIPHER_get_protocol_id(OpenSslNative.SSL_get_current_cipher(_ssl));

    /// <summary>The protocol agreed on (RFC 7301); the default when none was.</summary>
    public SslApplicationProtocol Protocol
    {
        get
        {
            OpenSslNative.SSL_get0_alpn_selected(_ssl, out var protocol, out var length);
            return length == 0 ? default : new SslApplicationProtocol(new ReadOnlySpan<byte>(protocol, (int)length).ToArray());
        }
    }

    /// <summary>Sets what is asked for in the handshake.</summary>
    public void Offer(string? serverName, ImmutableArray<SslApplicationProtocol> protocols)
    {
        if (serverName is not null)
        {
            fixed (byte* name = Encoding.ASCII.GetBytes(serverName + '\0'))
                _ = OpenSslNative.SSL_ctrl(_ssl, OpenSslNative.ControlServerName, 0, name);
        }

        if (protocols.IsEmpty)
            return;
        byte[] list = [.. protocols.SelectMany(protocol => protocol.Protocol.ToArray().Prepend((byte)protocol.Protocol.Length))];
        fixed (byte* start = list)
            _ = OpenSslNative.SSL_set_alpn_protos(_ssl, start, (uint)list.Length);
    }

    /// <summary>Takes the handshake as far as it goes.</summary>
    public OpenSslStep Handshake()
    {
        lock (_lock)
        {
            Begin();
            return Ended(OpenSslNative.SSL_do_handshake(_ssl));
        }
    }

    /// <summary>Decrypts what has come.</summary>
    public OpenSslStep Decrypt(Span<byte> buffer, out int count)
    {
        lock (_lock)
        {
            Begin();
            fixed (byte* start = buffer)
                count = OpenSslNative.SSL_read(_ssl, start, buffer.Length);
            return Ended(count);
        }
    }

    /// <summary>Encrypts all of a text; memory takes it all at once.</summary>
    public OpenSslStep Encrypt(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            Begin();
            fixed (byte* start = buffer)
                return Ended(OpenSslNative.SSL_write(_ssl, start, buffer.Length));
        }
    }

    /// <summary>Hands over what came from the peer.</summary>
    public void Feed(ReadOnlySpan<byte> received)
    {
        lock (_lock)
        {
            Begin();
            fixed (byte* start = received)
                _ = OpenSslNative.BIO_write(_input, start, received.Length);
        }
    }

    /// <summary>How many bytes there are to send.</summary>
    public int Pending()
    {
        lock (_lock)
        {
            Begin();
            return (int)OpenSslNative.BIO_ctrl_pending(_output);
        }
    }

    /// <summary>Takes bytes to send.</summary>
    public int Take(Span<byte> buffer)
    {
        lock (_lock)
        {
            Begin();
            fixed (byte* start = buffer)
                return Math.Max(OpenSslNative.BIO_read(_output, start, buffer.Length), 0);
        }
    }

    /// <summary>The certificates that the server showed, as they came, its own first.</summary>
    public List<byte[]> Certificates()
    {
        var stack = OpenSslNative.SSL_get_peer_cert_chain(_ssl);
        var count = stack == 0 ? 0 : Math.Clamp(OpenSslNative.OPENSSL_sk_num(stack), 0, CertificateChain.MaxCertificates);
        var certificates = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            var certificate = OpenSslNative.OPENSSL_sk_value(stack, i);
            var encoded = new byte[Math.Max(OpenSslNative.i2d_X509(certificate, null), 0)];
            fixed (byte* start = encoded)
            {
                var end = start;
                _ = OpenSslNative.i2d_X509(certificate, &end);
            }

            certificates.Add(encoded);
        }

        return certificates;
    }

    public void Dispose()
    {
        lock (_lock)
            _ssl.Dispose();
    }

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_ssl.IsClosed, this);
        OpenSslNative.ERR_clear_error();
    }

    private OpenSslStep Ended(int result)
    {
        if (result > 0)
            return OpenSslStep.Done;
        switch (OpenSslNative.SSL_get_error(_ssl, result))
        {
            case OpenSslNative.ErrorWantRead:
                return OpenSslStep.More;
            case OpenSslNative.ErrorZeroReturn:
                return OpenSslStep.End;
            default:
                Error = OpenSslError.Take();
                return OpenSslStep.Failed;
        }
    }
}
