using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Util;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.Hosting;

/// <summary>Starts actors when the system is there.</summary>
public delegate Task ActorStarter(ActorSystem system, IActorRegistry registry);

/// <summary>Starts actors that take services when the system is there.</summary>
public delegate Task ActorStarterWithResolver(ActorSystem system, IActorRegistry registry, IDependencyResolver resolver);

/// <summary>Runs once, after all actors have been started.</summary>
public delegate Task StartupTask(ActorSystem system, IActorRegistry registry);

/// <summary>Where added HOCON stands against what is there already: in front wins.</summary>
public enum HoconAddMode
{
    /// <summary>Behind.</summary>
    Append = 0,

    /// <summary>In front.</summary>
    Prepend = 1,

    /// <summary>Instead.</summary>
    Replace = 2,
}

/// <summary>Collects what the actor system of a container is made with.</summary>
public sealed class AkkaConfigurationBuilder
{
    private readonly List<Setup> _setups = [];
    private readonly List<ActorStarterWithResolver> _starters = [];
    private readonly List<StartupTask> _startupTasks = [];

    /// <summary>A builder for a container; made by <see cref="AkkaHostingExtensions"/>.</summary>
    public AkkaConfigurationBuilder(IServiceCollection serviceCollection, string actorSystemName)
        => (ServiceCollection, ActorSystemName) = (serviceCollection, actorSystemName);

    /// <summary>The configuration so far.</summary>
    public Option<Config> Configuration { get; private set; } = Option<Config>.None;

    internal IServiceCollection ServiceCollection { get; }

    internal string ActorSystemName { get; }

    /// <summary>Starts actors when the system is there.</summary>
    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter)
        => StartActors((system, registry, _) => Done(() => starter(system, registry)));

    /// <summary>Starts actors when the system is there.</summary>
    public AkkaConfigurationBuilder StartActors(ActorStarter starter) => StartActors((system, registry, _) => starter(system, registry));

    /// <summary>Starts actors that take services when the system is there.</summary>
    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry, IDependencyResolver> starter)
        => StartActors((system, registry, resolver) => Done(() => starter(system, registry, resolver)));

    /// <summary>Starts actors that take services when the system is there.</summary>
    public AkkaConfigurationBuilder StartActors(ActorStarterWithResolver starter)
    {
        _starters.Add(starter);
        return this;
    }

    /// <summary>Runs after all actors have been started.</summary>
    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask)
        => AddStartup((system, registry) => Done(() => startupTask(system, registry)));

    /// <summary>Runs after all actors have been started.</summary>
    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask)
    {
        _startupTasks.Add(startupTask);
        return this;
    }

    internal void Add(Config hocon, HoconAddMode mode)
        => Configuration = new Option<Config>(mode switch
        {
            _ when !Configuration.HasValue || mode == HoconAddMode.Replace => hocon,
            HoconAddMode.Prepend => hocon.WithFallback(Configuration.Value),
            HoconAddMode.Append => Configuration.Value.WithFallback(hocon),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode."),
        });

    internal void Add(Setup setup) => _setups.Add(setup);

    internal ActorSystem CreateSystem(IServiceProvider provider)
    {
        var bootstrap = BootstrapSetup.Create();
        if (Configuration.HasValue)
        {
            bootstrap = bootstrap.WithConfig(Configuration.Value);
        }

        return ActorSystem.Create(ActorSystemName, ActorSystemSetup.Create([bootstrap, DependencyResolverSetup.Create(provider), .. _setups]));
    }

    internal async Task StartAsync(ActorSystem system)
    {
        var registry = ActorRegistry.For(system);
        var resolver = DependencyResolver.For(system).Resolver;
        foreach (var starter in _starters)
        {
            await starter(system, registry, resolver);
        }

        foreach (var task in _startupTasks)
        {
            await task(system, registry);
        }
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
