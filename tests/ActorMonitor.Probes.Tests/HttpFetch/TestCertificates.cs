using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.Probes.Tests.HttpFetch;

/// <summary>A root of our own and certificates under it.</summary>
internal sealed class TestCertificates(TimeProvider time) : IDisposable
{
    private readonly X509Certificate2 _root = Root(time);

    /// <summary>The roots to trust.</summary>
    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.Export(X509ContentType.Cert))];

    /// <summary>A server's certificate, for 127.0.0.1, ::1 and a name.</summary>
    public X509Certificate2 Server(string name = "good.example", double fromDays = -10, double untilDays = 80, params string[] alsoFor)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var other in alsoFor)
            names.AddDnsName(other);
        if (name == "good.example")
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.Create(_root, now.AddDays(fromDays), now.AddDays(untilDays), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A client's certificate and its key, in PEM.</summary>
    public (string Certificate, string Key) Client()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.Create(_root, now.AddDays(-1), now.AddDays(80), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A server's certificate under an intermediate one that is shown with it and ends sooner or later than it.</summary>
    public SslStreamCertificateContext Chain(double intermediateFromDays, double intermediateUntilDays)
    {
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Intermediate of the tests", intermediateKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var now = time.GetUtcNow();
        var intermediate = authority.Create(_root, now.AddDays(intermediateFromDays), now.AddDays(intermediateUntilDays), RandomNumberGenerator.GetBytes(8));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=good.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(
            intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(intermediateKey), now.AddDays(Math.Max(intermediateFromDays, -10)), now.AddDays(80), RandomNumberGenerator.GetBytes(8));
        return SslStreamCertificateContext.Create(leaf.CopyWithPrivateKey(key), [intermediate], offline: true);
    }

    /// <summary>A certificate that nobody vouches for.</summary>
    public X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=good.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddDays(1));
    }

    /// <summary>The same with a key of another kind.</summary>
    public X509Certificate2 SelfSigned(string kind)
    {
        using var rsa = kind == "RSA" ? RSA.Create(2048) : null;
        using var ec = rsa is null ? ECDsa.Create(ECCurve.CreateFromFriendlyName(kind == "P-384" ? "nistP384" : "nistP521")) : null;
        var name = new X500DistinguishedName("CN=good.example");
        var request = rsa is not null
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, ec!, HashAlgorithmName.SHA384);
        return request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddDays(1));
    }

    public void Dispose() => _root.Dispose();

    private static X509Certificate2 Root(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Root of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(time.GetUtcNow().AddYears(-10), time.GetUtcNow().AddYears(10));
    }
}
