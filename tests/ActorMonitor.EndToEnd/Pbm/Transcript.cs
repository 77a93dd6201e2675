using System.Text.RegularExpressions;

namespace ActorMonitor.EndToEnd.Pbm;

/// <summary>A step of a session: something done (<c>!</c>) or typed (<c>$</c>), with the lines that belong to it.</summary>
internal sealed record TranscriptStep(int Line, char Kind, string Text, IReadOnlyList<string> Body);

/// <summary>Reads and compares sessions; README.md says how they are written.</summary>
internal static class Transcript
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(5);

    private static readonly (string Mark, string Pattern)[] Marks =
    [
        ("<any>", ".*?"),
        ("<word>", @"\S+"),
        ("<n>", @"-?[0-9]+(?:\.[0-9]+)?"),
        ("<time>", @"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}Z"),
        ("<dur>", @"-?(?:[0-9]+(?:\.[0-9]+)? ?(?:us|ms|s)|[0-9]+m [0-9]{2}s|[0-9]+h [0-9]{2}m|[0-9]+d [0-9]{2}h)"),
        ("<addr>", @"(?:[0-9.]+|\[[0-9a-f:]+\]):[0-9]+"),
    ];

    internal static IEnumerable<TranscriptStep> Read(string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        for (var i = 0; i < lines.Length;)
        {
            var line = lines[i];
            if (line.Length == 0 || line[0] == '#')
            {
                i++;
                continue;
            }

            if (line[0] is not ('!' or '$'))
                throw new FormatException($"line {i + 1}: expected !, $ or #, found: {line}");
            var (number, body) = (i + 1, new List<string>());
            var isFile = line.StartsWith("! write ", StringComparison.Ordinal);
            for (i++; i < lines.Length && (isFile ? lines[i] != "!end" : !IsStep(lines[i])); i++)
            {
                if (isFile || (lines[i].Length > 0 && lines[i][0] != '#'))
                    body.Add(lines[i]);
            }

            if (isFile)
                i++;
            yield return new TranscriptStep(number, line[0], line[1..].Trim(), body);
        }
    }

    /// <summary>Whether a screen is as expected.</summary>
    internal static bool IsAsExpected(IReadOnlyList<string> expected, IReadOnlyList<string> actual) => IsAsExpected(expected, 0, actual, 0);

    private static bool IsAsExpected(IReadOnlyList<string> expected, int e, IReadOnlyList<string> actual, int a)
    {
        for (; e < expected.Count; e++, a++)
        {
            if (expected[e] == "...")
                return Enumerable.Range(a, actual.Count - a + 1).Any(from => IsAsExpected(expected, e + 1, actual, from));
            if (a >= actual.Count || !IsMatch(expected[e], actual[a]))
                return false;
        }

        return a == actual.Count;
    }

    private static bool IsMatch(string expected, string actual)
    {
        var pattern = Regex.Escape(Spaced(expected));
        foreach (var (mark, replacement) in Marks)
            pattern = pattern.Replace(mark, replacement, StringComparison.Ordinal);
        return Regex.IsMatch(Spaced(actual), $"^{pattern}$", RegexOptions.None, MatchTimeout);
    }

    private static bool IsStep(string line) => line.Length > 0 && line[0] is '!' or '$';

    private static string Spaced(string line) => Regex.Replace(line.TrimEnd(), " +", " ", RegexOptions.None, MatchTimeout);
}
