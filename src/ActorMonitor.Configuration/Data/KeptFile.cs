using System.Globalization;

namespace ActorMonitor.Configuration;

/// <summary>A text file in a node's data folder that is either as it was or as it shall be, also after a power cut; only its owner reads it.</summary>
/// <param name="path">Its path.</param>
/// <param name="maxBytes">The bound on it; a longer one is damaged.</param>
public sealed class KeptFile(string path, int maxBytes)
{
    /// <summary>Its full path.</summary>
    public string FullPath { get; } = Path.GetFullPath(path);

    /// <summary>The file's text; null when there is no file. What follows the bound is cut off.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public string? TryRead() => DurableFile.TryRead(FullPath, maxBytes);

    /// <summary>Writes the whole file beside itself and renames it into its place; on disk when it returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string text) => DurableFile.Write(FullPath, text);

    /// <summary>Moves the file to another name, which is returned.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be moved.</exception>
    public string SetAside(TimeProvider time)
    {
        var aside = string.Create(CultureInfo.InvariantCulture, $"{FullPath}.damaged-{time.GetUtcNow():yyyyMMdd-HHmmss}");
        File.Move(FullPath, aside, overwrite: true);
        return aside;
    }
}
