using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorMonitor.Shell;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>pbm within the test's process, against nodes in theirs: the same code as the program, without its start.</summary>
internal static class PbmCalls
{
    /// <summary>The rows of a command, as JSON.</summary>
    internal static async Task<IReadOnlyList<JsonObject>> RowsAsync(string node, params string[] command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var bound = new CancellationTokenSource(ProgramUnderTest.Patience, TimeProvider.System);
        var exit = await ShellProgram.RunAsync([node, .. command, "--output", "json"], TextReader.Null, output, error, bound.Token);
        if (exit != 0)
            throw new InvalidOperationException($"pbm {node} {string.Join(' ', command)} ended with {exit}: {error}");
        return Rows(output);
    }

    /// <summary>The rows of a command whatever its exit code; null when the node does not answer.</summary>
    internal static async Task<IReadOnlyList<JsonObject>?> TryRowsAsync(string node, params string[] command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var bound = new CancellationTokenSource(ProgramUnderTest.Patience, TimeProvider.System);
        var exit = await ShellProgram.RunAsync([node, .. command, "--output", "json"], TextReader.Null, output, error, bound.Token);
        return exit is 0 or 1 ? Rows(output) : null;
    }

    /// <summary>Asks again and again until the rows are as wanted.</summary>
    internal static async Task<IReadOnlyList<JsonObject>> RowsUntilAsync(string node, string[] command, Func<IReadOnlyList<JsonObject>, bool> areWanted, TimeSpan? within = null)
    {
        var bound = within ?? ProgramUnderTest.Patience;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var rows = await RowsAsync(node, command);
            if (areWanted(rows))
                return rows;
            if (Stopwatch.GetElapsedTime(started) > bound)
                throw new InvalidOperationException($"pbm {node} {string.Join(' ', command)} did not say what was waited for within {bound.TotalSeconds} s; last:\n{string.Join('\n', rows.Select(row => row.ToJsonString()))}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>The counts of a job's slots on a monitor.</summary>
    internal static JobCounts Counts(this JsonObject row) => new(
        Number(row, "due"), Number(row, "open"), Number(row, "up"), Number(row, "degraded"), Number(row, "down"), Number(row, "unknown"), Number(row, "skipped"), Number(row, "lost"), Number(row, "notRunning"));

    private static IReadOnlyList<JsonObject> Rows(StringWriter output)
        => [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).Where(row => !row.ContainsKey("text"))];

    private static long Number(JsonObject row, string key) => row[key]!.GetValue<long>();
}

/// <summary>A row of <c>jobs list</c>.</summary>
internal sealed record JobCounts(long Due, long Open, long Up, long Degraded, long Down, long Unknown, long Skipped, long Lost, long NotRunning)
{
    internal long Recorded => Up + Degraded + Down + Unknown + Skipped + Lost + NotRunning;

    /// <summary>Every slot that came due is open or has one record.</summary>
    internal bool AddUp => Due == Open + Recorded;
}
