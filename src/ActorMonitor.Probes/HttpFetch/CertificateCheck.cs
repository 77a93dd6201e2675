using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>Judges a server's certificate during the handshake and keeps the evidence, which the handshake's exception lacks.</summary>
internal sealed class CertificateCheck(ProbeRun run, string serverName, bool isInsecure, int hop)
{
    /// <summary>Why the certificate was refused; null when it was not.</summary>
    public FetchException? Refusal { get; private set; }

    /// <summary>The days until the certificate expires; null until it has been seen.</summary>
    public double? DaysLeft { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf)
            Refusal = new FetchException(Cause.TlsHandshake, "the server sent no certificate");
        else
        {
            Note(leaf);
            Refusal = isInsecure ? null : Judge(leaf, chain, errors);
        }

        return Refusal is null;
    }

    private void Note(X509Certificate2 leaf)
    {
        var expires = new DateTimeOffset(leaf.NotAfter).ToUniversalTime();
        DaysLeft = (expires - run.Environment.Time.GetUtcNow()).TotalDays;
        run.Measure("certificate.days", DaysLeft.Value, "days", hop);
        run.Note("certificate.expires", expires.ToString("yyyy-MM-ddTHH:mm:ss'Z'"));
        run.Note("certificate.subject", leaf.Subject);
        run.Note("certificate.issuer", leaf.Issuer);
    }

    /// <summary>The most telling of what is wrong: a date that only needs a renewal before a name, a name before a chain.</summary>
    private FetchException? Judge(X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        var problems = chain?.ChainStatus.Select(status => status.Status).Where(status => status != X509ChainStatusFlags.NoError).Distinct().ToArray() ?? [];
        run.Note("certificate.problems", string.Join(", ", problems.Select(status => status.ToString()).Prepend(errors.ToString())));

        var now = run.Environment.Time.GetUtcNow();
        foreach (var certificate in chain?.ChainElements.Select(element => element.Certificate) ?? [leaf])
        {
            if (now > new DateTimeOffset(certificate.NotAfter))
                return new FetchException(Cause.TlsExpired, $"the certificate of {certificate.Subject} expired at {certificate.NotAfter.ToUniversalTime():u}");
            if (now < new DateTimeOffset(certificate.NotBefore))
                return new FetchException(Cause.TlsNotYetValid, $"the certificate of {certificate.Subject} is valid only from {certificate.NotBefore.ToUniversalTime():u}");
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? new FetchException(Cause.TlsNameMismatch, $"the certificate is for {Names(leaf)}, not for {serverName}")
            : new FetchException(Cause.TlsUntrusted, $"the certificate's chain is not trusted: {string.Join(", ", problems)}");
    }

    private static string Names(X509Certificate2 leaf)
    {
        try
        {
            var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
                .Take(4).ToArray();
            return names.Length > 0 ? string.Join(", ", names) : leaf.Subject;
        }
        catch (CryptographicException)
        {
            return "names that cannot be read";
        }
    }
}
