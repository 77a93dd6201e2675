using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Akka.Hosting;

/// <summary>Which loggers the actor system has, and from which level on.</summary>
public sealed class LoggerConfigBuilder
{
    private readonly List<Type> _loggers = [typeof(DefaultLogger)];
    private readonly AkkaConfigurationBuilder _builder;

    internal LoggerConfigBuilder(AkkaConfigurationBuilder builder) => _builder = builder;

    /// <summary>The level from which on events are logged; when null it is left to the HOCON.</summary>
    public LogLevel? LogLevel { get; set; }

    /// <summary>Removes all loggers.</summary>
    public LoggerConfigBuilder ClearLoggers()
    {
        _loggers.Clear();
        return this;
    }

    /// <summary>Adds a logger.</summary>
    public LoggerConfigBuilder AddLogger<T>()
        where T : ActorBase
        => Add(typeof(T));

    internal LoggerConfigBuilder Add(Type logger)
    {
        if (!_loggers.Contains(logger))
        {
            _loggers.Add(logger);
        }

        return this;
    }

    internal void AddSetup(LoggerFactorySetup setup) => _builder.Add(setup);

    internal Config ToConfig()
    {
        var hocon = new StringBuilder("akka.loggers = [");
        hocon.AppendJoin(", ", _loggers.Select(type => $"\"{type.FullName}, {type.Assembly.GetName().Name}\"")).AppendLine("]");
        if (LogLevel is { } level)
        {
            hocon.Append("akka.loglevel = ").AppendLine(level.ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant());
        }

        return ConfigurationFactory.ParseString(hocon.ToString());
    }
}

/// <summary>Configures the logging of the actor system.</summary>
public static class LoggingExtensions
{
    /// <summary>Says which loggers the actor system has.</summary>
    public static AkkaConfigurationBuilder ConfigureLoggers(this AkkaConfigurationBuilder builder, Action<LoggerConfigBuilder> configurator)
    {
        var loggers = new LoggerConfigBuilder(builder);
        configurator(loggers);
        return builder.AddHocon(loggers.ToConfig(), HoconAddMode.Prepend);
    }

    /// <summary>Adds the logger that writes to the console.</summary>
    public static LoggerConfigBuilder AddDefaultLogger(this LoggerConfigBuilder configBuilder) => configBuilder.Add(typeof(DefaultLogger));

    /// <summary>Adds the logger that hands on to the host's logging.</summary>
    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder) => configBuilder.Add(typeof(LoggerFactoryLogger));

    /// <summary>Adds the logger that hands on to this logging.</summary>
    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder, ILoggerFactory loggerFactory)
    {
        configBuilder.AddSetup(new LoggerFactorySetup(loggerFactory));
        return configBuilder.Add(typeof(LoggerFactoryLogger));
    }

    // A factory given in a setup counts more than the one of the container.
    internal static ILoggerFactory? LoggerFactoryOf(ActorSystem system)
    {
        var given = system.Settings.Setup.Get<LoggerFactorySetup>();
        if (given.HasValue)
        {
            return given.Value.LoggerFactory;
        }

        var container = system.Settings.Setup.Get<DependencyInjection.DependencyResolverSetup>();
        return container.HasValue ? container.Value.ServiceProvider.GetService<ILoggerFactory>() : null;
    }
}
