using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls;

/// <summary>What a job expects of the certificate and of what was agreed on in the handshake.</summary>
internal sealed record TlsExpectations(
    int? CertificateDays,
    string? Issuer,
    ImmutableArray<string> Names,
    ImmutableArray<SslProtocols> Versions,
    ImmutableArray<TlsCipherSuite> Ciphers,
    ImmutableArray<TlsCipherSuite> NotCiphers)
{
    /// <summary>Whether anything is expected, so that an exchange without TLS cannot be as expected.</summary>
    public bool IsAny => CertificateDays is not null || Issuer is not null || !Names.IsEmpty || !Versions.IsEmpty || !Ciphers.IsEmpty || !NotCiphers.IsEmpty;

    /// <summary>The expectations of a job.</summary>
    /// <exception cref="SettingException">One is not understood.</exception>
    public static TlsExpectations Of(SettingMap map) => new(
        TlsSettings.CertificateDays.Read(map),
        TlsSettings.Issuer.Read(map),
        TlsSettings.Names.Read(map),
        [.. TlsSettings.Versions.Read(map).Select(TlsPlan.VersionOf)],
        TlsPlan.CiphersOf(TlsSettings.Ciphers.Read(map)),
        TlsPlan.CiphersOf(TlsSettings.NotCiphers.Read(map)));

    /// <summary>All that a session leaves to be desired.</summary>
    public IEnumerable<Finding> Judge(TlsFacts facts, DateTimeOffset now)
    {
        if (CertificateDays is { } days && JudgeDays(facts.Chain, days, now) is { } finding)
            yield return finding;
        if (Issuer is not null && !facts.Chain.Leaf.Issuer.Contains(Issuer, StringComparison.Ordinal))
            yield return Finding.Down(Cause.ExpectationFailed, $"the certificate is issued by {facts.Chain.Leaf.Issuer}, which does not contain \"{Issuer}\"");
        foreach (var name in Names.Where(name => !facts.Chain.IsFor(name)))
            yield return Finding.Down(Cause.TlsNameMismatch, $"the certificate is for {facts.Chain.PrintedNames}, not for {name}");
        if (!Versions.IsEmpty && !Versions.Contains(facts.Version))
            yield return Finding.Down(Cause.TlsParameters, $"{TlsFacts.Print(facts.Version)} was agreed on, expected {string.Join(" or ", Versions.Select(TlsFacts.Print))}");
        if ((!Ciphers.IsEmpty && !Ciphers.Contains(facts.Cipher)) || NotCiphers.Contains(facts.Cipher))
            yield return Finding.Down(Cause.TlsParameters, $"the cipher suite {facts.Cipher} was agreed on, which is not one of those expected");
    }

    private static Finding? JudgeDays(CertificateChain chain, int days, DateTimeOffset now)
    {
        var first = chain.FirstToExpire;
        var left = (first.NotAfter - now).TotalDays;
        var which = first == chain.Leaf ? "the certificate" : $"the intermediate certificate of {first.Subject}";
        if (left < 0)
            return Finding.Down(Cause.TlsExpired, FormattableString.Invariant($"{which} expired {-left:F1} days ago"));
        return left < days ? Finding.Degraded(FormattableString.Invariant($"{which} expires in {left:F1} days, expected {days} or more")) : null;
    }
}
