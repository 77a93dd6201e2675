using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The configuration that a system is made with.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Config? config) => Config = config;

    internal Config? Config { get; }

    /// <summary>An empty setup.</summary>
    public static BootstrapSetup Create() => new(null);

    /// <summary>With a configuration.</summary>
    public BootstrapSetup WithConfig(Config config) => new(config);
}
