using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.Probes.Tls;

/// <summary>What is read of one certificate.</summary>
internal sealed record CertificateFacts(string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    public static CertificateFacts Of(X509Certificate2 certificate)
        => new(certificate.Subject, certificate.Issuer, new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime());

    public override string ToString() => $"{Subject}, issued by {Issuer}, expires {NotAfter:yyyy-MM-ddTHH:mm:ss'Z'}";
}

/// <summary>
/// The certificates that a server showed, read once and kept as plain facts: what is judged by the clock is judged anew at
/// each check.
/// </summary>
internal sealed class CertificateChain
{
    /// <summary>The most certificates read of what a server shows.</summary>
    public const int MaxCertificates = 16;

    private const int MaxNames = 8;

    private readonly byte[] _leaf;
    private readonly ConcurrentDictionary<string, bool> _isFor = new(StringComparer.OrdinalIgnoreCase);

    private CertificateChain(X509Certificate2 leaf, ImmutableArray<CertificateFacts> sent, ImmutableArray<CertificateFacts> path, X509ChainStatusFlags problems, string hash)
    {
        _leaf = leaf.RawData;
        (Sent, Path, Problems) = (sent, path, problems);
        IsSelfSigned = leaf.SubjectName.RawData.AsSpan().SequenceEqual(leaf.IssuerName.RawData) && path.Length <= 1;
        PrintedNames = NamesOf(leaf);
        Expires = Leaf.NotAfter.ToString("yyyy-MM-ddTHH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Fingerprint = hash;
        FirstToExpire = sent.MinBy(certificate => certificate.NotAfter)!;
        PrintedIssuers = [.. sent.Skip(1).Select(certificate => certificate.ToString())];
    }

    /// <summary>The certificates in the order in which they came, the server's own first.</summary>
    public ImmutableArray<CertificateFacts> Sent { get; }

    /// <summary>The path from the server's certificate towards a root, as far as it was found; empty when it was not looked for.</summary>
    public ImmutableArray<CertificateFacts> Path { get; }

    /// <summary>What is wrong with the path, dates left out.</summary>
    public X509ChainStatusFlags Problems { get; }

    public CertificateFacts Leaf => Sent[0];

    public CertificateFacts FirstToExpire { get; }

    public bool IsSelfSigned { get; }

    /// <summary>The first names that the certificate is for.</summary>
    public string PrintedNames { get; }

    public string Expires { get; }

    /// <summary>SHA-256 of the server's certificate.</summary>
    public string Fingerprint { get; }

    public ImmutableArray<string> PrintedIssuers { get; }

    /// <summary>Reads certificates and, with a policy, looks for a path to a root.</summary>
    /// <exception cref="CryptographicException">One is no certificate.</exception>
    public static CertificateChain Read(IReadOnlyList<byte[]> encoded, X509ChainPolicy? policy)
    {
        var certificates = new List<X509Certificate2>(encoded.Count);
        try
        {
            foreach (var each in encoded.Take(MaxCertificates))
                certificates.Add(X509CertificateLoader.LoadCertificate(each));
            ImmutableArray<CertificateFacts> sent = [.. certificates.Select(CertificateFacts.Of)];
            var hash = Convert.ToHexStringLower(SHA256.HashData(encoded[0]));
            if (policy is null)
                return new CertificateChain(certificates[0], sent, [], X509ChainStatusFlags.NoError, hash);
            var (path, problems) = Build(certificates, policy);
            return new CertificateChain(certificates[0], sent, path, problems, hash);
        }
        finally
        {
            certificates.ForEach(certificate => certificate.Dispose());
        }
    }

    /// <summary>Whether the certificate is for a name or an address (RFC 9525 section 6).</summary>
    public bool IsFor(string name)
    {
        if (_isFor.TryGetValue(name, out var known))
            return known;
        using var leaf = X509CertificateLoader.LoadCertificate(_leaf);
        bool matches;
        try
        {
            matches = leaf.MatchesHostname(name.TrimEnd('.'));
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Neither a host name nor an address, or a certificate whose names cannot be read.
            matches = false;
        }

        // A chain is asked about the few names of the jobs that meet it.
        return _isFor.Count < 64 ? _isFor.GetOrAdd(name, matches) : matches;
    }

    private static (ImmutableArray<CertificateFacts> Path, X509ChainStatusFlags Problems) Build(List<X509Certificate2> certificates, X509ChainPolicy policy)
    {
        using var chain = new X509Chain { ChainPolicy = policy };
        for (var i = 1; i < certificates.Count; i++)
            policy.ExtraStore.Add(certificates[i]);
        chain.Build(certificates[0]);
        var problems = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        ImmutableArray<CertificateFacts> path = [.. chain.ChainElements.Select(element => CertificateFacts.Of(element.Certificate))];
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();
        return (path, problems & ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested));
    }

    private static string NamesOf(X509Certificate2 leaf)
    {
        try
        {
            var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
                .Take(MaxNames + 1).ToArray();
            if (names.Length == 0)
                return leaf.Subject;
            return string.Join(", ", names.Take(MaxNames)) + (names.Length > MaxNames ? ", ..." : "");
        }
        catch (CryptographicException)
        {
            return "names that cannot be read";
        }
    }
}
