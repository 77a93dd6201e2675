using System.Text.Json;

namespace ActorMonitor.Bench.Soak;

/// <summary>The account of one round of the soak, over all pairs since the start of the run's two processes.</summary>
internal sealed record SoakRecord(
    int Round,
    Guid Processes,
    DateTimeOffset At,
    int Pairs,
    int Cuts,
    long Sent,
    long Received,
    long Gaps,
    long Disorder,
    long SenderLiveBytes,
    long SenderResidentBytes,
    long ReceiverLiveBytes,
    long ReceiverResidentBytes)
{
    private const double AllowedGrowth = 1.25;
    private const long AllowedBytes = 8 << 20;
    private const long AllowedResidentBytes = 48 << 20;

    public bool AddsUp => Sent == Received + Gaps && Disorder == 0;

    public static IReadOnlyList<SoakRecord> ReadAll(string file) => File.Exists(file)
        ? [.. File.ReadLines(file).Where(line => line.EndsWith('}')).Select(line => JsonSerializer.Deserialize<SoakRecord>(line)!)]
        : [];

    public void AppendTo(string file)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
            Directory.CreateDirectory(folder);

        // A run that was killed while it wrote has left half a line, which must not become the beginning of this one.
        var before = HasUnendedLine(file) ? "\n" : "";
        File.AppendAllText(file, before + JsonSerializer.Serialize(this) + "\n");
    }

    /// <summary>What is wrong with a run: nothing, when it holds.</summary>
    public static IReadOnlyList<string> Complaints(IReadOnlyList<SoakRecord> records)
    {
        var complaints = new List<string>();
        foreach (var record in records.Where(record => !record.AddsUp))
            complaints.Add($"round {record.Round}: sent {record.Sent}, received {record.Received} + gaps {record.Gaps}, out of order {record.Disorder}");

        // Each pair of processes has a first round to get warm.
        foreach (var run in records.GroupBy(record => record.Processes))
        {
            var first = run.First();
            foreach (var later in run.Skip(1))
            {
                Compare("sender, live", first.SenderLiveBytes, later.SenderLiveBytes, AllowedBytes);
                Compare("receiver, live", first.ReceiverLiveBytes, later.ReceiverLiveBytes, AllowedBytes);
                Compare("sender, resident", first.SenderResidentBytes, later.SenderResidentBytes, AllowedResidentBytes);
                Compare("receiver, resident", first.ReceiverResidentBytes, later.ReceiverResidentBytes, AllowedResidentBytes);

                void Compare(string what, long before, long after, long allowed)
                {
                    if (after > Math.Max(before * AllowedGrowth, before + allowed))
                        complaints.Add($"round {later.Round}: memory of the {what} grew from {before >> 20} to {after >> 20} MiB");
                }
            }
        }

        return complaints;
    }

    private static bool HasUnendedLine(string file)
    {
        if (!File.Exists(file))
            return false;

        using var stream = File.OpenRead(file);
        if (stream.Length == 0)
            return false;

        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }

    public override string ToString() =>
        $"round {Round}: {Cuts} cuts, sent {Sent} = received {Received} + gaps {Gaps}{(AddsUp ? "" : " DOES NOT ADD UP")}, out of order {Disorder}, "
        + $"live MiB {SenderLiveBytes / 1048576.0:0.0} / {ReceiverLiveBytes / 1048576.0:0.0}, resident MiB {SenderResidentBytes >> 20} / {ReceiverResidentBytes >> 20}";
}
