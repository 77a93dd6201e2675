namespace Akka.Configuration.Hocon;

/// <summary>Text that is not HOCON, with the place where reading stopped.</summary>
public sealed class HoconParserException : ConfigurationException
{
    /// <summary>Makes the exception for a 1-based line and column.</summary>
    public HoconParserException(string message, int line, int column)
        : base($"{message} (line {line}, column {column})")
    {
        Line = line;
        Column = column;
    }

    /// <summary>The 1-based line.</summary>
    public int Line { get; }

    /// <summary>The 1-based column.</summary>
    public int Column { get; }
}
