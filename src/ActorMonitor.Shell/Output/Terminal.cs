namespace ActorMonitor.Shell;

/// <summary>When output is coloured.</summary>
internal enum ColourChoice
{
    /// <summary>On a terminal that has colours, unless NO_COLOR is set.</summary>
    Auto,

    /// <summary>Always, into pipes too.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>What the two output streams lead to, as far as drawing is concerned.</summary>
internal sealed record Terminal
{
    /// <summary>Pipes and files: full width, no colours, nothing redrawn.</summary>
    public static readonly Terminal None = new();

    /// <summary>Whether standard output is a terminal on which the cursor can be moved.</summary>
    public bool IsOutput { get; init; }

    /// <summary>Whether standard error is one.</summary>
    public bool IsError { get; init; }

    public Ink OutputInk { get; init; } = Ink.None;

    public Ink ErrorInk { get; init; } = Ink.None;

    /// <summary>The window as it is now; asked for each drawing, as it can change at any moment. Zero is unknown.</summary>
    public Func<(int Columns, int Rows)> Size { get; init; } = () => (0, 0);

    /// <summary>How many cells a line may have; null is any number.</summary>
    public int? Room => IsOutput && Size().Columns is > 0 and var columns ? columns : null;

    /// <summary>The process's own streams.</summary>
    /// <param name="isOutput">Whether standard output is a terminal.</param>
    /// <param name="isError">Whether standard error is one.</param>
    /// <param name="size">The window's size.</param>
    /// <param name="colour">What the user asked for.</param>
    /// <param name="environment">A variable's value; null when it is not set.</param>
    public static Terminal Of(bool isOutput, bool isError, Func<(int Columns, int Rows)> size, ColourChoice colour, Func<string, string?> environment)
    {
        // A dumb terminal can neither colour nor move its cursor. https://no-color.org: set and not empty.
        var isDumb = environment("TERM") == "dumb";
        var mayColour = !isDumb && string.IsNullOrEmpty(environment("NO_COLOR"));
        return new Terminal
        {
            IsOutput = isOutput && !isDumb,
            IsError = isError && !isDumb,
            Size = size,
            OutputInk = IsColoured(isOutput) ? Ink.All : Ink.None,
            ErrorInk = IsColoured(isError) ? Ink.All : Ink.None,
        };

        bool IsColoured(bool isTerminal) => colour == ColourChoice.Always || (colour == ColourChoice.Auto && isTerminal && mayColour);
    }
}
