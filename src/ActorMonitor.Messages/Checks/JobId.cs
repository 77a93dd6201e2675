namespace ActorMonitor.Messages;

/// <summary>A job's name: unique within a manager, 1 to 128 characters, no control characters.</summary>
public readonly record struct JobId
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 128;

    private readonly string? _name;

    /// <summary>Makes an id of a valid name; <see cref="IsValid"/> tells beforehand.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or has control characters.</exception>
    public JobId(string name)
    {
        if (!IsValid(name))
            throw new ArgumentException($"A job's name has 1 to {MaxLength} characters and no control characters.", nameof(name));
        _name = name;
    }

    /// <summary>The name.</summary>
    public string Name => _name ?? "";

    /// <summary>Whether a text can be a job's name.</summary>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxLength } && !name.Any(char.IsControl);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>One due execution of a job on a monitor, named by its due instant in Unix milliseconds.</summary>
/// <param name="DueUnixMilliseconds">The due instant on the manager's slot clock.</param>
public readonly record struct Slot(long DueUnixMilliseconds) : IComparable<Slot>
{
    /// <summary>The due instant.</summary>
    public DateTimeOffset Due => DateTimeOffset.FromUnixTimeMilliseconds(DueUnixMilliseconds);

    /// <inheritdoc/>
    public int CompareTo(Slot other) => DueUnixMilliseconds.CompareTo(other.DueUnixMilliseconds);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Slot left, Slot right) => left.CompareTo(right) < 0;

    /// <summary>Later than.</summary>
    public static bool operator >(Slot left, Slot right) => left.CompareTo(right) > 0;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Slot left, Slot right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Slot left, Slot right) => left.CompareTo(right) >= 0;
}

/// <summary>Grows at each start of a manager; fences the commands of an older incarnation.</summary>
/// <param name="Value">max(stored + 1, Unix seconds).</param>
public readonly record struct Epoch(long Value) : IComparable<Epoch>
{
    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    /// <summary>Older than.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    /// <summary>Newer than.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    /// <summary>Not newer than.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    /// <summary>Not older than.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;
}
