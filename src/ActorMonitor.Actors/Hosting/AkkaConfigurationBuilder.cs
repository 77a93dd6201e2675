using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;

namespace Akka.Hosting;

/// <summary>Runs once, after all actors have been started.</summary>
public delegate Task StartupTask(ActorSystem system, IActorRegistry registry);

/// <summary>Where added HOCON stands against what is there already: in front wins.</summary>
public enum HoconAddMode
{
    /// <summary>Behind.</summary>
    Append = 0,

    /// <summary>In front.</summary>
    Prepend = 1,
}

/// <summary>Collects what the actor system of a container is made with.</summary>
public sealed class AkkaConfigurationBuilder
{
    private readonly List<Action<ActorSystem, IActorRegistry, IDependencyResolver>> _starters = [];
    private readonly List<StartupTask> _startupTasks = [];

    private Config? _configuration;

    internal AkkaConfigurationBuilder(string actorSystemName) => ActorSystemName = actorSystemName;

    internal string ActorSystemName { get; }

    /// <summary>Runs after all actors have been started.</summary>
    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask)
        => AddStartup((system, registry) =>
        {
            startupTask(system, registry);
            return Task.CompletedTask;
        });

    /// <summary>Runs after all actors have been started.</summary>
    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask)
    {
        _startupTasks.Add(startupTask);
        return this;
    }

    internal void Add(Action<ActorSystem, IActorRegistry, IDependencyResolver> starter) => _starters.Add(starter);

    internal void Add(Config hocon, HoconAddMode mode)
        => _configuration = mode == HoconAddMode.Prepend ? hocon.WithFallback(_configuration) : _configuration?.WithFallback(hocon) ?? hocon;

    internal ActorSystem CreateSystem(IServiceProvider provider)
    {
        var bootstrap = BootstrapSetup.Create();
        if (_configuration is { } configuration)
        {
            bootstrap = bootstrap.WithConfig(configuration);
        }

        return ActorSystem.Create(ActorSystemName, ActorSystemSetup.Create(bootstrap, DependencyResolverSetup.Create(provider)));
    }

    internal async Task StartAsync(ActorSystem system, IServiceProvider provider)
    {
        var registry = ActorRegistry.For(system);
        var resolver = new DependencyResolver(provider);
        foreach (var starter in _starters)
        {
            starter(system, registry, resolver);
        }

        foreach (var task in _startupTasks)
        {
            await task(system, registry);
        }
    }
}
