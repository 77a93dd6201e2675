using System.Text;

namespace ActorMonitor.Shell;

/// <summary>
/// The lines typed at prompts, kept over runs. Each line is added as it is entered, under a lock, so that several pbm at
/// once keep all of theirs. A folder that cannot be written is no reason to complain: then there is no history.
/// </summary>
internal sealed class HistoryFile(string? path)
{
    public const int MaxLines = 1_000;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // More than MaxLines lines of the longest kind; what is beyond is not ours.
    private const int MaxBytes = 16 * 1024 * 1024;

    private const int Attempts = 100;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(10);
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Where it is for this user; null where there is no such place.</summary>
    public static string? UsualPath(Func<string, string?> environment)
    {
        // The XDG base directory specification: what is not absolute is to be ignored.
        if (environment("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state))
            return Path.Combine(state, "actormonitor", "pbm-history");
        if (OperatingSystem.IsWindows())
            return environment("LOCALAPPDATA") is { Length: > 0 } local ? Path.Combine(local, "actormonitor", "pbm-history") : null;
        return environment("HOME") is { } home && Path.IsPathFullyQualified(home) ? Path.Combine(home, ".local", "state", "actormonitor", "pbm-history") : null;
    }

    /// <summary>Whether a line may be on disk: one that begins with a space is meant to be forgotten, one with a secret has to be.</summary>
    public static bool IsKept(string line) => line.Trim().Length > 0 && line[0] != ' ' && !line.Any(char.IsControl) && !HasSecret(line);

    /// <summary>The lines kept, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var file = await OpenAsync(isNew: false, cancellationToken);
        if (file is null)
            return [];
        try
        {
            return await ReadAsync(file, cancellationToken);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Keeps one more line, unless it is not to be kept.</summary>
    public async Task AddAsync(string line, CancellationToken cancellationToken)
    {
        if (!IsKept(line))
            return;
        await using var file = await OpenAsync(isNew: true, cancellationToken);
        if (file is null)
            return;
        try
        {
            // Another pbm may have added since: the file is read under the lock, and the end found anew.
            var lines = await ReadAsync(file, cancellationToken);
            var isTooLong = lines.Count >= MaxLines || file.Length > MaxBytes;
            file.Position = isTooLong ? 0 : file.Length;
            var text = isTooLong ? string.Join('\n', lines.TakeLast(MaxLines - 1).Append(line)) + "\n" : line + "\n";
            await file.WriteAsync(Encoding.GetBytes(text), cancellationToken);
            file.SetLength(file.Position);
        }
        catch (IOException)
        {
            // The disk is full, perhaps: the session goes on without the line.
        }
    }

    private static async Task<List<string>> ReadAsync(FileStream file, CancellationToken cancellationToken)
    {
        file.Position = Math.Max(0, file.Length - MaxBytes);
        using var reader = new StreamReader(file, Encoding, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var lines = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length is > 0 and <= LineBuffer.MaxLength && !line.Any(char.IsControl))
                lines.Add(line);
        }

        return lines.Count <= MaxLines ? lines : lines[^MaxLines..];
    }

    // Not shared: that is the lock, which the system keeps for as long as the file is open.
    private async Task<FileStream?> OpenAsync(bool isNew, CancellationToken cancellationToken)
    {
        if (path is null || (!isNew && !File.Exists(path)))
            return null;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                MakeFolder(Path.GetDirectoryName(path)!);
                var file = new FileStream(path, options);
                if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file.SafeFileHandle) != OwnerOnly)
                    File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
                return file;
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path))
            {
                // Another pbm has it for a moment.
                await Task.Delay(BetweenAttempts, TimeProvider.System, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            _ = Directory.CreateDirectory(folder);
        else
            _ = Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    // password=, --token x, "secret": ...; a --token-file names a file and is none.
    private static bool HasSecret(string line)
    {
        foreach (var word in new[] { "password", "passwd", "passphrase", "secret", "token", "apikey", "api-key", "api_key", "credential", "credentials" })
        {
            for (var at = line.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                var rest = line.AsSpan(at + word.Length).TrimStart("\"' ");
                var isOption = at >= 2 && line[at - 1] == '-' && line[at - 2] == '-';
                if (rest is ['=' or ':', ..] || (isOption && (line.Length == at + word.Length || line[at + word.Length] == ' ')))
                    return true;
            }
        }

        return false;
    }
}
