using SQLitePCL;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>What SQLite's and the system's error codes mean for a manager.</summary>
internal static class Faults
{
    // A database needs to grow by more than a page at times.
    private const long LittleSpace = 256 * 1024;

    /// <summary>The exception for an error.</summary>
    /// <param name="extended">SQLite's extended result code.</param>
    /// <param name="system">The system's error number behind it, 0 when there is none.</param>
    /// <param name="message">SQLite's words.</param>
    /// <param name="path">The database's file.</param>
    public static StoreException Of(int extended, int system, string message, string path)
    {
        var fault = Kind(extended & 0xff, system, path);
        var what = fault switch
        {
            StoreFault.Full => "the disk is full",
            StoreFault.ReadOnly => "it may not be written",
            StoreFault.Damaged => "it is damaged",
            _ => "it failed",
        };
        return new StoreException(fault, $"{path}: {what} (SQLite {extended}{(system == 0 ? "" : $", system {system}")}: {message})");
    }

    private static StoreFault Kind(int primary, int system, string path) => primary switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StoreFault.Damaged,
        raw.SQLITE_FULL => StoreFault.Full,
        raw.SQLITE_READONLY or raw.SQLITE_PERM => StoreFault.ReadOnly,
        // The numbers are the system's own: they have no names in .NET.
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN => OperatingSystem.IsWindows()
            ? system switch
            {
                39 or 112 => StoreFault.Full, // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
                5 or 19 => StoreFault.ReadOnly, // ERROR_ACCESS_DENIED, ERROR_WRITE_PROTECT
                _ => BySpace(path),
            }
            : system switch
            {
                28 => StoreFault.Full, // ENOSPC
                122 when OperatingSystem.IsLinux() => StoreFault.Full, // EDQUOT
                1 or 13 or 30 => StoreFault.ReadOnly, // EPERM, EACCES, EROFS
                _ => BySpace(path),
            },
        _ => StoreFault.Other,
    };

    // Not every failure tells its cause: the memory shared beside a write-ahead log, for one, grows without an error number.
    private static StoreFault BySpace(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < LittleSpace ? StoreFault.Full : StoreFault.Other;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return StoreFault.Other;
        }
    }
}
