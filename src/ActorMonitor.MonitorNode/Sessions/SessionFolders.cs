using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>The folders of the sessions' journals, each named by its manager's id.</summary>
internal static class SessionFolders
{
    /// <summary>Opens all journals that are there; what has another name is left alone.</summary>
    public static Opened OpenAll(SessionWorld world)
    {
        var sessions = new List<SessionMemory>();
        var failures = new List<(NodeId Manager, string Failure)>();
        foreach (var manager in Managers(world.ClientsFolder))
        {
            try
            {
                sessions.Add(SessionMemory.Open(manager, world));
            }
            catch (JournalException e)
            {
                failures.Add((manager, e.Message));
            }
        }

        return new Opened(sessions, failures);
    }

    /// <summary>Deletes the folder of a session that is closed.</summary>
    public static void Delete(string folder, ILogger logger)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else has been there.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SessionLog.NotDeleted(logger, e.Message);
        }
    }

    private static List<NodeId> Managers(string clients)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(clients)
                .Select(folder => Guid.TryParseExact(Path.GetFileName(folder), "N", out var id) ? new NodeId(id) : default)
                .Where(manager => manager != default)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first Connect will say why.
            return [];
        }
    }

    /// <summary>What was found.</summary>
    internal sealed record Opened(List<SessionMemory> Sessions, List<(NodeId Manager, string Failure)> Failures);
}
