using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A configuration that cannot be used: the message names the key and what is wrong with it.</summary>
public class ConfigurationException(string message, Exception? cause = null) : AkkaException(message, cause);
