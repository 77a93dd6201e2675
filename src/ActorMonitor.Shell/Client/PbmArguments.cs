namespace ActorMonitor.Shell;

/// <summary>What pbm was started with, and what a line of its prompt says to pbm itself.</summary>
internal sealed record PbmArguments
{
    public const string Help = """
        pbm inspects and steers a running node.

        Usage: pbm [HOST:PORT] [COMMAND...] [--output text|json] [--token-file FILE]

          HOST:PORT          the node: a manager on 127.0.0.1:9110 by default, a monitor is on port 9111
          COMMAND            what to do; without one, pbm opens a prompt, or reads lines from its input
          --output KIND      text (the default) or json: one object a row, durations in seconds
          --token-file FILE  the node's token, for commands that change it; without it pbm reads
                             $ACTORMONITOR_PBM_TOKEN_FILE, or on the node's machine the file in its data folder
          --help, --version  about pbm; pbm help lists the commands of the node

        Examples: pbm help    pbm 127.0.0.1:9111 help    pbm jobs list --output json

        Exit codes: 0 done, 1 failed, 2 not understood, 3 no node there, 4 refused, 130 interrupted
        """;

    public NodeAddress Node { get; private init; } = NodeAddress.Default;

    /// <summary>The command's words, for the node; empty for a prompt.</summary>
    public IReadOnlyList<string> Line { get; private init; } = [];

    /// <summary>What --output says; null when it is not given.</summary>
    public bool? IsJson { get; private init; }

    public string? TokenFile { get; private init; }

    public bool WantsHelp { get; private init; }

    public bool WantsVersion { get; private init; }

    public string? Problem { get; private init; }

    /// <summary>Reads the arguments of the process.</summary>
    public static PbmArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = ParseLine(arguments);
        if (parsed.Problem is not null || parsed.Line is not [var first, ..])
            return parsed;
        return first switch
        {
            "--help" or "-h" or "-?" => parsed with { WantsHelp = true },
            "--version" => parsed with { WantsVersion = true },
            _ when !first.Contains(':', StringComparison.Ordinal) => parsed,
            _ when NodeAddress.Parse(first) is { } node => parsed with { Node = node, Line = [.. parsed.Line.Skip(1)] },
            _ => parsed with { Problem = $"{first} is no HOST:PORT." },
        };
    }

    /// <summary>Takes pbm's own options out of a line; the rest is the node's.</summary>
    public static PbmArguments ParseLine(IReadOnlyList<string> line)
    {
        var rest = new List<string>(line.Count);
        var parsed = new PbmArguments();
        for (var i = 0; i < line.Count; i++)
        {
            if (line[i] == "--")
            {
                rest.AddRange(line.Skip(i));
                break;
            }

            var (name, value) = Split(line[i]);
            if (name is not ("--output" or "-o" or "--token-file"))
            {
                rest.Add(line[i]);
                continue;
            }

            value ??= i + 1 < line.Count ? line[++i] : "";
            parsed = (name, value) switch
            {
                (_, "") => parsed with { Problem = $"{name} needs a value." },
                ("--token-file", _) => parsed with { TokenFile = value },
                (_, "text") => parsed with { IsJson = false },
                (_, "json") => parsed with { IsJson = true },
                _ => parsed with { Problem = $"{name} {value}: expected text or json." },
            };
            if (parsed.Problem is not null)
                return parsed;
        }

        return parsed with { Line = rest };
    }

    private static (string Name, string? Value) Split(string token)
    {
        var equals = token.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (token, null) : (token[..equals], token[(equals + 1)..]);
    }
}
