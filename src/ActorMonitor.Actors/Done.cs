namespace Akka;

/// <summary>The result of work that has none.</summary>
public sealed class Done
{
    private Done()
    {
    }

    /// <summary>The value.</summary>
    public static Done Instance { get; } = new();

    /// <inheritdoc />
    public override string ToString() => "Done";
}

/// <summary>A value that is not used.</summary>
public sealed class NotUsed
{
    private NotUsed()
    {
    }

    /// <summary>The value.</summary>
    public static NotUsed Instance { get; } = new();

    /// <inheritdoc />
    public override string ToString() => "NotUsed";
}
