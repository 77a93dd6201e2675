using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Targets;

/// <summary>Turns a job's host into the addresses that may be probed. Every probe reaches the network through it.</summary>
public sealed class TargetResolver : IDisposable
{
    /// <summary>Which address family a check uses: <c>any</c> takes the resolver's order.</summary>
    public static readonly Setting<string> Family = Setting.Choice("family", "any", "The address family to use.", "any", "ipv4", "ipv6");

    private readonly TargetPolicy _policy;
    private readonly Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly IDisposable? _held;

    /// <summary>A resolver over the system's own.</summary>
    public TargetResolver(TargetPolicy policy)
    {
        var system = new SystemLookUp(SystemLookUp.MostAtATime, System.Net.Dns.GetHostAddresses);
        (_policy, _lookUp, _held) = (policy, system.LookUpAsync, system);
    }

    /// <summary>A resolver over another look-up.</summary>
    /// <param name="policy">Which addresses may be probed.</param>
    /// <param name="lookUp">Resolves a name; throws <see cref="SocketException"/> as the system's resolver does.</param>
    public TargetResolver(TargetPolicy policy, Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> lookUp)
        => (_policy, _lookUp) = (policy, lookUp);

    /// <summary>The addresses of a host that may be probed, in the resolver's order, at least one.</summary>
    /// <param name="host">A name or an address literal (IPv6 with or without brackets).</param>
    /// <param name="settings">The check's settings, for <see cref="Family"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TargetException">There is none; it holds the outcome, cause and message to report.</exception>
    public async Task<ImmutableArray<IPAddress>> ResolveAsync(string host, SettingMap settings, CancellationToken cancellationToken)
        => (await FindAsync(host, settings, cancellationToken)).Addresses;

    /// <summary>As <see cref="ResolveAsync"/>, with where the answer came from.</summary>
    public async Task<ResolvedHost> FindAsync(string host, SettingMap settings, CancellationToken cancellationToken)
    {
        var family = Family.Read(settings) switch
        {
            "ipv4" => AddressFamily.InterNetwork,
            "ipv6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        var isLiteral = IPAddress.TryParse(host.Trim('[', ']'), out var literal);
        var found = isLiteral ? [literal!] : await LookUpAsync(host, family, cancellationToken);
        var ofFamily = family == AddressFamily.Unspecified ? found : Array.FindAll(found, address => address.AddressFamily == family);
        if (ofFamily.Length == 0)
            throw new TargetException(Outcome.Down, Cause.NoAddress, $"{host} has no {(family == AddressFamily.Unspecified ? "" : Family.Read(settings) + " ")}address");

        ImmutableArray<IPAddress> allowed = [.. ofFamily.Where(_policy.Allows)];
        return allowed.IsEmpty ? throw Denied(host, ofFamily[0]) : new ResolvedHost(allowed, isLiteral ? null : "system");
    }

    /// <summary>The exception to throw for an address that is not allowed.</summary>
    public static TargetException Denied(string host, IPAddress address)
        => new(Outcome.Unknown, Cause.TargetDenied, $"{host} is {address}, which actor-monitor.monitor.targets does not allow to probe");

    /// <inheritdoc/>
    public void Dispose() => _held?.Dispose();

    private async Task<IPAddress[]> LookUpAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        try
        {
            // The system's resolver may go on for seconds after its token was cancelled; the check does not wait for it.
            return await _lookUp(host, family, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new ResolveCanceledException(host, e);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.HostNotFound && family != AddressFamily.Unspecified)
        {
            // The system says "not found" also of a name that has only addresses of the other family.
            return await LookUpAsync(host, AddressFamily.Unspecified, cancellationToken);
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode switch
            {
                SocketError.HostNotFound => new TargetException(Outcome.Down, Cause.Nxdomain, $"{host}: no such name"),
                SocketError.NoData => new TargetException(Outcome.Down, Cause.NoAddress, $"{host} has no address"),
                _ => new TargetException(Outcome.Unknown, Cause.ResolveFailed, $"{host}: the resolver failed ({e.SocketErrorCode})"),
            };
        }
        catch (ArgumentException e)
        {
            throw new TargetException(Outcome.Unknown, Cause.BadSettings, $"{host} is no host name: {e.Message}");
        }
    }
}

/// <summary>A host that may be probed.</summary>
/// <param name="Addresses">Its addresses, in the order in which to try them, at least one.</param>
/// <param name="Source">Where they came from: <c>cache</c>, <c>hosts</c>, <c>system</c> or a name server's address; null for an address literal.</param>
public readonly record struct ResolvedHost(ImmutableArray<IPAddress> Addresses, string? Source);

/// <summary>A host cannot be probed; holds what to report.</summary>
public sealed class TargetException : Exception
{
    /// <summary>What to report.</summary>
    public TargetException(Outcome outcome, Cause cause, string message)
        : base(message) => (Outcome, Cause) = (outcome, cause);

    /// <summary>The outcome to report.</summary>
    public Outcome Outcome { get; }

    /// <summary>The cause to report.</summary>
    public Cause Cause { get; }
}

/// <summary>The wait for the resolver was ended. That says nothing about the target, so a timeout of it proves nothing either.</summary>
public sealed class ResolveCanceledException : OperationCanceledException
{
    /// <summary>Says whose address was asked for.</summary>
    public ResolveCanceledException(string host, OperationCanceledException inner)
        : base($"the resolver was still asked about {host}", inner, inner.CancellationToken) => Host = host;

    /// <summary>The name that was asked for.</summary>
    public string Host { get; }
}
