using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.Actors.Tests.Remote;

/// <summary>An authority that issues certificates, with a folder for their files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string Password = "a \"secret\"";
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "Authority")
        : this(name, issuer: null)
    {
    }

    private TestAuthority(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        _root = issuer is null
            ? request.CreateSelfSigned(Today.AddYears(-1), Today.AddYears(1))
            : request.Create(issuer, Today.AddDays(-60), Today.AddDays(60), RandomNumberGenerator.GetBytes(12)).CopyWithPrivateKey(key);
        Folder = Directory.CreateTempSubdirectory("tls-spec-").FullName;
        RootPath = Path.Combine(Folder, "root.pem");
        File.WriteAllText(RootPath, _root.ExportCertificatePem());
    }

    public static DateTimeOffset Today { get; } = TimeProvider.System.GetUtcNow();

    public string Folder { get; }

    public string RootPath { get; }

    /// <summary>A certificate that is its own authority.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=self", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(Today.AddDays(-1), Today.AddDays(30));
    }

    public TestAuthority Intermediate() => new("Intermediate", _root);

    public X509Certificate2 Issue(string name = "node", string host = "127.0.0.1", DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        using var issued = request.Create(_root, Today.AddDays(-30), until ?? Today.AddDays(30), RandomNumberGenerator.GetBytes(12));
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Writes a certificate with its key to a file of this name.</summary>
    public string Save(X509Certificate2 certificate, string name = "node.pfx")
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, Password));
        return path;
    }

    /// <summary>Writes a new certificate with its key and that of this authority.</summary>
    public string SaveWithChain(string name)
    {
        var path = Path.Combine(Folder, name);
        using var certificate = Issue();
        using var authority = X509CertificateLoader.LoadCertificate(_root.RawData);
        File.WriteAllBytes(path, new X509Certificate2Collection { authority, certificate }.Export(X509ContentType.Pkcs12, Password)!);
        return path;
    }

    /// <summary>A node's settings with a certificate, which trusts this authority alone.</summary>
    public string Settings(X509Certificate2? certificate = null, string more = "", string name = "node.pfx")
    {
        using var made = certificate is null ? Issue() : null;
        return SettingsOf(Save(certificate ?? made!, name), more);
    }

    public string SettingsOf(string path, string more = "", string password = Password) =>
        $$"""
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          ssl {
            trusted-certificates = [{{Quoted(RootPath)}}]
            certificate { path = {{Quoted(path)}}, password = {{Quoted(password)}} }
            {{more}}
          }
        }
        """;

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Quoted(string text) => '"' + text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
