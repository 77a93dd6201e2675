using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls;

/// <summary>What tells a file from the one that it replaced.</summary>
internal sealed record FileStamp(string Path, DateTime Written, long Length);

/// <summary>Reads the PEM files that a job names, and says in the job's terms what is wrong with them.</summary>
internal static class PemFile
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The stamp of a file; null for none.</summary>
    /// <exception cref="SettingException">It is not there.</exception>
    public static FileStamp? StampOf(string setting, string? path)
    {
        if (path is null)
            return null;
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new SettingException($"{setting} = {path}: there is no such file on this monitor, or it may not be seen");
        return file.Length <= MaxBytes
            ? new FileStamp(path, file.LastWriteTimeUtc, file.Length)
            : throw new SettingException($"{setting} = {path}: expected a file of at most {MaxBytes} bytes");
    }

    /// <summary>The certificates of a file.</summary>
    /// <exception cref="SettingException">It holds none, or cannot be read.</exception>
    public static X509Certificate2Collection Authorities(string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"ca = {path}: cannot be read as certificates in PEM ({e.Message})");
        }

        return roots.Count > 0 ? roots : throw new SettingException($"ca = {path}: holds no certificate in PEM");
    }

    /// <summary>Reads a plan's client certificate and its key once, so that what is wrong is told in words.</summary>
    /// <exception cref="SettingException">They cannot be read, or do not belong together.</exception>
    public static void CheckClientCertificate(TlsPlan plan)
    {
        if (plan.CertificateFile is not { } file)
            return;
        _ = StampOf("clientCertificate", file);
        _ = StampOf("clientKey", plan.KeyFile);
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file, plan.KeyFile ?? file);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException(
                $"clientCertificate = {file}: cannot be read as a certificate in PEM with its unencrypted key in {(plan.KeyFile is { } key ? $"clientKey = {key}" : "the same file")} ({e.Message})");
        }
    }
}
