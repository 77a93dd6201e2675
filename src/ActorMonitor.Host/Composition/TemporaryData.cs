using ActorMonitor.Configuration;
using ActorMonitor.Host.Commands;

namespace ActorMonitor.Host.Composition;

/// <summary>A data folder for a node that is there for one run; it is deleted with it.</summary>
internal sealed class TemporaryData : IDisposable
{
    private readonly DirectoryInfo _folder;

    /// <summary>Makes it where this user keeps temporary files.</summary>
    /// <exception cref="StartException">It cannot be made; the message says why.</exception>
    public TemporaryData()
    {
        try
        {
            _folder = Directory.CreateTempSubdirectory("actormonitor-");
            Data = DataFolder.Open(_folder.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DataFolderException)
        {
            throw new StartException($"a temporary folder is needed, and cannot be made: {e.Message}", e);
        }
    }

    public DataFolder Data { get; }

    public void Dispose()
    {
        Data.Dispose();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left is in the folder for temporary files, which the system empties.
        }
    }
}
