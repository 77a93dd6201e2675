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
