namespace ActorMonitor.EndToEnd.Processes;

/// <summary>Where the built programs are: in the same configuration as this test, or beside it when it was published with them.</summary>
internal static class Programs
{
    private static readonly string Root = FindRoot();

    internal static string Node { get; } = Published("actormonitor.dll") ?? Built("ActorMonitor.Host", "actormonitor.dll");

    internal static string Pbm { get; } = Built("ActorMonitor.Pbm", "pbm.dll");

    /// <summary>The command that runs a dll: the one that runs this test, when that is it.</summary>
    internal static string Dotnet { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>A file of the repository.</summary>
    internal static string Sample(string path) => Path.Combine(Root, path);

    private static string? Published(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "node", file);
        return File.Exists(path) ? path : null;
    }

    private static string Built(string project, string file)
    {
        // bin/CONFIGURATION/FRAMEWORK/ here as there.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, "src", project, "bin", output.Parent!.Name, output.Name, file);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ActorMonitor.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("ActorMonitor.sln was not found above " + AppContext.BaseDirectory);
    }
}
