namespace Akka.Util;

/// <summary>A value or none.</summary>
public readonly record struct Option<T>
{
    /// <summary>No value.</summary>
    public static readonly Option<T> None;

    private readonly T _value;

    /// <summary>A value.</summary>
    public Option(T value)
    {
        _value = value;
        HasValue = value is not null;
    }

    /// <summary>Whether there is a value.</summary>
    public bool HasValue { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => !HasValue;

    /// <summary>The value, or the default of the type.</summary>
    public T Value => _value;

    /// <summary>The value, or another one.</summary>
    public T GetOrElse(T fallbackValue) => HasValue ? _value : fallbackValue;
}
