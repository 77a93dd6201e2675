using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>What pbm was started with, and what a line of its prompt says to pbm itself.</summary>
internal sealed record PbmArguments
{
    public const string CaFileVariable = "ACTORMONITOR_PBM_CA_FILE";

    public static readonly TimeSpan DefaultWatch = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan LongestWatch = TimeSpan.FromHours(1);

    /// <summary>The options of any line.</summary>
    public static readonly IReadOnlyList<string> LineOptions = ["--output", "--watch", "--color"];

    private static readonly string[] StartOptions = ["--token-file", "--ca-file", "--tls"];

    public NodeAddress Node { get; private init; } = NodeAddress.Default;

    /// <summary>The command's words, for the node; empty for a prompt.</summary>
    public IReadOnlyList<string> Line { get; private init; } = [];

    /// <summary>What --output says; null when it is not given.</summary>
    public bool? IsJson { get; private init; }

    /// <summary>What --color says; null when it is not given.</summary>
    public ColourChoice? Colour { get; private init; }

    /// <summary>How often the line is run again; null for once.</summary>
    public TimeSpan? Watch { get; private init; }

    public string? TokenFile { get; private init; }

    public string? CaFile { get; private init; }

    public bool WantsTls { get; private init; }

    public bool WantsHelp { get; private init; }

    public bool WantsVersion { get; private init; }

    public string? Problem { get; private init; }

    /// <summary>Reads the arguments of the process.</summary>
    public static PbmArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = ParseLine(arguments);
        if (parsed.Problem is not null)
            return parsed;
        if (parsed.Line is [var first, ..])
        {
            parsed = first switch
            {
                "--help" or "-h" or "-?" => parsed with { WantsHelp = true },
                "--version" => parsed with { WantsVersion = true },
                _ when !first.Contains(':', StringComparison.Ordinal) => parsed,
                _ when NodeAddress.Parse(first) is { } node => parsed with { Node = node, Line = [.. parsed.Line.Skip(1)] },
                _ => parsed with { Problem = $"{first} is no HOST:PORT." },
            };
        }

        return parsed is { Problem: null, Watch: not null, Line.Count: 0 } ? parsed with { Problem = "--watch needs a command to run again and again." } : parsed;
    }

    /// <summary>Reads a line of a session: what belongs to the start of pbm is a mistake there.</summary>
    public static PbmArguments ParseTyped(IReadOnlyList<string> line)
    {
        var parsed = ParseLine(line);
        return parsed switch
        {
            { Problem: not null } => parsed,
            { TokenFile: not null } => parsed with { Problem = "Name the token file when pbm is started." },
            { CaFile: not null } => parsed with { Problem = "Name the file of authorities when pbm is started." },
            { WantsTls: true } => parsed with { Problem = "--tls is for the start of pbm." },
            { Line.Count: 0 } => parsed with { Problem = "There is no command in this line." },
            _ => parsed,
        };
    }

    /// <summary>A line of a session that was started so: what the line does not say, the start did.</summary>
    public PbmArguments Under(PbmArguments start) => this with { IsJson = IsJson ?? start.IsJson, Colour = Colour ?? start.Colour };

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
            if (name == "-o")
                name = "--output";
            if (!LineOptions.Contains(name) && !StartOptions.Contains(name))
            {
                rest.Add(line[i]);
                continue;
            }

            // The time of --watch may be missing; what follows is one only with its unit: --watch 5 has a 5 for the command.
            var next = i + 1 < line.Count ? line[i + 1] : null;
            if (value is null && name != "--tls" && (name != "--watch" || IsTime(next)))
            {
                value = next ?? "";
                i++;
            }

            parsed = parsed.With(name, value);
            if (parsed.Problem is not null)
                return parsed;
        }

        return parsed with { Line = rest };
    }

    private PbmArguments With(string name, string? value) => (name, value) switch
    {
        ("--tls", null) => this with { WantsTls = true },
        ("--tls", _) => this with { Problem = "--tls takes no value." },
        ("--watch", null) => this with { Watch = DefaultWatch },
        (_, null or "") => this with { Problem = $"{name} needs a value." },
        ("--watch", _) => DurationText.TryParse(value, out var every) && every >= ShortestWatch && every <= LongestWatch
            ? this with { Watch = every }
            : this with { Problem = $"--watch {value}: expected a time from {DurationText.Print(ShortestWatch)} to {DurationText.Print(LongestWatch)}, for example 2s." },
        ("--token-file", _) => this with { TokenFile = value },
        ("--ca-file", _) => this with { CaFile = value },
        ("--color", _) => Enum.TryParse<ColourChoice>(value, ignoreCase: true, out var colour) && !char.IsAsciiDigit(value[0])
            ? this with { Colour = colour }
            : this with { Problem = $"--color {value}: expected auto, always or never." },

        // text was the word for it before.
        (_, "table" or "text") => this with { IsJson = false },
        (_, "json") => this with { IsJson = true },
        _ => this with { Problem = $"{name} {value}: expected table or json." },
    };

    private static bool IsTime(string? text) => text is { Length: > 0 } && char.IsAsciiDigit(text[0]) && !char.IsAsciiDigit(text[^1]) && DurationText.TryParse(text, out _);

    private static (string Name, string? Value) Split(string token)
    {
        var equals = token.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (token, null) : (token[..equals], token[(equals + 1)..]);
    }
}
