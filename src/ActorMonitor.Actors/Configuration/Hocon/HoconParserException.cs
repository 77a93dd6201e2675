namespace Akka.Configuration.Hocon;

/// <summary>Text that is not HOCON, with the place where reading stopped.</summary>
public sealed class HoconParserException(string message, int line, int column)
    : ConfigurationException($"{message} (line {line}, column {column})")
{
    /// <summary>The 1-based line.</summary>
    public int Line { get; } = line;

    /// <summary>The 1-based column.</summary>
    public int Column { get; } = column;
}
