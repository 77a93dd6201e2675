using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMonitor.Shell;

/// <summary>One line of a reply. Which members it has depends on its kind.</summary>
internal sealed record WireLine
{
    public const string HeaderKind = "header";
    public const string RowKind = "row";
    public const string TextKind = "text";
    public const string FailureKind = "failure";

    public const string ProgressKind = "progress";
    public const string FrameKind = "frame";

    /// <summary>The command still runs and has nothing to say.</summary>
    public const string AliveKind = "alive";

    /// <summary>The last line: the exit code.</summary>
    public const string EndKind = "end";

    /// <summary>The answer to a greeting: what the node is and what can be typed.</summary>
    public const string HelloKind = "hello";

    /// <summary>The node wants its token proven: post again with this nonce and its proof.</summary>
    public const string ChallengeKind = "challenge";

    /// <summary>The answer to a request to complete: what the last word could become.</summary>
    public const string CandidatesKind = "candidates";

    /// <summary>The longest text that is sent; longer ones are cut.</summary>
    public const int MaxTextLength = 8 * 1024;

    /// <summary>The longest line that is read.</summary>
    public const int MaxBytes = 1024 * 1024;

    public string? Kind { get; init; }

    public WireColumn[]? Columns { get; init; }

    public ShellValue[]? Values { get; init; }

    public string? Text { get; init; }

    public int? Exit { get; init; }

    public double? Fraction { get; init; }

    public string? Node { get; init; }

    public string? Version { get; init; }

    public string[]? Commands { get; init; }

    public string? Nonce { get; init; }

    public string? TokenFile { get; init; }

    /// <summary>In a challenge: whether the line is challenged because it changes the node.</summary>
    public bool? Changes { get; init; }

    public string[]? Candidates { get; init; }

    public static WireLine Of(ShellOutput output) => output switch
    {
        TableHeader header => new() { Kind = HeaderKind, Columns = [.. header.Columns.Select(column => new WireColumn(Cut(column.Name), column.Kind.ToString().ToLowerInvariant()))] },
        TableRow row => new() { Kind = RowKind, Values = [.. row.Values.Select(value => value.Content is string text ? Cut(text) : value)] },
        TextLine line => new() { Kind = TextKind, Text = Cut(line.Text) },
        Failure failure => new() { Kind = FailureKind, Text = Cut(failure.Message) },
        Progress progress => new() { Kind = ProgressKind, Text = Cut(progress.Text), Fraction = progress.Fraction },
        Frame => new() { Kind = FrameKind },
        _ => throw new InvalidOperationException($"No wire form for {output.GetType().Name}."),
    };

    /// <summary>The output in this line; null for kinds that are none, those of a newer node among them.</summary>
    /// <param name="columns">The columns of the table that a row belongs to.</param>
    public ShellOutput? ToOutput(ImmutableArray<ShellColumn> columns) => Kind switch
    {
        HeaderKind => new TableHeader([.. (Columns ?? []).Where(column => column is not null).Select(column => new ShellColumn(column.Name ?? "", KindOf(column.Type)))]),
        RowKind => new TableRow([.. (Values ?? []).Take(columns.Length).Select((value, i) => ShellValueConverter.As(columns[i].Kind, value))]),
        TextKind => new TextLine(Text ?? ""),
        FailureKind => new Failure(Text ?? ""),
        ProgressKind => new Progress(Text ?? "", Fraction is >= 0 and <= 1 ? Fraction : null),
        FrameKind => new Frame(),
        _ => null,
    };

    private static ColumnKind KindOf(string? type)
        => Enum.TryParse<ColumnKind>(type, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : ColumnKind.Text;

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : text[..(MaxTextLength - 3)] + "...";
}

/// <summary>A column on the wire; its type is the name of a <see cref="ColumnKind"/> in lower case.</summary>
internal sealed record WireColumn(string? Name, string? Type);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8,
    NumberHandling = JsonNumberHandling.Strict,
    Converters = [typeof(ShellValueConverter)])]
[JsonSerializable(typeof(WireRequest))]
[JsonSerializable(typeof(WireLine))]
internal sealed partial class WireJson : JsonSerializerContext;
