using Xunit;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>A disk of a few MiB in memory, mounted on a folder, which can be filled and freed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly HeldMount _mount;
    private readonly string _ballast;

    internal SmallDisk(string path, int mebibytes)
    {
        Path = path;
        _ballast = System.IO.Path.Combine(path, "ballast");
        _ = Directory.CreateDirectory(path);
        _mount = new HeldMount($"mount -t tmpfs -o size={mebibytes}m actormonitor-e2e \"$1\"", path);
    }

    /// <summary>Why no disk can be mounted here; null when one can.</summary>
    internal static string? Obstacle { get; } = FindObstacle();

    internal string Path { get; }

    /// <summary>Leaves no byte free, now; what others free later they may use.</summary>
    internal void Fill()
    {
        using var ballast = new FileStream(_ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[64 * 1024];
        for (var length = block.Length; length > 0; length /= 2)
        {
            try
            {
                while (true)
                    ballast.Write(block, 0, length);
            }
            catch (IOException)
            {
                // Full for so many bytes; fewer may still fit.
            }
        }
    }

    internal void Free() => File.Delete(_ballast);

    public void Dispose() => _mount.Dispose();

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "needs Linux, to mount a small disk in memory";
        if (!Environment.IsPrivilegedProcess)
            return "needs root, to mount a small disk in memory";
        var folder = Directory.CreateTempSubdirectory("actormonitor-e2e-mount-").FullName;
        try
        {
            using var disk = new SmallDisk(folder, 1);
            return null;
        }
        catch (Exception e)
        {
            return $"needs a small disk in memory: {e.Message}";
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}

/// <summary>A test that mounts a small disk; skipped where that cannot be done.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiskFactAttribute : FactAttribute
{
    public DiskFactAttribute() => Skip = SmallDisk.Obstacle;
}
