using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>What this system shows its peers, and the roots that theirs are held against; without roots, the system's.</summary>
internal sealed record TlsIdentity(SslStreamCertificateContext Own, X509Certificate2Collection Roots);

/// <summary>
/// The certificates in use. New connections look whether the files have changed and take the new ones; files that are
/// missing or broken by then are warned of and change nothing.
/// </summary>
internal sealed class TlsCertificates
{
    private readonly TlsSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private byte[][] _files;
    private TlsIdentity _identity;
    private string _lastWarning = "";

    /// <summary>Reads them; a <see cref="ConfigurationException"/> says what is wrong with which.</summary>
    public TlsCertificates(TlsSettings settings, ILoggingAdapter log, TimeProvider clock)
    {
        _settings = settings;
        _log = log;
        _clock = clock;
        _files = ReadFiles();
        _identity = Load();
    }

    public TlsIdentity Current()
    {
        lock (_lock)
        {
            try
            {
                // The bytes and not the time of the file, which behind the links of mounted secrets does not tell.
                var files = ReadFiles();
                if (!files.Zip(_files).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                {
                    _files = files;
                    _identity = Load();
                }
            }
            catch (ConfigurationException e) when (e.Message != _lastWarning)
            {
                _lastWarning = e.Message;
                _log.Warning("The TLS certificates from before stay in use: {0}", e.Message);
            }
            catch (ConfigurationException)
            {
                // It has been said.
            }

            return _identity;
        }
    }

    private byte[][] ReadFiles() =>
    [
        _settings.IsInStore ? [] : ReadFile("certificate.path", _settings.Path),
        .. _settings.TrustedPaths.Select(path => ReadFile("trusted-certificates", path)),
    ];

    private static byte[] ReadFile(string key, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{TlsSettings.Section}{key} = \"{path}\": {e.Message}");
        }
    }

    private TlsIdentity Load()
    {
        var bundle = _settings.IsInStore ? FromStore() : FromFile(_files[0]);
        var own = bundle.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new ConfigurationException($"{Source()}: there is no private key with it.");

        var roots = new X509Certificate2Collection();
        foreach (var (path, bytes) in _settings.TrustedPaths.Zip(_files.Skip(1)))
            AddRoots(roots, path, bytes);

        bundle.Remove(own);
        var identity = new TlsIdentity(SslStreamCertificateContext.Create(own, bundle, offline: true), roots);
        if (own.NotAfter < _clock.GetLocalNow().DateTime)
            _log.Warning("Peers will not accept the certificate of {0}: it was valid until {1:u}.", own.Subject, own.NotAfter.ToUniversalTime());
        else
            _log.Info("TLS with the certificate of {0}, valid until {1:u}.", own.Subject, own.NotAfter.ToUniversalTime());

        _lastWarning = "";
        return identity;
    }

    private X509Certificate2Collection FromFile(byte[] bytes)
    {
        try
        {
            return X509Certificate2.GetCertContentType(bytes) == X509ContentType.Cert
                ? throw new ConfigurationException($"{Source()}: there is no private key with it; it takes a PKCS #12 file (.pfx, .p12).")
                : X509CertificateLoader.LoadPkcs12Collection(bytes, _settings.Password, _settings.Flags);
        }
        catch (CryptographicException e)
        {
            throw new ConfigurationException($"{Source()}: it is no PKCS #12 file, or certificate.password is not its password ({e.Message}).");
        }
    }

    private X509Certificate2Collection FromStore()
    {
        try
        {
            using var store = new X509Store(_settings.StoreName, _settings.StoreLocation);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            var found = store.Certificates.Find(X509FindType.FindByThumbprint, _settings.Thumbprint, validOnly: false);
            return found.Count > 0 ? found : throw new ConfigurationException($"{Source()}: it is not there.");
        }
        catch (CryptographicException e)
        {
            throw new ConfigurationException($"{Source()}: the store cannot be read ({e.Message}).");
        }
    }

    private static void AddRoots(X509Certificate2Collection roots, string path, byte[] bytes)
    {
        var before = roots.Count;
        try
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (text.Contains("-----BEGIN", StringComparison.Ordinal))
                roots.ImportFromPem(text);
            else
                roots.Add(X509CertificateLoader.LoadCertificate(bytes));
        }
        catch (CryptographicException e)
        {
            throw new ConfigurationException($"{TlsSettings.Section}trusted-certificates = \"{path}\": it holds no certificate ({e.Message}).");
        }

        if (roots.Count == before)
            throw new ConfigurationException($"{TlsSettings.Section}trusted-certificates = \"{path}\": it holds no certificate.");
    }

    private string Source() => _settings.IsInStore
        ? $"{TlsSettings.Section}certificate.thumbprint = \"{_settings.Thumbprint}\" in the store {_settings.StoreName} of {_settings.StoreLocation}"
        : $"{TlsSettings.Section}certificate.path = \"{_settings.Path}\"";
}
