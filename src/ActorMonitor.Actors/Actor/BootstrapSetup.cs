using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Which provider of refs a system uses.</summary>
public abstract class ProviderSelection
{
    private protected ProviderSelection(string identifier) => Identifier = identifier;

    internal string Identifier { get; }

    /// <summary>Actors of this process only.</summary>
    public sealed class Local : ProviderSelection
    {
        /// <summary>The selection.</summary>
        public static readonly Local Instance = new();

        private Local()
            : base("local")
        {
        }
    }

    /// <summary>Actors that other systems can reach.</summary>
    public sealed class Remote : ProviderSelection
    {
        /// <summary>The selection.</summary>
        public static readonly Remote Instance = new();

        private Remote()
            : base("remote")
        {
        }
    }
}

/// <summary>The configuration and the provider that a system is made with.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Option<Config> config, Option<Config> fallback, Option<ProviderSelection> provider)
    {
        Config = config;
        ConfigFallback = fallback;
        ActorRefProvider = provider;
    }

    /// <summary>The configuration, if set.</summary>
    public Option<Config> Config { get; }

    /// <summary>The configuration behind <see cref="Config"/>, if set.</summary>
    public Option<Config> ConfigFallback { get; }

    /// <summary>The provider, if set; it wins over the configuration.</summary>
    public Option<ProviderSelection> ActorRefProvider { get; }

    /// <summary>An empty setup.</summary>
    public static BootstrapSetup Create() => new(Option<Config>.None, Option<Config>.None, Option<ProviderSelection>.None);

    /// <summary>With a configuration.</summary>
    public BootstrapSetup WithConfig(Config config) => new(new Option<Config>(config), ConfigFallback, ActorRefProvider);

    /// <summary>With a configuration that stands behind the others.</summary>
    public BootstrapSetup WithConfigFallback(Config fallback) => new(Config, new Option<Config>(fallback), ActorRefProvider);

    /// <summary>With a provider.</summary>
    public BootstrapSetup WithActorRefProvider(ProviderSelection name) => new(Config, ConfigFallback, new Option<ProviderSelection>(name));
}
