using ActorMonitor.Host.Commands;
using ActorMonitor.Shell;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.Host.Composition;

/// <summary>One node in this process: its actor system in a host of its own, and its shell.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(4);

    private readonly IHost _host;
    private readonly ShellEndpoint? _shell;
    private IAsyncDisposable? _first;

    private NodeProcess(IHost host, ShellEndpoint? shell) => (_host, _shell) = (host, shell);

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>Where the node's remoting listens.</summary>
    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    /// <summary>Where its shell listens, as <c>HOST:PORT</c>; null when it has none.</summary>
    public string? ShellAddress => _shell?.Address.ToString();

    /// <summary>Starts a node; on failure nothing of it is left.</summary>
    /// <param name="systemName">The actor system's name.</param>
    /// <param name="hocon">Its configuration.</param>
    /// <param name="logging">Where operators read what happened.</param>
    /// <param name="compose">Puts the node's actors into the system.</param>
    /// <param name="shell">Makes its shell; null for none.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="StartException">It cannot start; the message says why.</exception>
    public static async Task<NodeProcess> StartAsync(
        string systemName,
        Config hocon,
        ILoggerFactory logging,
        Action<AkkaConfigurationBuilder> compose,
        Func<IServiceProvider, ShellEndpoint>? shell,
        CancellationToken cancellationToken)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        _ = builder.Services.AddSingleton(logging);
        _ = builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var isStarted = false;
        _ = builder.Services.AddAkka(systemName, (akka, provider) =>
        {
            // The HOCON in front of the loggers, which may bring a log level of their own.
            _ = akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                _ = loggers.AddLoggerFactory();
            }).AddHocon(hocon, HoconAddMode.Prepend);
            compose(akka);
            _ = akka.AddStartup((_, _) => isStarted = true);
        });

        var host = builder.Build();
        ShellEndpoint? endpoint = null;
        try
        {
            await StartAsync(host, () => isStarted, cancellationToken);
            if (shell is not null)
            {
                endpoint = shell(host.Services);
                await endpoint.StartAsync(cancellationToken);
            }

            return new NodeProcess(host, endpoint);
        }
        catch (Exception e)
        {
            // Whatever keeps a node from starting, the operator gets one clear line; one who has asked for a stop needs none.
            if (endpoint is not null)
                await endpoint.DisposeAsync();
            await StopAsync(host);
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
                throw;
            throw new StartException(Innermost(e), e);
        }
    }

    /// <summary>This ends before the node does.</summary>
    public void EndFirst(IAsyncDisposable first) => _first = first;

    public async ValueTask DisposeAsync()
    {
        if (_first is not null)
            await _first.DisposeAsync();
        if (_shell is not null)
            await _shell.DisposeAsync();
        await StopAsync(_host);
    }

    // Not every Akka.Hosting fails the start of the host when the system does not start: some log it and tell the host to stop.
    private static async Task StartAsync(IHost host, Func<bool> isStarted, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It was told to stop before it had started; why, is found out below.
        }

        if (isStarted())
            return;
        _ = host.Services.GetRequiredService<ActorSystem>(); // what kept it from being made is thrown again
        throw new InvalidOperationException("the actors of the node did not start");
    }

    private static async Task StopAsync(IHost host)
    {
        using var bound = new CancellationTokenSource(StopBound, TimeProvider.System);
        try
        {
            // Not every Akka.Hosting looks at the token.
            await host.StopAsync(bound.Token).WaitAsync(bound.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A node that does not end in time, or not in order, is left to the end of the process.
        }

        host.Dispose();
    }

    private static string Innermost(Exception exception)
    {
        var inner = exception;
        while (inner is not ShellEndpointException && inner.InnerException is { } next)
            inner = next;
        return exception is ShellEndpointException || exception.Message.Contains(inner.Message, StringComparison.Ordinal) ? exception.Message : $"{exception.Message}: {inner.Message}";
    }

    // Signals are the program's own business.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
