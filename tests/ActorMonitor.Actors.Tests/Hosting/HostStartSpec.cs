using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

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

    private static IHost Build(Action<AkkaConfigurationBuilder> configure) => new HostBuilder()
        .ConfigureLogging(logging => logging.ClearProviders())
        .ConfigureServices(services => services.AddAkka("hosted", (builder, _) => configure(builder)))
        .Build();
}
