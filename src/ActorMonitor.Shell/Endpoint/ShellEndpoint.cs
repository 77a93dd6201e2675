using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
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
    private readonly ShellEndpointSettings _settings;
    private readonly ShellCommandSet _commands;
    private readonly ILoggerFactory _loggerFactory;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private KestrelServer? _server;

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
        var token = TokenFile.Establish(_settings.TokenFile, _settings.Token);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = WireRequest.MaxBytes;
        options.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        options.Limits.MaxRequestHeaderCount = 32;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);

        // Beyond the commands that run, room for those that are told to come again.
        options.Limits.MaxConcurrentConnections = (4 * _settings.MaxConcurrentCommands) + 16;
        options.Listen(address, _settings.Port, listen => listen.Protocols = HttpProtocols.Http1);
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
        if (_server is not null)
            await _server.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _server?.Dispose();
        _stopping.Dispose();
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
