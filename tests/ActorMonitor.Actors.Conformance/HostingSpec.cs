using System.Collections.Concurrent;
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

namespace ActorMonitor.Actors.Conformance;

public class HostingSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_system_starts_and_stops_with_the_host()
    {
        using var host = Build((builder, _) => builder.WithActors((system, registry)
            => registry.Register<EchoActor>(system.ActorOf(Props.Create(() => new EchoActor()), "echo"))));

        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var echo = host.Services.GetRequiredService<IRequiredActor<EchoActor>>().ActorRef;

        system.Name.ShouldBe("hosted");
        (await echo.Ask<string>("hello", Soon)).ShouldBe("hello");
        ActorRegistry.For(system).Get<EchoActor>().ShouldBe(echo);
        await host.StopAsync();
        system.WhenTerminated.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task The_configuration_is_what_was_added_and_in_which_order()
    {
        using var host = Build((builder, _) => builder
            .AddHocon(ConfigurationFactory.ParseString("mine { a = middle, b = middle }"), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString("mine { a = back, b = back, c = back }"), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString("mine { a = front }"), HoconAddMode.Prepend));

        await host.StartAsync();
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;

        config.GetString("mine.a").ShouldBe("front");
        config.GetString("mine.b").ShouldBe("middle");
        config.GetString("mine.c").ShouldBe("back");
        await host.StopAsync();
    }

    [Fact]
    public async Task An_actor_can_take_services_of_the_container()
    {
        using var host = Build((builder, _) => builder.WithActors((system, registry, resolver)
            => registry.Register<Greeter>(system.ActorOf(resolver.Props<Greeter>("world"), "greeter"))));

        await host.StartAsync();
        var greeter = await host.Services.GetRequiredService<ActorRegistry>().GetAsync<Greeter>().WaitAsync(Soon);

        (await greeter.Ask<string>("greet", Soon)).ShouldBe("hello, world");
        await host.StopAsync();
    }

    [Fact]
    public async Task Startup_tasks_run_after_the_actors()
    {
        var order = new List<string>();
        using var host = Build((builder, provider) => builder
            .AddStartup((system, registry) => order.Add(registry.TryGet<EchoActor>(out _) ? "startup with actor" : "startup without actor"))
            .AddStartup((_, _) =>
            {
                order.Add(provider.GetRequiredService<Greeting>().Word);
                return Task.CompletedTask;
            })
            .WithActors((system, registry) => registry.Register<EchoActor>(system.ActorOf(Props.Create(() => new EchoActor())))));

        await host.StartAsync();

        order.ShouldBe(["startup with actor", "hello"]);
        await host.StopAsync();
    }

    [Fact]
    public async Task What_is_registered_later_completes_who_waits_for_it()
    {
        using var host = Build((_, _) => { });
        await host.StartAsync();
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        var system = host.Services.GetRequiredService<ActorSystem>();

        var waiting = registry.GetAsync<EchoActor>();
        waiting.IsCompleted.ShouldBeFalse();
        var echo = system.ActorOf(Props.Create(() => new EchoActor()));
        registry.Register<EchoActor>(echo);

        (await waiting.WaitAsync(Soon)).ShouldBe(echo);
        Should.Throw<DuplicateActorRegistryException>(() => registry.Register<EchoActor>(echo));
        Should.Throw<MissingActorRegistryEntryException>(() => registry.Get<Greeter>());
        await host.StopAsync();
    }

    [Fact]
    public async Task A_system_that_ends_by_itself_ends_the_host()
    {
        using var host = Build((_, _) => { });
        await host.StartAsync();
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await host.Services.GetRequiredService<ActorSystem>().Terminate();

        await stopping.Task.WaitAsync(Soon);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_log_of_actors_goes_to_the_logging_of_the_host()
    {
        var lines = new Lines();
        using var host = Build(
            (builder, _) => builder
                .ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLoggerFactory();
                    loggers.LogLevel = Akka.Event.LogLevel.InfoLevel;
                })
                .WithActors((system, registry) => registry.Register<Talker>(system.ActorOf(Props.Create(() => new Talker()), "talker"))),
            lines);

        await host.StartAsync();
        var talker = host.Services.GetRequiredService<ActorRegistry>().Get<Talker>();
        talker.Tell("something");
        await lines.Seen.Task.WaitAsync(Soon);

        lines.All.ShouldContain(line => line.Level == LogLevel.Warning && line.Text.Contains("heard something", StringComparison.Ordinal));
        lines.All.ShouldNotContain(line => line.Text.Contains("in detail", StringComparison.Ordinal));
        await host.StopAsync();
    }

    private static IHost Build(Action<AkkaConfigurationBuilder, IServiceProvider> configure, ILoggerProvider? logging = null)
        => new HostBuilder()
            .ConfigureLogging(builder =>
            {
                builder.ClearProviders();
                if (logging is not null)
                {
                    builder.AddProvider(logging);
                }
            })
            .ConfigureServices(services =>
            {
                services.AddSingleton(new Greeting("hello"));
                services.AddAkka("hosted", configure);
            })
            .Build();

    private sealed record Greeting(string Word);

    private sealed class Greeter : ReceiveActor
    {
        public Greeter(string name, Greeting greeting) => ReceiveAny(_ => Sender.Tell($"{greeting.Word}, {name}"));
    }

    private sealed class Talker : ReceiveActor
    {
        public Talker()
        {
            var log = Context.GetLogger();
            Receive<string>(message =>
            {
                log.Debug("{0} in detail", message);
                log.Warning("heard {0}", message);
            });
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        internal ConcurrentQueue<(LogLevel Level, string Text)> All { get; } = new();

        internal TaskCompletionSource Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            All.Enqueue((logLevel, text));
            if (text.Contains("heard", StringComparison.Ordinal))
            {
                Seen.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}
