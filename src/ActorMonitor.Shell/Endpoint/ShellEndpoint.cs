using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ActorMonitor.Shell;

/// <summary>
/// The HTTP endpoint in a node to which pbm speaks: <c>POST /pbm/v1</c> with an NDJSON reply. It runs Kestrel without a
/// web host, so that it takes no signals, reads no configuration and writes no console line of its own.
/// </summary>
public sealed class ShellEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly ShellEndpointSettings _settings;
    private readonly ShellCommandSet _commands;
    private readonly ILoggerFactory _loggerFactory;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private KestrelServer? _server;
    private ServiceProvider? _services;

    /// <summary>Prepares an endpoint; <see cref="StartAsync"/> opens it.</summary>
    /// <param name="settings">Where it listens.</param>
    /// <param name="commands">What can be typed.</param>
    /// <param name="loggerFactory">Gets failures of commands and Kestrel's complaints; null for none.</param>
    /// <param name="time">The clock of the timeouts.</param>
    /// <exception cref="ArgumentException">The configured token is too short, too long, or has control characters.</exception>
    public ShellEndpoint(ShellEndpointSettings settings, ShellCommandSet commands, ILoggerFactory? loggerFactory = null, TimeProvider? time = null)
    {
        if (settings.Token is { } token && (!TokenFile.IsToken(token) || token != token.Trim()))
            throw new ArgumentException($"actor-monitor.pbm.token must have {TokenProof.MinTokenLength} to {TokenProof.MaxTokenLength} characters.", nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxConcurrentCommands, 1);
        _settings = settings;
        _commands = commands;
        _loggerFactory = loggerFactory ?? NullLoggerFactory.Instance;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The address listened on, with the real port; once started.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Makes the token file if need be, and listens.</summary>
    /// <exception cref="ShellEndpointException">The address is taken or not this machine's, or the token file cannot be written.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = await ResolveAsync(cancellationToken);
        if (_settings.Certificate is null && !IPAddress.IsLoopback(address))
            throw new ShellEndpointException($"pbm is not served in the clear on {_settings.Host}, which is not loopback: set actor-monitor.pbm.tls {{ certificate, key }}, or listen on 127.0.0.1.");
        var token = TokenFile.Establish(_settings.TokenFile, _settings.Token);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = WireRequest.MaxBytes;
        options.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        options.Limits.MaxRequestHeaderCount = 32;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);

        // Beyond the commands that run, room for those that are told to come again.
        options.Limits.MaxConcurrentConnections = (4 * (_settings.MaxConcurrentCommands + _settings.MaxConcurrentStreams)) + 16;
        if (_settings.Certificate is not null)
            options.ApplicationServices = _services = ServicesOfTls();
        options.Listen(address, _settings.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (_settings.Certificate is { } certificate)
            {
                _ = listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Context }),
                });
            }
        });
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), _loggerFactory);
        _server = new KestrelServer(Options.Create(options), transport, _loggerFactory);
        var requests = new RequestHandler(_settings, address, token, _commands, _time, _loggerFactory.CreateLogger<ShellEndpoint>(), _stopping.Token);
        try
        {
            await _server.StartAsync(new HttpApplication(requests), cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or AddressInUseException)
        {
            throw new ShellEndpointException(Advice(e), e);
        }

        var bound = _server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new IPEndPoint(address, new Uri(bound).Port);
    }

    /// <summary>Ends the commands under way, then stops listening.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_server is null)
            return;

        // Who does not read what was said last is not waited for.
        using var timer = new CancellationTokenSource(LastWords, _time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        await _server.StopAsync(ends.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _server?.Dispose();
        if (_services is not null)
            await _services.DisposeAsync();
        _stopping.Dispose();
    }

    // Kestrel's TLS counts handshakes in a class that only its own registration can make.
    private ServiceProvider ServicesOfTls()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(_loggerFactory);
        return builder.Services.BuildServiceProvider();
    }

    private async Task<IPAddress> ResolveAsync(CancellationToken cancellationToken)
    {
        if (_settings.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        if (IPAddress.TryParse(_settings.Host.Trim('[', ']'), out var literal))
            return literal;
        try
        {
            if (await Dns.GetHostAddressesAsync(_settings.Host, cancellationToken) is [var first, ..])
                return first;
        }
        catch (SocketException e)
        {
            throw new ShellEndpointException($"pbm cannot listen on {_settings.Host}: {e.Message}. Set actor-monitor.pbm.host to an address of this machine.", e);
        }

        throw new ShellEndpointException($"pbm cannot listen on {_settings.Host}: the name has no address. Set actor-monitor.pbm.host to an address of this machine.");
    }

    private string Advice(Exception exception)
    {
        var where = $"pbm cannot listen on {(_settings.Host.Contains(':', StringComparison.Ordinal) ? $"[{_settings.Host.Trim('[', ']')}]" : _settings.Host)}:{_settings.Port}: ";
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch ((e as SocketException)?.SocketErrorCode)
            {
                case SocketError.AddressAlreadyInUse:
                    return where + "the port is taken, perhaps by another node. Set actor-monitor.pbm.port to a free port.";
                case SocketError.AccessDenied:
                    return where + "this user may not listen there. Set actor-monitor.pbm.port to a port above 1023.";
                case SocketError.AddressNotAvailable:
                    return where + "it is no address of this machine. Set actor-monitor.pbm.host.";
            }
        }

        return where + exception.Message;
    }
}
