using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorMonitor.Actors.Tests.Hosting;

public class HostStartSpec
{
    [Fact]
    public async Task A_system_that_cannot_be_made_fails_the_start_of_the_host_with_its_message()
    {
        using var host = Build(builder => builder.AddHocon(ConfigurationFactory.ParseString("akka.scheduler.implementation = \"No.Such.Type, Nowhere\""), HoconAddMode.Prepend));

        var failure = await Should.ThrowAsync<ConfigurationException>(host.StartAsync());

        failure.Message.ShouldContain("No.Such.Type");
    }

    [Fact]
    public async Task A_mistake_in_the_HOCON_fails_the_start_of_the_host_with_its_place()
    {
        using var host = Build(builder => builder.AddHocon(ConfigurationFactory.ParseString("a {\n b = [1\n}"), HoconAddMode.Prepend));

        (await Should.ThrowAsync<Exception>(host.StartAsync())).Message.ShouldContain("line", Case.Insensitive);
    }

    [Fact]
    public async Task An_actor_that_cannot_be_started_fails_the_start_and_leaves_no_system_behind()
    {
        ActorSystem? made = null;
        using var host = Build(builder => builder.WithActors((system, _) =>
        {
            made = system;
            throw new InvalidOperationException("no data folder");
        }));

        (await Should.ThrowAsync<InvalidOperationException>(host.StartAsync())).Message.ShouldBe("no data folder");

        made.ShouldNotBeNull().WhenTerminated.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_startup_task_that_fails_later_fails_the_start_too()
    {
        using var host = Build(builder => builder.AddStartup(async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("late");
        }));

        (await Should.ThrowAsync<InvalidOperationException>(host.StartAsync())).Message.ShouldBe("late");
    }

    [Fact]
    public async Task A_logger_factory_given_by_hand_counts_more_than_that_of_the_host()
    {
        var lines = new List<string>();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new Collecting(lines)));
        using var host = Build(builder => builder.ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory(factory)));
        await host.StartAsync();

        host.Services.GetRequiredService<ActorSystem>().Log.Warning("to the one given");
        await host.StopAsync();

        lines.ShouldContain(line => line.Contains("to the one given", StringComparison.Ordinal));
    }

    private static IHost Build(Action<AkkaConfigurationBuilder> configure) => new HostBuilder()
        .ConfigureLogging(logging => logging.ClearProviders())
        .ConfigureServices(services => services.AddAkka("hosted", configure))
        .Build();

    private sealed class Collecting(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
