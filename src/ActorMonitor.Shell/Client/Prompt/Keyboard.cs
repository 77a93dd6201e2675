namespace ActorMonitor.Shell;

/// <summary>The keys of a terminal.</summary>
internal interface IKeyboard
{
    /// <summary>Whether a key waits to be read.</summary>
    bool HasKey { get; }

    /// <summary>The next key; waits for it.</summary>
    ConsoleKeyInfo Read();

    /// <summary>Whether Ctrl+C is a key like others, as while a line is typed, or a signal, as while a command runs.</summary>
    void TakeInterrupts(bool asKeys);
}

/// <summary>The process's own keyboard.</summary>
internal sealed class ConsoleKeyboard : IKeyboard
{
    public bool HasKey => Console.KeyAvailable;

    public ConsoleKeyInfo Read() => Console.ReadKey(intercept: true);

    public void TakeInterrupts(bool asKeys) => Console.TreatControlCAsInput = asKeys;
}
