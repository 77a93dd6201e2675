using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>
/// What <c>akka.remote.dot-netty.tcp.ssl</c> says, checked. The keys are Akka's; beyond them, <c>trusted-certificates</c>
/// names files of the authorities (or self-signed peers) to trust in place of the system's roots.
/// </summary>
internal sealed class TlsSettings
{
    public const string Section = "akka.remote.dot-netty.tcp.ssl.";

    public TlsSettings(Config config)
    {
        SuppressValidation = config.GetBoolean(Section + "suppress-validation");
        RequireMutualAuthentication = config.GetBoolean(Section + "require-mutual-authentication");
        ValidateHostname = config.GetBoolean(Section + "validate-certificate-hostname");
        TrustedPaths = [.. config.GetStringList(Section + "trusted-certificates")];
        Path = config.GetString(Section + "certificate.path", "");
        Password = config.GetString(Section + "certificate.password", "");
        foreach (var flag in config.GetStringList(Section + "certificate.flags"))
            Flags |= KeyStorageFlag(flag);

        IsInStore = config.GetBoolean(Section + "certificate.use-thumbprint-over-file");
        Thumbprint = new string([.. config.GetString(Section + "certificate.thumbprint", "").Where(char.IsAsciiHexDigit)]);
        StoreName = config.GetString(Section + "certificate.store-name", "");
        StoreLocation = Location(config.GetString(Section + "certificate.store-location", ""));

        if (IsInStore && Thumbprint.Length == 0)
            throw new ConfigurationException($"{Section}certificate.thumbprint is missing, and use-thumbprint-over-file = on needs it.");
        if (!IsInStore && Path.Length == 0)
            throw new ConfigurationException($"{Section}certificate.path is missing: enable-ssl = on needs a file (PKCS #12) with this system's certificate and its private key.");
    }

    public bool SuppressValidation { get; }
    public bool RequireMutualAuthentication { get; }

    /// <summary>Whether a peer's certificate must name the host that was dialled, or that the peer says it is.</summary>
    public bool ValidateHostname { get; }
    public IReadOnlyList<string> TrustedPaths { get; }
    public string Path { get; }
    public string Password { get; }
    public X509KeyStorageFlags Flags { get; }
    public bool IsInStore { get; }
    public string Thumbprint { get; }
    public string StoreName { get; }
    public StoreLocation StoreLocation { get; }

    private static X509KeyStorageFlags KeyStorageFlag(string name) => name switch
    {
        "default-key-set" or "default-flag-set" => X509KeyStorageFlags.DefaultKeySet,
        "exportable" => X509KeyStorageFlags.Exportable,
        "machine-key-set" => X509KeyStorageFlags.MachineKeySet,
        "persist-key-set" => X509KeyStorageFlags.PersistKeySet,
        "user-key-set" => X509KeyStorageFlags.UserKeySet,
        "user-protected" => X509KeyStorageFlags.UserProtected,
        _ => throw new ConfigurationException(
            $"{Section}certificate.flags has '{name}': it knows default-key-set, exportable, machine-key-set, persist-key-set, user-key-set and user-protected."),
    };

    private static StoreLocation Location(string name) => name switch
    {
        "current-user" => StoreLocation.CurrentUser,
        "local-machine" => StoreLocation.LocalMachine,
        _ => throw new ConfigurationException($"{Section}certificate.store-location = '{name}': it is current-user or local-machine."),
    };
}
