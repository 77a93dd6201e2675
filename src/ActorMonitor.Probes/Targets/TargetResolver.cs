using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// Turns a host into the addresses that may be probed. Every probe reaches the network through it, and dials an address
/// that it was given here, never a name: an address is the one that was held against the policy.
/// </summary>
public sealed class TargetResolver : IDisposable
{
    private const string AsSystem = "system";

    /// <summary>Which addresses a check uses.</summary>
    public static readonly Setting<string> Family = Setting.Choice(
        "family",
        "any",
        "The addresses to use: any (both families, IPv6 first where the monitor has a route to it), one family only, or both with one first.",
        "any", "ipv4", "ipv6", "prefer-ipv4", "prefer-ipv6");

    /// <summary>Whom a check asks for addresses.</summary>
    public static readonly Setting<string> Resolver = Setting.Text(
        "resolver",
        AsSystem,
        "Who resolves the host's name: system (as the monitor's own system does, or the name servers of its configuration), or the address of a DNS server, which is asked for the name as it stands and must be one that the monitor may probe.",
        "system, or ADDRESS, ADDRESS:PORT or [IPV6]:PORT of a DNS server",
        text => text == AsSystem || NameServers.TryParse(text, out _));

    /// <summary>The settings of each service that resolves a host.</summary>
    public static readonly ImmutableArray<Setting> Settings = [Family, Resolver];

    private readonly TargetPolicy _policy;
    private readonly TimeProvider _time;
    private readonly NameLookUp _names;
    private readonly Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>>? _lookUp;

    /// <summary>A resolver as the system has it.</summary>
    public TargetResolver(TargetPolicy policy)
        : this(policy, ResolverOptions.Default, TimeProvider.System)
    {
    }

    /// <summary>A resolver.</summary>
    /// <param name="policy">Which addresses may be probed.</param>
    /// <param name="options">How names are resolved.</param>
    /// <param name="time">The clock.</param>
    public TargetResolver(TargetPolicy policy, ResolverOptions options, TimeProvider time)
        : this(policy, options, time, new NameServerChannel(time), System.Net.Dns.GetHostAddresses)
    {
    }

    /// <summary>A resolver over another look-up, which stands for every resolver and is asked each time.</summary>
    /// <param name="policy">Which addresses may be probed.</param>
    /// <param name="lookUp">Resolves a name; throws <see cref="SocketException"/> as the system's resolver does.</param>
    public TargetResolver(TargetPolicy policy, Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> lookUp)
        : this(policy, ResolverOptions.Default, TimeProvider.System) => _lookUp = lookUp;

    internal TargetResolver(TargetPolicy policy, ResolverOptions options, TimeProvider time, INameServerChannel channel, Func<string, AddressFamily, IPAddress[]> system)
        => (_policy, _time, _names) = (policy, time, new NameLookUp(options, time, channel, new SystemLookUp(SystemLookUp.MostAtATime, system)));

    /// <summary>How many names are kept.</summary>
    internal int Cached => _names.Cached;

    /// <summary>The addresses of a host that may be probed, in the order in which to try them, at least one.</summary>
    /// <param name="host">A name or an address literal (IPv6 with or without brackets).</param>
    /// <param name="settings">The check's settings, for <see cref="Family"/> and <see cref="Resolver"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TargetException">There is none; it holds the outcome, cause and message to report.</exception>
    public async Task<ImmutableArray<IPAddress>> ResolveAsync(string host, SettingMap settings, CancellationToken cancellationToken)
        => (await FindAsync(host, settings, cancellationToken)).Addresses;

