using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls.OpenSsl;

namespace ActorMonitor.Probes.Tls;

/// <summary>A client's handshake for any service.</summary>
internal static class TlsHandshake
{
    /// <summary>Performs the handshake, measures it as <c>tls</c>, notes what was agreed on and shown, and judges the certificate.</summary>
    /// <param name="run">The check.</param>
    /// <param name="plain">The connection, which belongs to the session from now on, also when there will be none.</param>
    /// <param name="plan">How the job wants it.</param>
    /// <param name="serverName">The name to ask for and to find in the certificate.</param>
    /// <param name="protocols">The application protocols to offer; empty for none.</param>
    /// <param name="ordinal">The number of the measurements.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetException">The handshake failed, or the certificate is refused.</exception>
    /// <exception cref="SettingException">A file of the plan cannot be used.</exception>
    public static async Task<TlsSession> ConnectAsync(
        ProbeRun run, Stream plain, TlsPlan plan, string serverName, ImmutableArray<SslApplicationProtocol> protocols, int ordinal, CancellationToken cancellationToken)
    {
        run.Waiting = $"in the TLS handshake with {run.Address}";
        var started = run.Elapsed;
        var client = run.Environment.Tls;

        // Who speaks HTTP/2 for us takes a stream for TLS only if it is .NET's own.
        var session = client.IsNative && !protocols.Contains(SslApplicationProtocol.Http2)
            ? await NativeAsync(client, plain, plan, serverName, protocols, cancellationToken)
            : await PlatformAsync(client, plain, plan, serverName, protocols, cancellationToken);
        try
        {
            run.Measure("tls", run.Elapsed - started, ordinal);
            Note(run, session.Facts, ordinal);
            if (!plan.IsInsecure && CertificateVerdict.Of(session.Facts.Chain, serverName, run.Environment.Time.GetUtcNow()) is { } refusal)
            {
                run.Note("certificate.problems", refusal.Problems);
                throw new TargetException(Outcome.Down, refusal.Cause, refusal.Message);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static async Task<TlsSession> NativeAsync(
        TlsClient client, Stream plain, TlsPlan plan, string serverName, ImmutableArray<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        OpenSslStream? tls = null;
        try
        {
            tls = new OpenSslStream(plain, client.ContextOf(plan));
            await tls.HandshakeAsync(NameToAskFor(serverName), protocols, cancellationToken);
            var connection = tls.Connection;
            return new TlsSession(tls, FactsOf(client, plan, TlsPlan.VersionOf(connection.IsTls13 ? "1.3" : "1.2"), connection.Cipher, connection.Certificates()), connection.Protocol, plan.Expected);
        }
        catch
        {
            await (tls ?? plain).DisposeAsync();
            throw;
        }
    }

    private static async Task<TlsSession> PlatformAsync(
        TlsClient client, Stream plain, TlsPlan plan, string serverName, ImmutableArray<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        SslStream? tls = null;
        try
        {
            PemFile.CheckClientCertificate(plan);
            (tls, var certificates) = await PlatformTls.ConnectAsync(plain, plan, serverName, protocols, cancellationToken);
            return new TlsSession(tls, FactsOf(client, plan, tls.SslProtocol, tls.NegotiatedCipherSuite, certificates), tls.NegotiatedApplicationProtocol, plan.Expected);
        }
        catch
        {
            await (tls ?? plain).DisposeAsync();
            throw;
        }
    }

    private static TlsFacts FactsOf(
        TlsClient client, TlsPlan plan, System.Security.Authentication.SslProtocols version, TlsCipherSuite cipher, List<byte[]> certificates)
    {
        if (certificates.Count == 0)
            throw new TargetException(Outcome.Down, Cause.TlsHandshake, "the server sent no certificate");
        try
        {
            return new TlsFacts(version, cipher, client.Read(certificates, plan));
        }
        catch (CryptographicException e)
        {
            throw new TargetException(Outcome.Down, Cause.TlsHandshake, $"the server's certificate cannot be read: {e.Message}");
        }
    }

    private static void Note(ProbeRun run, TlsFacts facts, int ordinal)
    {
        var (chain, now) = (facts.Chain, run.Environment.Time.GetUtcNow());
        run.Measure("certificate.days", (chain.FirstToExpire.NotAfter - now).TotalDays, "days", ordinal);
        run.Measure("certificate.leafDays", (chain.Leaf.NotAfter - now).TotalDays, "days", ordinal);
        run.Note("tls.version", facts.Version.ToString());
        run.Note("tls.cipher", facts.Cipher.ToString());
        run.Note("certificate.expires", chain.Expires);
        run.Note("certificate.subject", chain.Leaf.Subject);
        run.Note("certificate.issuer", chain.Leaf.Issuer);
        run.Note("certificate.names", chain.PrintedNames);
        run.Note("certificate.sha256", chain.Fingerprint);
        foreach (var issuer in chain.PrintedIssuers)
            run.Note("certificate.chain", issuer);
    }

    // An address is no name to ask for (RFC 6066 section 3), nor is a name's last dot.
    private static string? NameToAskFor(string serverName)
    {
        if (IPAddress.TryParse(serverName, out _))
            return null;
        var name = serverName.TrimEnd('.');
        try
        {
            return new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            // Names with underscores are no host names and are in use all the same.
            return name.All(char.IsAscii) ? name : null;
        }
    }
}
