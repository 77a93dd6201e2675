using System.Globalization;
using ActorMonitor.Configuration;
using ActorMonitor.LoopbackTargets;

namespace ActorMonitor.Host.Composition;

/// <summary>
/// The targets that <c>up</c> shows every service against, on the ports that they had before: its monitor goes on, until the
/// manager is there, with what it has been granted, and that names ports.
/// </summary>
internal static class DemoTargets
{
    private const string FileName = "targets";
    private const int MaxBytes = 1024;

    public static async Task<LoopbackServers> StartAsync(DataFolder data, CancellationToken cancellationToken)
    {
        var file = Path.Combine(data.FullPath, FileName);
        var before = Read(file);
        var targets = await LoopbackServers.StartAsync(new LoopbackServerOptions { PreferredPorts = before }, cancellationToken);
        if (!targets.Ports.SequenceEqual(before))
            Write(file, targets.Ports);
        return targets;
    }

    // It is a wish: whatever is in the file, servers can do without.
    private static List<int> Read(string file)
    {
        try
        {
            if (new FileInfo(file) is not { Exists: true, Length: <= MaxBytes })
                return [];
            return [.. File.ReadAllText(file).Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void Write(string file, IEnumerable<int> ports)
    {
        try
        {
            File.WriteAllText(file, string.Join(' ', ports) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run will have other ports.
        }
    }
}
