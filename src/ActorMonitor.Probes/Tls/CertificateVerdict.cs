using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls;

/// <summary>Why a certificate is refused.</summary>
/// <param name="Cause">The most telling of what is wrong.</param>
/// <param name="Message">That in words.</param>
/// <param name="Problems">All that is wrong, as a list of words.</param>
internal sealed record CertificateVerdict(Cause Cause, string Message, string Problems)
{
    /// <summary>
    /// Judges a chain; null when it is in order. A date that only needs a renewal is told before a name, a name before a chain.
    /// </summary>
    public static CertificateVerdict? Of(CertificateChain chain, string serverName, DateTimeOffset now)
    {
        var found = new List<(Cause Cause, string Message, string Problem)>();
        foreach (var certificate in chain.Path.IsEmpty ? chain.Sent : chain.Path)
        {
            var whose = certificate.Subject == chain.Leaf.Subject ? $"the certificate of {certificate.Subject}" : $"the authority's certificate of {certificate.Subject}";
            if (now > certificate.NotAfter)
                found.Add((Cause.TlsExpired, $"{whose} expired at {certificate.NotAfter:u}", "expired"));
            else if (now < certificate.NotBefore)
                found.Add((Cause.TlsNotYetValid, $"{whose} is valid only from {certificate.NotBefore:u}", "not-yet-valid"));
        }

        if (!chain.IsFor(serverName))
            found.Add((Cause.TlsNameMismatch, $"the certificate is for {chain.PrintedNames}, not for {serverName}", "name-mismatch"));
        if (chain.Problems != X509ChainStatusFlags.NoError)
            found.Add(Untrusted(chain));
        return found.Count == 0 ? null : new CertificateVerdict(found[0].Cause, found[0].Message, string.Join(", ", found.Select(each => each.Problem)));
    }

    private static (Cause, string, string) Untrusted(CertificateChain chain)
        => chain.IsSelfSigned && chain.Problems.HasFlag(X509ChainStatusFlags.UntrustedRoot)
            ? (Cause.TlsSelfSigned, $"the certificate of {chain.Leaf.Subject} is signed by itself and not trusted (see ca)", chain.Problems.ToString())
            : (Cause.TlsUntrusted, $"the certificate's chain is not trusted: {chain.Problems}, the last issuer is {(chain.Path.IsEmpty ? chain.Leaf : chain.Path[^1]).Issuer}", chain.Problems.ToString());
}
