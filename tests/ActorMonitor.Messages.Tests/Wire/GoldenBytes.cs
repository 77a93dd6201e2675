using System.Collections.Immutable;

namespace ActorMonitor.Messages.Tests.Wire;

/// <summary>The bytes of the sample messages as the first version wrote them: a line each, name, manifest and hex.</summary>
internal sealed record GoldenBytes(string Manifest, string Hex)
{
    public static ImmutableSortedDictionary<string, GoldenBytes> All { get; } = File
        .ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Wire", "Golden", "messages.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' '))
        .ToImmutableSortedDictionary(fields => fields[0], fields => new GoldenBytes(fields[1], fields[2]), StringComparer.Ordinal);

    public byte[] Bytes => Convert.FromHexString(Hex);
}
