using System.Security.Cryptography;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>The node's token in its data folder: whoever may read the file may change the node.</summary>
internal static class TokenFile
{
    /// <summary>The only name under which pbm reads a file that a node names to it.</summary>
    public const string Name = "pbm.token";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The configured token, the one in the file, or a new one; the file holds it afterwards and only its owner may read it.</summary>
    /// <exception cref="ShellEndpointException">The file cannot be written.</exception>
    public static string Establish(string path, string? configured)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (configured is null && IsPrivate(path) && Read(path).Token is { } kept)
                return kept;
            var token = configured ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            Write(path, token);
            return token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ShellEndpointException($"pbm cannot keep its token in {path}: {e.Message} The folder is the one of actor-monitor.data.", e);
        }
    }

    /// <summary>The token in a file, or why there is none.</summary>
    public static (string? Token, string? Problem) Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                return (null, "this user sees no such file");

            // A pipe or a device would hold us up for ever; they have no length.
            if (new FileInfo(path).Length is 0 or > 2 * TokenProof.MaxTokenLength)
                return (null, "it holds no token");
            var token = File.ReadAllText(path, Encoding.UTF8).Trim();
            return IsToken(token) ? (token, null) : (null, "it holds no token");
        }
        catch (UnauthorizedAccessException)
        {
            return (null, "this user may not read it");
        }
        catch (IOException e)
        {
            return (null, e.Message);
        }
    }

    public static bool IsToken(string text) => text.Length is >= TokenProof.MinTokenLength and <= TokenProof.MaxTokenLength && !text.Any(char.IsControl);

    // A token that others could read is not kept: a new one takes its place.
    private static bool IsPrivate(string path)
        => OperatingSystem.IsWindows() || (File.Exists(path) && (File.GetUnixFileMode(path) & ~OwnerOnly) == UnixFileMode.None);

    // Made beside its place with its mode from the first byte, then moved over: never half written, never readable in between.
    private static void Write(string path, string token)
    {
        var fresh = $"{path}.{Environment.ProcessId}.new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(fresh, options))
            file.Write(Encoding.UTF8.GetBytes(token + "\n"));
        File.Move(fresh, path, overwrite: true);
    }
}
