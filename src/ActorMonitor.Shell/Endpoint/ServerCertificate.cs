using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.Shell;

/// <summary>
/// What a node shows of itself by TLS: a PEM file with its certificate and those between it and the authority, and one with its key.
/// Renewed files are taken up within <see cref="LookEvery"/>, without a restart; files that do not fit are left alone meanwhile. Thread-safe.
/// </summary>
public sealed class ServerCertificate
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext _context;
    private (DateTime Certificate, DateTime Key) _written;
    private long _looked;

    private ServerCertificate(string certificateFile, string keyFile, TimeProvider time)
    {
        (_certificateFile, _keyFile, _time) = (certificateFile, keyFile, time);
        _written = Written();
        _looked = time.GetTimestamp();
        _context = Load(certificateFile, keyFile);
    }

    /// <summary>The newest that could be read.</summary>
    internal SslStreamCertificateContext Context
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_looked) < LookEvery)
                    return _context;
                _looked = _time.GetTimestamp();
                var written = Written();
                if (written == _written)
                    return _context;
                try
                {
                    _context = Load(_certificateFile, _keyFile);
                    _written = written;
                }
                catch (ShellEndpointException)
                {
                    // The one of the two that is not written yet will be there at the next look.
                }

                return _context;
            }
        }
    }

    /// <summary>Reads the files.</summary>
    /// <param name="certificateFile">The certificate and what is between it and the authority, in PEM.</param>
    /// <param name="keyFile">Its key in PEM, without a passphrase; the same file when it holds both.</param>
    /// <param name="time">The clock of the looks.</param>
    /// <exception cref="ShellEndpointException">They cannot be read, or are not of each other.</exception>
    public static ServerCertificate Read(string certificateFile, string keyFile, TimeProvider time) => new(certificateFile, keyFile, time);

    private (DateTime Certificate, DateTime Key) Written() => (File.GetLastWriteTimeUtc(_certificateFile), File.GetLastWriteTimeUtc(_keyFile));

    private static SslStreamCertificateContext Load(string certificateFile, string keyFile)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            var own = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            if (OperatingSystem.IsWindows())
            {
                // Its TLS does not take a key that is in memory alone.
                using var ephemeral = own;
                own = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            }

            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ShellEndpointException($"pbm cannot use the certificate {certificateFile} with the key {keyFile}: {e.Message} See actor-monitor.pbm.tls.", e);
        }
    }
}
