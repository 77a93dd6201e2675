using System.Buffers.Binary;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>
/// SQLite's write-ahead log as its file format describes it (sqlite.org/fileformat2, "The WAL File Format"): a header of 32 bytes, then
/// frames of 24 bytes and a page. Frames of an earlier round have other salts than the header.
/// </summary>
internal static class WalFile
{
    internal const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;

    /// <summary>The salts, which change whenever the log begins anew, and where the last frame that belongs to them ends.</summary>
    internal static (ulong Salts, long End) Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            return (0, 0);
        var frameBytes = FrameHeaderBytes + BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8));
        var salts = BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(16));
        var frame = new byte[frameBytes];
        long end = HeaderBytes;
        while (file.ReadAtLeast(frame, frameBytes, throwOnEndOfStream: false) == frameBytes && BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(8)) == salts)
            end += frameBytes;
        return (salts, end);
    }

    /// <summary>Cuts the file off.</summary>
    internal static void Cut(string path, long at)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(at);
    }
}
