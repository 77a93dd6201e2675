using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// Resolves names for all checks of a monitor: by the hosts file and name servers where that is all that this system does,
/// else by the system's own resolver. Answers are kept for their TTL; checks that ask for one name at a time share one
/// question, which goes on when they leave.
/// </summary>
internal sealed class NameLookUp : IDisposable
{
    /// <summary>How long an answer of the system's resolver is kept, which does not say how long it holds.</summary>
    public static readonly TimeSpan SystemTtl = TimeSpan.FromSeconds(5);

    /// <summary>How many names are asked for at a time; others wait.</summary>
    public const int MostAtATime = 256;

    /// <summary>How long one name is asked for, whatever the servers' timeouts are.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly AddressSet Loopback = AddressSet.Of([IPAddress.Loopback, IPAddress.IPv6Loopback]);

    private readonly ResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly INameServerChannel _channel;
    private readonly SystemLookUp _system;
    private readonly SystemNames _names;
    private readonly StubResolver _stub;
    private readonly NameCache _cache;
    private readonly Dictionary<NameQuestion, Task<NameAnswer>> _flights = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _places = new(MostAtATime);
    private readonly CancellationTokenSource _stop = new();
    private ResolverFile _configured;

    public NameLookUp(ResolverOptions options, TimeProvider time, INameServerChannel channel, SystemLookUp system)
    {
        (_options, _time, _channel, _system) = (options, time, channel, system);
        _names = new SystemNames(options.Files, time);
        _configured = _names.Resolver;
        _stub = new StubResolver(channel, time);
        _cache = new NameCache(options.CacheSize, time);
    }

    /// <summary>How many answers are kept.</summary>
    public int Cached => _cache.Count;

    /// <summary>What is known of a name, and who said so.</summary>
    public ValueTask<(NameAnswer Answer, string Source)> FindAsync(in NameQuestion question, CancellationToken cancellationToken)
    {
        if (question.Server is null)
        {
            _names.Refresh();
            ForgetWhenReconfigured();
            if (!UsesSystem(question.Name) && _names.Hosts.Find(question.Name) is { } listed && HasOf(listed, question))
                return new((new NameAnswer(NameState.Found, listed, TimeSpan.Zero, "hosts"), "hosts"));
        }

        if (!_cache.TryGet(question, out var answer, out var isEnding))
            return WaitAsync(Begin(question), cancellationToken);

        // Asked anew before it ends, and nobody waits for that.
        if (isEnding)
            _ = Begin(question);
        return new((answer, "cache"));
    }

    /// <summary>The addresses of <c>localhost</c> and the names under it: those that the hosts file gives them, if they are this host's.</summary>
    public AddressSet Localhost(string name)
    {
        _names.Refresh();
        if (_names.Hosts.Find(name) is not { } listed)
            return Loopback;
        var loopback = AddressSet.Of(listed.For(FamilyChoice.PreferIpv4, _time).Where(IPAddress.IsLoopback));
        return loopback.IsEmpty ? Loopback : loopback;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _channel.Dispose();
        _system.Dispose();
    }

    private static async ValueTask<(NameAnswer Answer, string Source)> WaitAsync(Task<NameAnswer> flight, CancellationToken cancellationToken)
    {
        var answer = await flight.WaitAsync(cancellationToken);
        return (answer, answer.Source);
    }

    private static bool HasOf(AddressSet addresses, in NameQuestion question)
        => !addresses.For(question.Ipv4 ? question.Ipv6 ? FamilyChoice.PreferIpv4 : FamilyChoice.Ipv4 : FamilyChoice.Ipv6, TimeProvider.System).IsEmpty;

    // Other servers or domains may know other addresses.
    private void ForgetWhenReconfigured()
    {
        var now = _names.Resolver;
        if (ReferenceEquals(Interlocked.Exchange(ref _configured, now), now))
            return;
        _cache.Clear();
    }

    private bool UsesSystem(string name)
    {
        if (!_options.Servers.IsEmpty)
            return false;
        var sources = _names.Sources;
        if (!_names.HasResolver || !sources.IsPlain)
            return true;
        var bare = name.AsSpan().TrimEnd('.');
        return (sources.HasMulticast && bare.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
            || (sources.HasOwnName && (bare.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase) || bare is "_gateway" or "_outbound"));
    }

    private Task<NameAnswer> Begin(NameQuestion question)
    {
        TaskCompletionSource<NameAnswer> flight;
        lock (_gate)
        {
            if (_flights.TryGetValue(question, out var underWay))
                return underWay;
            flight = new TaskCompletionSource<NameAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            _flights.Add(question, flight.Task);
        }

        _ = FlyAsync(question, flight);
        return flight.Task;
    }

