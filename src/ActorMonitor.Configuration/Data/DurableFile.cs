using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.Configuration;

/// <summary>Small text files that are either as they were or as they shall be, also after a power cut; only their owner reads them.</summary>
internal static partial class DurableFile
{
    /// <summary>No file of ours is longer; a longer one is damaged.</summary>
    private const int MaxBytes = 4096;

    /// <summary>Makes a folder, and its parents, that only this user enters; one that exists is left as it is.</summary>
    internal static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            _ = Directory.CreateDirectory(path);
        else
            _ = Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Options that make a new file readable by its owner alone.</summary>
    internal static FileStreamOptions PrivateOptions(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>The file's text; null when there is no file. What follows the bound is cut off.</summary>
    internal static string? TryRead(string path, int maxBytes = MaxBytes)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var buffer = new byte[Math.Min(maxBytes, stream.Length)];
            return Encoding.UTF8.GetString(buffer, 0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes the whole file beside itself, syncs it, and renames it into place.</summary>
    internal static void Write(string path, string text)
    {
        var temporary = path + ".tmp";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, PrivateOptions(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a file of one byte and removes it, or throws what keeps files from being written: found at the start, not at the first result.</summary>
    internal static void TryWrite(string folder)
    {
        using var stream = new FileStream(Path.Combine(folder, "write.tmp"), new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.DeleteOnClose,
        });
        stream.WriteByte(0);
        stream.Flush(flushToDisk: true);
    }

    // The rename itself is on disk only once its folder is synced. Windows keeps it in its journal, and opens no folders.
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = OpenFolder(folder, ReadOnly);
        if (handle.IsInvalid || FSync(handle) != 0)
            throw new IOException($"{folder} cannot be synced to disk (error {Marshal.GetLastPInvokeError()})");
    }

    private const int ReadOnly = 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);
}
