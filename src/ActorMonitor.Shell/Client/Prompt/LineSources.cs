namespace ActorMonitor.Shell;

/// <summary>Where a session's lines come from.</summary>
internal interface ILineSource
{
    /// <summary>Whether a person types there and wants a prompt.</summary>
    bool IsTerminal { get; }

    /// <summary>The next line; null when there are no more.</summary>
    ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken);
}

/// <summary>Lines from a file or a pipe.</summary>
internal sealed class ReaderLines(TextReader reader) : ILineSource
{
    public bool IsTerminal => false;

    public ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken) => reader.ReadLineAsync(cancellationToken);
}

/// <summary>Lines typed at a terminal that cannot move its cursor, as an editor's shell window: what is typed there is edited there.</summary>
internal sealed class DumbLines(TextReader reader, TextWriter output) : ILineSource
{
    public bool IsTerminal => true;

    public async ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken)
    {
        await output.WriteAsync(prompt);
        await output.FlushAsync(cancellationToken);
        return await reader.ReadLineAsync(cancellationToken);
    }
}
