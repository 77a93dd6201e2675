using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.Shell;

/// <summary>Whether the one who answers is the node that was meant: by the system's authorities, or only by those of a file.</summary>
internal sealed class NodeTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int MostNames = 3;

    private readonly NodeAddress _node;
    private readonly string? _file;
    private readonly X509Certificate2Collection _authorities;

    private NodeTrust(NodeAddress node, string? file, X509Certificate2Collection authorities) => (_node, _file, _authorities) = (node, file, authorities);

    /// <summary>What was wrong with the certificate shown last; null when it was good.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the file of authorities, if there is one.</summary>
    public static (NodeTrust? Trust, string? Problem) Of(NodeAddress node, string? file)
    {
        var authorities = new X509Certificate2Collection();
        if (string.IsNullOrEmpty(file))
            return (new NodeTrust(node, null, authorities), null);
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"The file of authorities {file} cannot be read: {e.Message}");
        }
        catch (CryptographicException)
        {
            return (null, $"The file of authorities {file} has a certificate that cannot be read.");
        }

        return authorities.Count > 0 ? (new NodeTrust(node, file, authorities), null) : (null, $"The file of authorities {file} has no PEM certificate.");
    }

    /// <summary>Decides on a certificate; asked within the handshake, before anything is sent.</summary>
    public bool Accepts(X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = shown is null ? "it shows no certificate" : FaultOf(shown, chain, errors);
        return Problem is null;
    }

    private string? FaultOf(X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"its certificate is for {Names(shown)}, not for {_node.Host}";
        var faults = _file is not null ? FaultsByFile(shown, chain)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? Faults(chain) : X509ChainStatusFlags.NoError;
        if (faults == X509ChainStatusFlags.NoError)
            return null;
        if (faults.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return Outdated(shown);
        if (faults.HasFlag(X509ChainStatusFlags.UntrustedRoot) || faults.HasFlag(X509ChainStatusFlags.PartialChain))
        {
            return _file is not null
                ? $"its certificate is signed by {shown.Issuer}, which is none of the authorities in {_file}"
                : $"its certificate is signed by {shown.Issuer}, which this system does not know; name the PEM file of that authority, or of the certificate itself, with --ca-file";
        }

        return $"its certificate is not good ({faults})";
    }

    private X509ChainStatusFlags FaultsByFile(X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        _ = chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        if (chain.Build(shown))
            return X509ChainStatusFlags.NoError;

        // A node's own certificate in the file is as good as its authority there.
        var faults = Faults(chain);
        return _authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(shown.RawDataMemory.Span))
            ? faults & ~(X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)
            : faults;
    }

    private static X509ChainStatusFlags Faults(X509Chain? chain)
    {
        var faults = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        return faults == X509ChainStatusFlags.NoError ? X509ChainStatusFlags.PartialChain : faults;
    }

    private static string Outdated(X509Certificate2 shown)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return now > shown.NotAfter.ToUniversalTime() ? $"its certificate expired on {Day(shown.NotAfter)}"
            : now < shown.NotBefore.ToUniversalTime() ? $"its certificate is not valid before {Day(shown.NotBefore)}; is this machine's clock right?"
            : "a certificate above its own has expired";
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static string Names(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToArray();
        return names.Length switch
        {
            0 => shown.Subject,
            <= MostNames => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(MostNames))} and {names.Length - MostNames} more",
        };
    }
}