    /// <summary>As <see cref="ResolveAsync"/>, with where the answer came from.</summary>
    public async ValueTask<ResolvedHost> FindAsync(string host, SettingMap settings, CancellationToken cancellationToken)
    {
        var choice = ChoiceIn(settings);
        var server = ServerIn(settings);
        var target = TargetHost.Parse(host);
        if (target.Literal is { } literal)
            return Allowed(host, IsOf(literal, choice) ? [literal] : [], choice, null);
        if (target.IsLocalhost)
            return Allowed(host, _names.Localhost(target.Name).For(choice, _time), choice, "hosts");

        var question = new NameQuestion(target.Name, server, choice != FamilyChoice.Ipv6, choice != FamilyChoice.Ipv4);
        NameAnswer answer;
        string source;
        try
        {
            (answer, source) = _lookUp is { } lookUp
                ? await LookUpAsync(lookUp, target.Name, cancellationToken)
                : await _names.FindAsync(question, cancellationToken);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new ResolveCanceledException(host, e);
        }

        return answer.State switch
        {
            NameState.Found => Allowed(host, answer.Addresses.For(choice, _time), choice, source),
            NameState.NoAddress => throw NoAddress(host, choice, source),
            NameState.NoName => throw new TargetException(Outcome.Down, Cause.Nxdomain, $"{host}: no such name") { Resolver = source },
            _ => throw new TargetException(Outcome.Unknown, Cause.ResolveFailed, $"{host}: the resolver failed ({answer.Failure})") { Resolver = source },
        };
    }

    /// <summary>The exception to throw for an address that is not allowed.</summary>
    public static TargetException Denied(string host, IPAddress address)
        => new(Outcome.Unknown, Cause.TargetDenied, $"{host} is {address}, which actor-monitor.monitor.targets does not allow to probe");

    /// <inheritdoc/>
    public void Dispose() => _names.Dispose();

    private static async Task<(NameAnswer Answer, string Source)> LookUpAsync(
        Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> lookUp, string name, CancellationToken cancellationToken)
    {
        try
        {
            // A look-up may go on for seconds after its token was cancelled; the check does not wait for it.
            var found = await lookUp(name, AddressFamily.Unspecified, cancellationToken).WaitAsync(cancellationToken);
            return (new NameAnswer(NameState.Found, AddressSet.InOrder(found), TimeSpan.Zero, AsSystem), AsSystem);
        }
        catch (SocketException e)
        {
            return (NameLookUp.SystemFailure(e, AsSystem), AsSystem);
        }
    }

    private static FamilyChoice ChoiceIn(SettingMap settings) => Family.Read(settings) switch
    {
        "ipv4" => FamilyChoice.Ipv4,
        "ipv6" => FamilyChoice.Ipv6,
        "prefer-ipv4" => FamilyChoice.PreferIpv4,
        "prefer-ipv6" => FamilyChoice.PreferIpv6,
        _ => FamilyChoice.Any,
    };

    private static bool IsOf(IPAddress address, FamilyChoice choice) => choice switch
    {
        FamilyChoice.Ipv4 => address.AddressFamily == AddressFamily.InterNetwork,
        FamilyChoice.Ipv6 => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static TargetException NoAddress(string host, FamilyChoice choice, string? source)
    {
        var family = choice switch
        {
            FamilyChoice.Ipv4 => "ipv4 ",
            FamilyChoice.Ipv6 => "ipv6 ",
            _ => "",
        };
        return new(Outcome.Down, Cause.NoAddress, $"{host} has no {family}address") { Resolver = source };
    }

    // A job's own server is an address that a job makes us send to, like its target. Those of the configuration are the operator's.
    private IPEndPoint? ServerIn(SettingMap settings)
    {
        var text = Resolver.Read(settings);
        if (text == AsSystem || !NameServers.TryParse(text, out var server))
            return null;
        return _policy.Allows(server.Address) ? server : throw Denied("the job's resolver", server.Address);
    }

    private ResolvedHost Allowed(string host, ImmutableArray<IPAddress> addresses, FamilyChoice choice, string? source)
    {
        if (addresses.IsEmpty)
            throw NoAddress(host, choice, source);
        foreach (var address in addresses)
        {
            if (!_policy.Allows(address))
                return AllowedOf(host, addresses, source);
        }

        return new ResolvedHost(addresses, source);
    }

    private ResolvedHost AllowedOf(string host, ImmutableArray<IPAddress> addresses, string? source)
    {
        ImmutableArray<IPAddress> allowed = [.. addresses.Where(_policy.Allows)];
        return allowed.IsEmpty ? throw Denied(host, addresses[0]) : new ResolvedHost(allowed, source);
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

    /// <summary>Who answered, when a name could not be resolved; as <see cref="ResolvedHost.Source"/>.</summary>
    public string? Resolver { get; init; }
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
