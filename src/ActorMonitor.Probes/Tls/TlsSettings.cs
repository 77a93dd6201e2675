using System.Collections.Immutable;
using System.Globalization;
using System.Net.Security;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls;

/// <summary>The settings and expectations of every service that speaks TLS.</summary>
internal static class TlsSettings
{
    public static readonly Setting<string?> ServerName = Setting.OptionalText(
        "serverName", "The name to ask for in the TLS handshake and to find in the certificate, when it is not the job's host.", "a host name",
        text => text.Length is > 0 and <= 255 && Uri.CheckHostName(text) != UriHostNameType.Unknown);

    public static readonly Setting<bool> Insecure = Setting.Flag("insecure", false, "Whether any certificate is accepted. What it says is reported all the same.");

    public static readonly Setting<string?> Authorities = Setting.OptionalText(
        "ca", "A PEM file on the monitor with the certificates of the authorities to trust instead of the system's.", "a path", IsPath);

    public static readonly Setting<string?> ClientCertificate = Setting.OptionalText(
        "clientCertificate", "A PEM file on the monitor with the certificate to show to the server, followed by its intermediates.", "a path", IsPath);

    public static readonly Setting<string?> ClientKey = Setting.OptionalText(
        "clientKey", "A PEM file on the monitor with the unencrypted key of `clientCertificate`, when it is not in that file.", "a path", IsPath);

    public static readonly Setting<string> MinVersion = Setting.Choice("tls.minVersion", "1.2", "The least version of TLS that is offered.", "1.2", "1.3");

    public static readonly Setting<string> MaxVersion = Setting.Choice("tls.maxVersion", "1.3", "The greatest version of TLS that is offered.", "1.2", "1.3");

    public static readonly Setting<ImmutableArray<string>> Offer = Setting.TextList(
        "tls.offer", "The cipher suites that are offered; without it, the system's choice.", CipherNames, IsCipherSuite);

    public static readonly Setting<int?> CertificateDays = Setting.OptionalInteger(
        "certificateDays", 0, 3650, "How many days each certificate that the server shows, intermediates included, has to be valid yet; fewer is Degraded, none is Down.");

    public static readonly Setting<string?> Issuer = Setting.OptionalText(
        "certificate.issuer", "Text within the distinguished name of the server certificate's issuer.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<ImmutableArray<string>> Names = Setting.TextList(
        "certificate.names", "Names that the server's certificate must be good for, besides the one that was asked for.", "a list of host names or addresses",
        text => text.Length is > 0 and <= 255 && Uri.CheckHostName(text) != UriHostNameType.Unknown);

    public static readonly Setting<ImmutableArray<string>> Versions = Setting.TextList(
        "tls.versions", "The versions of TLS that may be agreed on.", "a list of \"1.2\" and \"1.3\"", text => text is "1.2" or "1.3");

    public static readonly Setting<ImmutableArray<string>> Ciphers = Setting.TextList(
        "tls.ciphers", "The cipher suites that may be agreed on.", CipherNames, IsCipherSuite);

    public static readonly Setting<ImmutableArray<string>> NotCiphers = Setting.TextList(
        "tls.notCiphers", "The cipher suites that must not be agreed on.", CipherNames, IsCipherSuite);

    private const string CipherNames = "a list of IANA names such as TLS_AES_128_GCM_SHA256";

    public static ImmutableArray<Setting> Settings { get; } = [ServerName, Insecure, Authorities, ClientCertificate, ClientKey, MinVersion, MaxVersion, Offer];

    public static ImmutableArray<Setting> Expectations { get; } = [CertificateDays, Issuer, Names, Versions, Ciphers, NotCiphers];

    /// <summary>The cipher suite of an IANA name.</summary>
    public static bool TryParseCipher(string name, out TlsCipherSuite suite)
        => Enum.TryParse(name, ignoreCase: false, out suite) && name.StartsWith("TLS_", StringComparison.Ordinal);

    private static bool IsCipherSuite(string name) => TryParseCipher(name, out _);

    private static bool IsPath(string text) => text.Length is > 0 and <= 1024 && !text.Any(c => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Control);
}
