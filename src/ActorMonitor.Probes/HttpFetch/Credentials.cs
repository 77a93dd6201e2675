using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// What a job tells a server of who asks. Secrets come from the job or, better, from a file on the monitor; no message names
/// one.
/// </summary>
internal static class Credentials
{
    private const int MaxFileBytes = 16 * 1024;

    /// <summary>Basic credentials (RFC 7617); null without a user.</summary>
    /// <exception cref="SettingException">Something is missing, or the file cannot be read.</exception>
    public static string? Basic(string prefix, string? user, string? password, string? passwordFile)
    {
        if (user is null)
            return password is null && passwordFile is null ? null : throw new SettingException($"{prefix}.password: expected with {prefix}.user, which is missing");
        if (user.Contains(':', StringComparison.Ordinal))
            throw new SettingException($"{prefix}.user: expected without a colon");
        var secret = Secret($"{prefix}.password", password, passwordFile) ?? "";
        return $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}"))}";
    }

    /// <summary>A bearer token (RFC 6750); null without one.</summary>
    /// <exception cref="SettingException">It is no token, or the file cannot be read.</exception>
    public static string? Bearer(string prefix, string? token, string? tokenFile)
    {
        var secret = Secret($"{prefix}.token", token, tokenFile);
        if (secret is null)
            return null;
        return secret.Length > 0 && HttpToken.IsValue(secret) ? $"Bearer {secret}" : throw new SettingException($"{prefix}.token: expected printable ASCII without line ends");
    }

    private static string? Secret(string name, string? text, string? file)
    {
        if (file is null)
            return text;
        if (text is not null)
            throw new SettingException($"{name}: expected either in the job or in a file, not both");
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[MaxFileBytes + 1];
            var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return count <= MaxFileBytes
                ? Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\r', '\n')
                : throw new SettingException($"{name}File = {file}: expected a file of at most {MaxFileBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SettingException($"{name}File = {file}: this monitor cannot read it ({e.Message})");
        }
    }
}
