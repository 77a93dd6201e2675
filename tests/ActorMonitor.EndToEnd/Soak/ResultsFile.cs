using System.Text.Json;

namespace ActorMonitor.EndToEnd.Soak;

/// <summary>The results of a long run: a line of JSON a round.</summary>
internal static class ResultsFile
{
    /// <summary>The rounds so far; half a line, of a run that was killed while it wrote, is none.</summary>
    internal static List<T> Read<T>(string file)
    {
        var rounds = new List<T>();
        foreach (var line in File.Exists(file) ? File.ReadAllLines(file) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize<T>(line) is { } round)
                    rounds.Add(round);
            }
            catch (JsonException)
            {
                // It is run again.
            }
        }

        return rounds;
    }

    internal static void Append<T>(string file, T round)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
            _ = Directory.CreateDirectory(folder);
        var text = File.Exists(file) ? File.ReadAllText(file) : "";
        File.AppendAllText(file, (text.Length > 0 && text[^1] != '\n' ? "\n" : "") + JsonSerializer.Serialize(round) + "\n");
    }
}
