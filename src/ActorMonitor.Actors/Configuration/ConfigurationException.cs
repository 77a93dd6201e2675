namespace Akka.Configuration;

/// <summary>A configuration that cannot be used: the message names the key and what is wrong with it.</summary>
public class ConfigurationException : Exception
{
    /// <summary>Makes the exception with its message.</summary>
    public ConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its message and cause.</summary>
    public ConfigurationException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
