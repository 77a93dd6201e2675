using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Tls.OpenSsl;

namespace ActorMonitor.Probes.Tls;

/// <summary>
/// What the TLS connections of a monitor share: OpenSSL's contexts, the files of jobs while they do not change, and what
/// was found of certificates within the last minute. Sessions are not shared: every handshake is a full one.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="isNative">Whether OpenSSL is used directly, which takes about half of the processor time; otherwise .NET's TLS.</param>
internal sealed class TlsClient(TimeProvider time, bool isNative) : IDisposable
{
    /// <summary>How long a verdict on a chain stands; a change of the trusted roots is seen after it at the latest.</summary>
    public static readonly TimeSpan VerdictAge = TimeSpan.FromMinutes(1);

    private const int MostContexts = 64;
    private const int MostFiles = 256;
    private const int MostChains = 4096;

    private readonly ConcurrentDictionary<ContextKey, OpenSslContext> _contexts = new();
    private readonly ConcurrentDictionary<string, AuthoritiesFile> _authorities = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ChainKey, (CertificateChain Chain, long Read)> _chains = new();

    public TlsClient(TimeProvider time)
        : this(time, OpenSslContext.IsAvailable())
    {
    }

    public bool IsNative => isNative;

    /// <summary>The context for a plan.</summary>
    /// <exception cref="SettingException">A file of the plan cannot be used.</exception>
    public OpenSslContext ContextOf(TlsPlan plan)
    {
        var key = new ContextKey(
            plan.MinVersion, plan.MaxVersion, string.Join(',', plan.Offer), PemFile.StampOf("clientCertificate", plan.CertificateFile), PemFile.StampOf("clientKey", plan.KeyFile));
        if (_contexts.TryGetValue(key, out var known))
            return known;
        PemFile.CheckClientCertificate(plan);

        // One that is dropped may be about to be used: the last of its users frees it.
        Bound(_contexts, MostContexts, _ => { });
        var made = OpenSslContext.Create(plan);
        var kept = _contexts.GetOrAdd(key, made);
        if (!ReferenceEquals(kept, made))
            made.Dispose();
        return kept;
    }

    /// <summary>What is to be known of the certificates that a server showed.</summary>
    /// <exception cref="SettingException">The file with the authorities cannot be used.</exception>
    /// <exception cref="CryptographicException">One is no certificate.</exception>
    public CertificateChain Read(IReadOnlyList<byte[]> encoded, TlsPlan plan)
    {
        var roots = plan.IsInsecure ? null : plan.Roots ?? RootsOf(plan.AuthoritiesFile);
        var key = new ChainKey(HashOf(encoded), plan.IsInsecure, roots);
        if (_chains.TryGetValue(key, out var known) && time.GetElapsedTime(known.Read) < VerdictAge)
            return known.Chain;
        var chain = CertificateChain.Read(encoded, plan.IsInsecure ? null : Policy(roots));
        Bound(_chains, MostChains, _ => { });
        _chains[key] = (chain, time.GetTimestamp());
        return chain;
    }

    public void Dispose() => Bound(_contexts, 0, context => context.Dispose());

    // No question leaves for revocation lists or missing intermediates: a check talks to its target and to nobody else.
    private X509ChainPolicy Policy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
        };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (roots is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private X509Certificate2Collection? RootsOf(string? file)
    {
        if (file is null)
            return null;
        var stamp = PemFile.StampOf("ca", file);
        if (_authorities.TryGetValue(file, out var known) && known.Stamp == stamp)
            return known.Roots;
        var roots = PemFile.Authorities(file);
        Bound(_authorities, MostFiles, _ => { });
        _authorities[file] = new AuthoritiesFile(stamp, roots);
        return roots;
    }

    // Begun anew when it is full: what is in use comes back with the next checks.
    private static void Bound<TKey, TValue>(ConcurrentDictionary<TKey, TValue> kept, int most, Action<TValue> drop)
        where TKey : notnull
    {
        if (kept.Count < most)
            return;
        foreach (var key in kept.Keys)
        {
            if (kept.TryRemove(key, out var value))
                drop(value);
        }
    }

    private static UInt128Pair HashOf(IReadOnlyList<byte[]> encoded)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (encoded.Count == 1)
        {
            _ = SHA256.HashData(encoded[0], hash);
        }
        else
        {
            using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var each in encoded)
                sum.AppendData(each);
            _ = sum.GetHashAndReset(hash);
        }

        return new UInt128Pair(BitConverter.ToUInt128(hash), BitConverter.ToUInt128(hash[16..]));
    }

    private readonly record struct UInt128Pair(UInt128 High, UInt128 Low);

    private readonly record struct ChainKey(UInt128Pair Hash, bool IsInsecure, X509Certificate2Collection? Roots);

    private sealed record ContextKey(
        System.Security.Authentication.SslProtocols Min, System.Security.Authentication.SslProtocols Max, string Offer, FileStamp? Certificate, FileStamp? Key);

    private sealed record AuthoritiesFile(FileStamp? Stamp, X509Certificate2Collection Roots);
}
