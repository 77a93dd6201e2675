namespace ActorMonitor.Shell.Tests.Client;

/// <summary>A person at a keyboard: types what a test wants, and at the end leaves with Ctrl+D.</summary>
internal sealed class ScriptedKeys(IEnumerable<ConsoleKeyInfo> keys) : IKeyboard
{
    public static readonly ConsoleKeyInfo Enter = new('\r', ConsoleKey.Enter, shift: false, alt: false, control: false);
    public static readonly ConsoleKeyInfo Tab = new('\t', ConsoleKey.Tab, shift: false, alt: false, control: false);
    public static readonly ConsoleKeyInfo ControlC = new('\x3', ConsoleKey.C, shift: false, alt: false, control: true);
    public static readonly ConsoleKeyInfo ControlD = new('\x4', ConsoleKey.D, shift: false, alt: false, control: true);

    private readonly Queue<ConsoleKeyInfo> _keys = new(keys);

    public List<bool> Interrupts { get; } = [];

    /// <summary>Called when the last key is read.</summary>
    public Action? OnLast { get; init; }

    public bool HasKey => _keys.Count > 0;

    /// <summary>Lines, each with its Enter.</summary>
    public static ScriptedKeys Lines(params string[] lines) => new(lines.SelectMany(line => Typed(line).Append(Enter)));

    public static IEnumerable<ConsoleKeyInfo> Typed(string text) => text.Select(c => new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false));

    public ConsoleKeyInfo Read()
    {
        if (!_keys.TryDequeue(out var key))
            return ControlD;
        if (_keys.Count == 0)
            OnLast?.Invoke();
        return key;
    }

    public void TakeInterrupts(bool asKeys) => Interrupts.Add(asKeys);
}
