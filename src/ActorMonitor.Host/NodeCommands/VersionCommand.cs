using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorMonitor.Host.Commands;
using ActorMonitor.Shell;

namespace ActorMonitor.Host.NodeCommands;

/// <summary><c>version</c>: what runs here, on what, and since when.</summary>
internal static class VersionCommand
{
    public static ShellCommand Of(string kind, string dataFolder, TimeProvider time) => new()
    {
        Palette = "version",
        Summary = "what runs here, on what, and since when",
        Run = (_, cancellationToken) => RunAsync(kind, dataFolder, time, cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(
        string kind, string dataFolder, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        var process = new ProcessFigures(time).Read();
        yield return new TableHeader("name", "value");
        yield return new TableRow("version", Announcement.Version);
        yield return new TableRow("node", kind);
        yield return new TableRow("runtime", RuntimeInformation.FrameworkDescription);
        yield return new TableRow("system", RuntimeInformation.OSDescription);
        yield return new TableRow("architecture", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant());
        yield return new TableRow("started", ((ShellValue)process.Started).ToString());
        yield return new TableRow("uptime", ((ShellValue)process.Uptime).ToString());
        yield return new TableRow("pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        yield return new TableRow("data", dataFolder);
    }
}
