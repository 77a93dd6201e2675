using System.Text;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Akka.Hosting;

/// <summary>Which loggers the actor system has, and from which level on.</summary>
public sealed class LoggerConfigBuilder
{
    private readonly List<Type> _loggers = [typeof(DefaultLogger)];

    internal LoggerConfigBuilder()
    {
    }

    /// <summary>The level from which on events are logged; when null it is left to the HOCON.</summary>
    public LogLevel? LogLevel { get; set; }

    /// <summary>Removes all loggers.</summary>
    public LoggerConfigBuilder ClearLoggers()
    {
        _loggers.Clear();
        return this;
    }

    internal LoggerConfigBuilder Add(Type logger)
    {
        if (!_loggers.Contains(logger))
        {
            _loggers.Add(logger);
        }

        return this;
    }

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
        var loggers = new LoggerConfigBuilder();
        configurator(loggers);
        return builder.AddHocon(loggers.ToConfig(), HoconAddMode.Prepend);
    }

    /// <summary>Adds the logger that hands on to the host's logging.</summary>
    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder) => configBuilder.Add(typeof(LoggerFactoryLogger));
}
