using System.Collections.Concurrent;
using System.Net;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tests.DnsQuery;

namespace ActorMonitor.Probes.Tests.Targets;

/// <summary>A DNS server on loopback for the resolver's tests: its script answers each question; they are counted by name and type.</summary>
internal sealed class ScriptedResolver : IAsyncDisposable
{
    private readonly ScriptedUdpServer _server;

    private ScriptedResolver(ScriptedUdpServer server) => _server = server;

    /// <summary>What was asked, as <c>www.example A</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public IPEndPoint EndPoint => new(IPAddress.Loopback, _server.Port);

    /// <summary>As it stands in evidence.</summary>
    public string Name => EndPoint.ToString();

    /// <summary>Starts one; the script makes the answer of a question and its query, null for silence.</summary>
    public static ScriptedResolver Start(Func<string, byte[], byte[]?> script)
    {
        ScriptedResolver? self = null;
        self = new ScriptedResolver(ScriptedUdpServer.Start((server, query, client) =>
        {
            var question = QuestionIn(query);
            self!.Asked.Enqueue(question);
            return script(question, query) is { } answer ? server.SendAsync(answer, client) : Task.CompletedTask;
        }));
        return self;
    }

    /// <summary>One that has an A record, and AAAA when asked to, of any name.</summary>
    public static ScriptedResolver Answering(int ttl = 300, bool ipv6 = false) => Start((question, query) => question.EndsWith(" A", StringComparison.Ordinal)
        ? DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 1, [192, 0, 2, 1], ttl)])
        : ipv6 ? DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 28, IPAddress.Parse("2001:db8::1").GetAddressBytes(), ttl)]) : Negative(query, 0, ttl));

    /// <summary>An answer without records: an rcode, and an SOA record with this TTL and minimum.</summary>
    public static byte[] Negative(byte[] query, int rcode, int ttl = 300, int minimum = 300)
        => DnsBytes.Answer(query, [], 0x8180 | rcode, [DnsBytes.Record(DnsBytes.Name("example"), 6, [0, 0, .. new byte[16], .. DnsBytes.Number(minimum >> 16), .. DnsBytes.Number(minimum)], ttl)]);

    /// <summary>A resolver that asks these servers, by a resolv.conf that names them or by its configuration.</summary>
    public static TargetResolver Over(TimeProvider time, params ScriptedResolver[] servers) => Over(time, ResolverOptions.Default, servers);

    public static TargetResolver Over(TimeProvider time, ResolverOptions options, params ScriptedResolver[] servers)
        => new(
            new TargetPolicy([], []),
            options with { Servers = [.. servers.Select(server => server.EndPoint)], Files = options.Files == SystemFiles.OfThisHost ? new SystemFiles(null, null, null) : options.Files },
            time,
            new NameServerChannel(time),
            (_, _) => throw new InvalidOperationException("the system was asked"));

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static string QuestionIn(byte[] query)
    {
        var labels = new List<string>();
        var position = 12;
        while (query[position] != 0)
        {
            labels.Add(System.Text.Encoding.ASCII.GetString(query, position + 1, query[position]).ToLowerInvariant());
            position += 1 + query[position];
        }

        return $"{string.Join('.', labels)} {(query[position + 2] == 28 ? "AAAA" : "A")}";
    }
}

/// <summary>What the resolver's tests ask, in short.</summary>
internal static class ResolverAsks
{
    public static async Task<string[]> AddressesAsync(this TargetResolver resolver, string host, string family = "any")
        => [.. (await resolver.FindAsync(host, ProbeSetup.Map(("family", family)), CancellationToken.None)).Addresses.Select(address => address.ToString())];

    public static async Task<string?> SourceAsync(this TargetResolver resolver, string host, string family = "ipv4")
        => (await resolver.FindAsync(host, ProbeSetup.Map(("family", family)), CancellationToken.None)).Source;

    public static async Task<TargetException> FailureAsync(this TargetResolver resolver, string host, string family = "ipv4")
    {
        try
        {
            var found = await resolver.FindAsync(host, ProbeSetup.Map(("family", family)), CancellationToken.None);
            throw new InvalidOperationException($"found {string.Join(' ', found.Addresses)} by {found.Source}");
        }
        catch (TargetException e)
        {
            return e;
        }
    }
}
