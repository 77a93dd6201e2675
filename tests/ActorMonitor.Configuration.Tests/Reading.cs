using System.Collections.Immutable;
using System.Text;
using Shouldly;

namespace ActorMonitor.Configuration.Tests;

/// <summary>Reads jobs and settings from texts.</summary>
internal static class Reading
{
    internal static readonly ImmutableArray<MonitorAddress> Monitors =
    [
        new("eu-1", "10.0.0.1", 8091, "eu", ""),
        new("eu-2", "10.0.0.2", 8091, "eu", ""),
        new("us-1", "10.0.0.3", 8091, "us", ""),
    ];

    internal static JobsReading Jobs(string json) => Jobs(Encoding.UTF8.GetBytes(json));

    internal static JobsReading Jobs(byte[] json) => JobsReader.Parse(json, "jobs.json", TestCatalog.Instance, Monitors);

    /// <summary>The one job of a text that has no mistake.</summary>
    internal static JobDefinition Job(string json)
    {
        var reading = Jobs($"[{json}]");
        reading.Errors.ShouldBeEmpty();
        return reading.File!.Jobs.ShouldHaveSingleItem();
    }

    /// <summary>The one mistake of a text.</summary>
    internal static string Mistake(string json)
    {
        var reading = Jobs(json);
        reading.File.ShouldBeNull();
        return reading.Errors.ShouldHaveSingleItem().ToString();
    }

    internal static string JobMistake(string json) => Mistake($"[{json}]");

    internal static SettingsReading Settings(string hocon, NodeRole role = NodeRole.Up, params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "node.hocon");
        File.WriteAllText(file, hocon);
        var reading = SettingsReader.Read(file, overrides, role);
        return reading with { Errors = [.. reading.Errors.Select(error => error with { File = error.File == file ? "node.hocon" : error.File })] };
    }

    internal static ImmutableArray<string> SettingsMistakes(string hocon, NodeRole role = NodeRole.Up, params string[] overrides)
    {
        var reading = Settings(hocon, role, overrides);
        reading.Settings.ShouldBeNull();
        return [.. reading.Errors.Select(error => error.ToString())];
    }
}

/// <summary>A folder that is gone with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("actormonitor-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
