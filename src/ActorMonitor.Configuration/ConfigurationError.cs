using System.Globalization;

namespace ActorMonitor.Configuration;

/// <summary>One mistake in the configuration. Nothing starts while there is one.</summary>
/// <param name="File">The file as it was named; <c>--set</c> for an override on the command line.</param>
/// <param name="Line">The line, from 1; null when it is not known.</param>
/// <param name="Path">Where in the file: <c>actor-monitor.monitor.queue</c> or <c>$.jobs[2].interval</c>; empty for the file itself.</param>
/// <param name="Message">What is wrong, and what would be accepted.</param>
public sealed record ConfigurationError(string File, int? Line, string Path, string Message)
{
    /// <summary>The column, from 1, in characters; null when it is not known.</summary>
    public int? Column { get; init; }

    /// <summary><c>file:line: path: message</c>.</summary>
    public override string ToString()
    {
        var line = Line is { } number ? string.Create(CultureInfo.InvariantCulture, $":{number}") : "";
        return Path.Length == 0 ? $"{File}{line}: {Message}" : $"{File}{line}: {Path}: {Message}";
    }
}
