namespace ActorMonitor.Shell.Tests;

/// <summary>What the shell is expected to say, as it stands on a screen.</summary>
internal static class GoldenFile
{
    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name)).ReplaceLineEndings("\n");
}
