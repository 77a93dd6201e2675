using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls;

/// <summary>How a job wants TLS spoken, and what it expects of it.</summary>
internal sealed record TlsPlan
{
    public required string? ServerName { get; init; }

    public required bool IsInsecure { get; init; }

    public required string? AuthoritiesFile { get; init; }

    public required string? CertificateFile { get; init; }

    public required string? KeyFile { get; init; }

    public required SslProtocols MinVersion { get; init; }

    public required SslProtocols MaxVersion { get; init; }

    public required ImmutableArray<TlsCipherSuite> Offer { get; init; }

    public required TlsExpectations Expected { get; init; }

    /// <summary>Authorities to trust that are in no file; null for the job's file or the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>The plan of a job.</summary>
    /// <exception cref="SettingException">A setting is not understood, or two contradict each other.</exception>
    public static TlsPlan Of(ProbeRequest request)
    {
        var settings = request.Settings;
        var plan = new TlsPlan
        {
            ServerName = TlsSettings.ServerName.Read(settings),
            IsInsecure = TlsSettings.Insecure.Read(settings),
            AuthoritiesFile = TlsSettings.Authorities.Read(settings),
            CertificateFile = TlsSettings.ClientCertificate.Read(settings),
            KeyFile = TlsSettings.ClientKey.Read(settings),
            MinVersion = VersionOf(TlsSettings.MinVersion.Read(settings)),
            MaxVersion = VersionOf(TlsSettings.MaxVersion.Read(settings)),
            Offer = CiphersOf(TlsSettings.Offer.Read(settings)),
            Expected = TlsExpectations.Of(request.Expectations),
        };
        if (plan.MinVersion > plan.MaxVersion)
            throw new SettingException("tls.minVersion = 1.3: expected at most tls.maxVersion, which is 1.2");
        return plan.KeyFile is not null && plan.CertificateFile is null
            ? throw new SettingException("clientKey: expected with clientCertificate, which is missing")
            : plan;
    }

    internal static SslProtocols VersionOf(string text) => text == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12;

    internal static ImmutableArray<TlsCipherSuite> CiphersOf(ImmutableArray<string> names)
        => [.. names.Select(name => TlsSettings.TryParseCipher(name, out var suite) ? suite : throw new SettingException($"{name} is not understood as a cipher suite"))];
}
