using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

// The life of the actor system inside a host: made and started with it, shut down in order with it.
internal sealed partial class AkkaHostedService(
    AkkaConfigurationBuilder configuration,
    IServiceProvider provider,
    ILogger<AkkaHostedService> logger,
    IHostApplicationLifetime? lifetime) : IHostedService
{
    private ActorSystem? _system;
    private bool _stopping;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _system = provider.GetRequiredService<ActorSystem>();
            await configuration.StartAsync(_system, provider);
        }
        catch (Exception e)
        {
            LogStartFailed(e, configuration.ActorSystemName);
            if (_system is not null)
            {
                // The host is not started, so nobody will stop it: leave no actor and no port behind.
                _stopping = true;
                await _system.Terminate();
            }

            throw;
        }

        _ = EndWithSystemAsync(_system);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_system is null || _system.WhenTerminated.IsCompleted)
        {
            return;
        }

        Volatile.Write(ref _stopping, true);
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).WaitAsync(cancellationToken);
    }

    // A system that ends by itself leaves a host with nothing to do: the host ends too, so that whoever supervises the process sees it.
    private async Task EndWithSystemAsync(ActorSystem system)
    {
        try
        {
            await system.WhenTerminated;
        }
        catch (Exception e)
        {
            LogEndFailed(e, system.Name);
        }

        if (!Volatile.Read(ref _stopping) && lifetime is { ApplicationStopping.IsCancellationRequested: false })
        {
            LogEnded(system.Name);
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The actor system {Name} could not be started.")]
    private partial void LogStartFailed(Exception exception, string name);

    [LoggerMessage(2, LogLevel.Warning, "The actor system {Name} has ended; the host ends with it.")]
    private partial void LogEnded(string name);

    [LoggerMessage(3, LogLevel.Error, "The actor system {Name} has ended with an error.")]
    private partial void LogEndFailed(Exception exception, string name);
}
