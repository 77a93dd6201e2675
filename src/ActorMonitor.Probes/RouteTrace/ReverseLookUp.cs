using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>Finds the names of addresses.</summary>
internal interface IReverseLookUp
{
    /// <summary>The name of an address; null when it has none or nobody told in time.</summary>
    Task<string?> NameOfAsync(IPAddress address, CancellationToken cancellationToken);
}

/// <summary>Asks a name server for an address's PTR record (RFC 1035 section 3.5).</summary>
internal sealed class ReverseLookUp : IReverseLookUp
{
    private const int LongestAnswer = 1232;
    private const int LongestName = 253;

    private static readonly TimeSpan SentAgainAfter = TimeSpan.FromSeconds(1);

    private readonly DnsSockets _sockets;
    private readonly Func<IPEndPoint?> _server;

    /// <summary>A look-up at the first name server that this host uses.</summary>
    public ReverseLookUp(ProbeEnvironment environment)
        : this(environment.Dns, ServerOf(new SystemNames(SystemFiles.OfThisHost, environment.Time)))
    {
    }

    /// <summary>A look-up at another server.</summary>
    /// <param name="sockets">What asks it.</param>
    /// <param name="server">Tells the server; null when there is none.</param>
    public ReverseLookUp(DnsSockets sockets, Func<IPEndPoint?> server) => (_sockets, _server) = (sockets, server);

    /// <inheritdoc/>
    public async Task<string?> NameOfAsync(IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return _server() is { } server ? await AskAsync(server, address, cancellationToken) : null;
        }
        catch (Exception e) when (e is SocketException or TargetException or OperationCanceledException or DnsFormatException)
        {
            // A name is an ornament: a server that is away, too slow for the check or broken leaves the hop without one.
            return null;
        }
    }

    private async Task<string?> AskAsync(IPEndPoint server, IPAddress address, CancellationToken cancellationToken)
    {
        var question = new DnsQuestion(DnsName.ReverseOf(address), (ushort)DnsType.PTR, DnsCodes.Internet);
        var ask = new DnsAsk(server, question.Encode(id: 0, recursion: true, LongestAnswer, dnssec: false)) { Largest = LongestAnswer, SendAgainAfter = SentAgainAfter };
        var answer = await _sockets.AskAsync(ask, cancellationToken);
        return answer.IsOversize ? null : NameIn(DnsMessage.Read(answer.Bytes));
    }

    private static string? NameIn(DnsMessage answer)
        => answer.Answers.Where(record => record.Type == (ushort)DnsType.PTR).Select(record => record.Data.TrimEnd('.')).FirstOrDefault(name => name.Length is > 0 and <= LongestName);

    // A system without a file of its name servers (Windows) leaves hops without names.
    private static Func<IPEndPoint?> ServerOf(SystemNames names) => () =>
    {
        names.Refresh();
        return names.HasResolver && !names.Resolver.Servers.IsEmpty ? names.Resolver.Servers[0] : null;
    };
}
