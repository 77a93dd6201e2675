using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>
/// A node's data folder, held exclusively until it is disposed: the node's identity, the manager's epochs, the shell's
/// token. What is damaged is reported, never replaced: a new identity would orphan the results that others hold for this node.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const string LockFile = "lock";
    private const string IdFile = "id";
    private const string EpochFile = "epoch";
    private const string TokenFile = "pbm.token";
    private const int TokenBytes = 32;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream heldLock, NodeId id) => (FullPath, _lock, Id) = (path, heldLock, id);

    /// <summary>The folder's full path.</summary>
    public string FullPath { get; }

    /// <summary>The node's identity, made once.</summary>
    public NodeId Id { get; }

    /// <summary>The path of the shell's token file, which pbm reads by itself.</summary>
    public string TokenPath => Path.Combine(FullPath, TokenFile);

    /// <summary>The path of the file in which the shell records who changed the node.</summary>
    public string AuditPath => Path.Combine(FullPath, "audit.log");

    /// <summary>The name of the shell's token file within a data folder.</summary>
    public static string TokenFileName => TokenFile;

    /// <summary>Opens the folder, which is made when it is missing, and takes its lock.</summary>
    /// <exception cref="DataFolderInUseException">Another process holds it.</exception>
    /// <exception cref="DataFolderException">It cannot be made, read or written, or its identity is damaged.</exception>
    public static DataFolder Open(string path)
    {
        var full = Path.GetFullPath(path);
        var heldLock = Guarded(full, () =>
        {
            DurableFile.CreateFolder(full);
            var taken = TakeLock(full);
            try
            {
                DurableFile.TryWrite(full);
                return taken;
            }
            catch
            {
                taken.Dispose();
                throw;
            }
        });
        try
        {
            return new DataFolder(full, heldLock, Guarded(full, () => ReadOrMakeId(full)));
        }
        catch
        {
            heldLock.Dispose();
            throw;
        }
    }

    /// <summary>The next epoch: max(stored + 1, Unix seconds). It is on disk before it is returned.</summary>
    /// <exception cref="DataFolderException">The stored epoch is damaged or the new one cannot be written.</exception>
    public Epoch NextEpoch(TimeProvider time) => Guarded(FullPath, () =>
    {
        var file = Path.Combine(FullPath, EpochFile);
        var stored = ReadEpoch(file);
        if (stored == long.MaxValue)
            throw Damaged(file, "there is no epoch after it");
        return Commit(file, Math.Max(stored + 1, time.GetUtcNow().ToUnixTimeSeconds()));
    });

    /// <summary>An epoch above <paramref name="seen"/>, for a manager whose store is newly rebuilt. It is on disk before it is returned.</summary>
    /// <exception cref="DataFolderException">The stored epoch is damaged or the new one cannot be written.</exception>
    public Epoch NextEpoch(TimeProvider time, Epoch seen) => Guarded(FullPath, () =>
    {
        var file = Path.Combine(FullPath, EpochFile);
        var newest = Math.Max(ReadEpoch(file), seen.Value);
        if (newest == long.MaxValue)
            throw Damaged(file, "there is no epoch after it");
        return Commit(file, Math.Max(newest + 1, time.GetUtcNow().ToUnixTimeSeconds()));
    });

    /// <summary>The shell's token: random, made once, in a file that only this user reads.</summary>
    /// <exception cref="DataFolderException">The file is damaged or cannot be written.</exception>
    public string Token() => Guarded(FullPath, () =>
    {
        var file = TokenPath;
        if (DurableFile.TryRead(file) is not { } text)
        {
            var made = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);
            DurableFile.Write(file, made + "\n");
            return made;
        }

        var token = text.Trim();
        return token.Length >= TokenBytes && token.All(char.IsAsciiLetterOrDigit)
            ? token
            : throw Damaged(file, $"expected at least {TokenBytes} letters and digits; delete it to have a new one made");
    });

    /// <summary>Gives the folder up.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string folder)
    {
        var file = Path.Combine(folder, LockFile);
        FileStream held;
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix and a sharing mode on Windows; both end with the process.
            held = new FileStream(file, DurableFile.PrivateOptions(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new DataFolderInUseException(folder, e);
        }

        // For people who look: which process it was. Nobody reads it back.
        held.SetLength(0);
        held.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
        held.Flush();
        return held;
    }

    // EWOULDBLOCK of flock, or ERROR_SHARING_VIOLATION: any other failure (a full disk, a read-only one) is not a second process.
    private static bool IsHeldByAnother(IOException exception)
    {
        const int linux = 11;
        const int bsd = 35;
        const int windows = unchecked((int)0x80070020);
        return exception.HResult == (OperatingSystem.IsWindows() ? windows : OperatingSystem.IsLinux() ? linux : bsd);
    }

    private static NodeId ReadOrMakeId(string folder)
    {
        var file = Path.Combine(folder, IdFile);
        if (DurableFile.TryRead(file) is not { } text)
        {
            var made = NodeId.New();
            DurableFile.Write(file, made + "\n");
            return made;
        }

        return Guid.TryParseExact(text.Trim(), "N", out var id) && id != Guid.Empty
            ? new NodeId(id)
            : throw Damaged(file, "expected 32 hexadecimal digits; restore it from a backup, or delete it to become a new node");
    }

    private static long ReadEpoch(string file)
    {
        if (DurableFile.TryRead(file) is not { } text)
            return 0;
        return long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var stored) && stored > 0
            ? stored
            : throw Damaged(file, "expected a whole number above 0; delete it to start from the clock");
    }

    private static Epoch Commit(string file, long epoch)
    {
        DurableFile.Write(file, string.Create(CultureInfo.InvariantCulture, $"{epoch}\n"));
        return new Epoch(epoch);
    }

    private static DataFolderException Damaged(string file, string remedy) => new($"{file} is damaged: {remedy}.");

    private static T Guarded<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DataFolderException($"the data folder {folder} cannot be used: {e.Message}", e);
        }
    }
}

/// <summary>A data folder cannot be used; the message says which and why.</summary>
public class DataFolderException : Exception
{
    /// <summary>Says which file or folder, and why.</summary>
    public DataFolderException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>Another process holds the data folder.</summary>
public sealed class DataFolderInUseException : DataFolderException
{
    /// <summary>Says which folder.</summary>
    public DataFolderInUseException(string folder, Exception? cause = null)
        : base($"the data folder {folder} is in use by another process; stop it, or give this one its own with --set actor-monitor.data=FOLDER", cause)
    {
    }
}