    private async Task FlyAsync(NameQuestion question, TaskCompletionSource<NameAnswer> flight)
    {
        try
        {
            var answer = await AskWithinAsync(question);
            var ttl = answer.Ttl < _options.MaxTtl ? answer.Ttl : _options.MaxTtl;
            if (ttl > TimeSpan.Zero)
                _cache.Add(question, answer, ttl);
            Land(question);
            flight.SetResult(answer);
        }
        catch (Exception e)
        {
            // A fault of our own: whoever waits reports it.
            Land(question);
            flight.SetException(e);
        }
    }

    private void Land(NameQuestion question)
    {
        lock (_gate)
            _flights.Remove(question);
    }

    private async Task<NameAnswer> AskWithinAsync(NameQuestion question)
    {
        using var limit = new CancellationTokenSource(Longest, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            await _places.WaitAsync(linked.Token);
            try
            {
                return await AskAsync(question, linked.Token);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return NameAnswer.Failing("system", $"no answer within {DurationText.Print(Longest)}");
        }
    }

    private Task<NameAnswer> AskAsync(NameQuestion question, CancellationToken cancellationToken)
    {
        if (question.Server is { } server)
            return AskServersAsync(NameServers.Of([server]), [question.Name], question, cancellationToken);
        if (UsesSystem(question.Name))
            return AskSystemAsync(question, cancellationToken);
        var file = _names.Resolver;
        var servers = _options.Servers.IsEmpty ? NameServers.Of(file) : NameServers.Of(_options.Servers);
        var wanted = file.NoIpv6 && question.Ipv4 ? question with { Ipv6 = false } : question;
        return AskServersAsync(servers, Candidates(question.Name, file), wanted, cancellationToken);
    }

    // resolv.conf(5): a name with a final dot is whole; with enough dots it is tried as it is first, else last.
    private static List<string> Candidates(string name, ResolverFile file)
    {
        if (name.EndsWith('.') || file.Search.IsEmpty)
            return [name];
        var searched = file.Search.Select(domain => $"{name}.{domain}");
        return name.Count(c => c == '.') >= file.Dots ? [name, .. searched] : [.. searched, name];
    }

    private async Task<NameAnswer> AskServersAsync(NameServers servers, List<string> candidates, NameQuestion question, CancellationToken cancellationToken)
    {
        NameAnswer? known = null;
        var ttl = TimeSpan.MaxValue;
        foreach (var candidate in candidates)
        {
            // Too long together with the domain.
            if (!DnsName.TryParse(candidate, out var name))
                continue;
            var answer = await _stub.AskAsync(servers, name, question.Ipv4, question.Ipv6, cancellationToken);
            if (answer.State == NameState.Found)
                return answer with { Ttl = answer.Ttl < ttl ? answer.Ttl : ttl };

            // That it exists says more than that nobody knows, and that more than that it does not; the name as it is goes before the search.
            var own = answer.Ttl > TimeSpan.Zero || candidates.Count == 1 ? answer.Ttl : StubResolver.Unsaid;
            ttl = own < ttl ? own : ttl;
            if (known is null || answer.State < known.State || (answer.State == NameState.Failed && candidates[0] != question.Name && known.State == NameState.NoName))
                known = answer;
        }

        return known is null
            ? NameAnswer.Failing("system", "it is no name that DNS could have")
            : known with { Ttl = known.State == NameState.Failed ? TimeSpan.Zero : ttl };
    }

    private async Task<NameAnswer> AskSystemAsync(NameQuestion question, CancellationToken cancellationToken)
    {
        const string Source = "system";
        try
        {
            var addresses = await _system.LookUpAsync(question.Name, AddressFamily.Unspecified, cancellationToken).WaitAsync(cancellationToken);
            return new NameAnswer(NameState.Found, AddressSet.InOrder(addresses), SystemTtl, Source);
        }
        catch (SocketException e)
        {
            return SystemFailure(e, Source) with { Ttl = e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? SystemTtl : TimeSpan.Zero };
        }
    }

    /// <summary>What a failure of the system's resolver says.</summary>
    public static NameAnswer SystemFailure(SocketException error, string source) => error.SocketErrorCode switch
    {
        SocketError.HostNotFound => new(NameState.NoName, NameAnswer.NoAddresses, TimeSpan.Zero, source),
        SocketError.NoData => new(NameState.NoAddress, NameAnswer.NoAddresses, TimeSpan.Zero, source),
        _ => NameAnswer.Failing(source, error.SocketErrorCode.ToString()),
    };
}
