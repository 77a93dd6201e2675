using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>One piece of what a command says.</summary>
public abstract record ShellOutput
{
    private protected ShellOutput()
    {
    }
}

/// <summary>Begins a table. The rows that follow have one value a column.</summary>
/// <param name="Columns">The columns, from left to right.</param>
public sealed record TableHeader(params ImmutableArray<ShellColumn> Columns) : ShellOutput;

/// <summary>One row of the table begun last.</summary>
/// <param name="Values">One value a column.</param>
public sealed record TableRow(params ImmutableArray<ShellValue> Values) : ShellOutput;

/// <summary>A sentence beside or instead of tables; line breaks make several lines.</summary>
/// <param name="Text">The text.</param>
public sealed record TextLine(string Text) : ShellOutput;

/// <summary>What went wrong. The command ends with exit code 1, after whatever it still says.</summary>
/// <param name="Message">One line for people: what, and what to do about it.</param>
public sealed record Failure(string Message) : ShellOutput;

/// <summary>How far a long action is. A terminal shows the newest one in place; pipes and JSON leave it out.</summary>
/// <param name="Text">What is done now, in a few words.</param>
/// <param name="Fraction">How much of it is done, 0 to 1; null when nobody knows.</param>
public sealed record Progress(string Text, double? Fraction = null) : ShellOutput;

/// <summary>Begins the next picture of a live view: a terminal draws what follows in the place of the picture before; elsewhere they follow each other.</summary>
public sealed record Frame : ShellOutput;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name in lower case, for example <c>in flight</c>; as a JSON key it becomes <c>inFlight</c>.</param>
/// <param name="Kind">What it holds, which decides how it is aligned and printed.</param>
public readonly record struct ShellColumn(string Name, ColumnKind Kind = ColumnKind.Text)
{
    /// <summary>A column of text by its name.</summary>
    public static implicit operator ShellColumn(string name) => new(name);
}

/// <summary>What a column holds.</summary>
public enum ColumnKind
{
    /// <summary>Text, aligned left.</summary>
    Text,

    /// <summary>A number, aligned right.</summary>
    Number,

    /// <summary>yes or no, aligned left.</summary>
    Flag,

    /// <summary>A duration, aligned right; in JSON a number of seconds.</summary>
    Duration,

    /// <summary>An instant, printed in UTC; in JSON in ISO 8601.</summary>
    Instant,

    /// <summary>How something is, in the glossary's words (<c>Up</c>, <c>Down</c>, <c>ok</c>, <c>failed</c> ...), aligned left; a terminal colours it by its first word.</summary>
    State,
}
