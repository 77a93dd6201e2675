using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Targets;

public class TargetHostTests
{
    private static readonly TargetPolicy NoLoopback = new([], [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]);

    /// <summary>Spellings of this host that one parser or another takes for its address.</summary>
    public static TheoryData<string> SpellingsOfLoopback() =>
    [
        "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "[127.0.0.1]",
        "2130706433", "2130706433.", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.1", "017700000001", "00000177.0.0.1", "127.0.0.0x1",
        "0", "0.0.0.0", "0.0.0.0.", "0x0", "00",
        "::1", "[::1]", "0:0:0:0:0:0:0:1", "[0000::0001]", "::", "[::]",
        "::ffff:127.0.0.1", "[::ffff:7f00:1]", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::5efe:127.0.0.1", "::1%1", "::1%nosuchinterface",
        "\uFF11\uFF12\uFF17.0.0.1", // full-width digits
        "\uFF11\uFF12\uFF17\uFF0E\uFF10\uFF0E\uFF10\uFF0E\uFF11",
        "127\u30020\u30020\u30021", "127\uFF610\uFF610\uFF611", // the full stops of IDNA
        "\u0661\u0662\u0667.0.0.1", // digits of another script
        "\u2460\u2461\u2466.0.0.1", // digits in circles
        "\U0001D7CF\U0001D7D0\U0001D7D5.0.0.1", // mathematical digits
        "localhost", "LOCALHOST", "localhost.", "a.b.localhost", "a.localhost.",
    ];

    [Theory]
    [MemberData(nameof(SpellingsOfLoopback))]
    public async Task No_spelling_of_a_denied_address_gets_past_the_policy(string host)
    {
        var resolver = new TargetResolver(NoLoopback, (_, _, _) => throw new InvalidOperationException("asked for a name"));

        var failure = await Should.ThrowAsync<TargetException>(async () => await resolver.FindAsync(host, SettingMap.Empty, CancellationToken.None));

        (failure.Outcome, failure.Cause).ShouldBe((Outcome.Unknown, Cause.TargetDenied), failure.Message);
    }

    /// <summary>What some parser may read as an address and others not: neither an address nor a name here.</summary>
    public static TheoryData<string> Neither() =>
    [
        "127.0.0.%31", "%31%32%37.0.0.1", "127.0.0.1%00", "127.0.0.1%eth0", "127.0.0.1..", "127..1", ".127.0.0.1",
        "1.2.3.4.5", "256.256.256.256", "127.0.0.09", "4294967296", "0x100000000", "1e3.0.0.1.7", "example.0x7f", "a.127", "127.0.0.1x.2",
        "127.0.0.1 ", " 127.0.0.1", "127.0.0.1\n", "127.0.0.1#", "127.0.0.1/", "127.0.0.1:80", "user@127.0.0.1",
        "127\u200B.0.0.1", "127\u00AD.0.0.1", "1\u202E27.0.0.1",
        "[127.0.0.1", "[::1", "::1]", "[[::1]]", "[::1]:80", "[::1]x", ":::1", "12345::1", "::ffff:127.0.0.1.", "::ffff:127.1",
        "", ".", "..", "a..b", "-\u0000-",
    ];

    [Theory]
    [MemberData(nameof(Neither))]
    public async Task What_is_neither_a_name_nor_an_address_is_never_asked_for(string host)
    {
        var resolver = new TargetResolver(NoLoopback, (_, _, _) => throw new InvalidOperationException("asked for a name"));

        var failure = await Should.ThrowAsync<TargetException>(async () => await resolver.FindAsync(host, SettingMap.Empty, CancellationToken.None));

        failure.Cause.ShouldBe(Cause.BadSettings);
    }

    [Theory]
    [InlineData("www.example.com", "www.example.com")]
    [InlineData("www.example.com.", "www.example.com.")]
    [InlineData("_ldap._tcp.example.com", "_ldap._tcp.example.com")]
    [InlineData("3com.example", "3com.example")]
    [InlineData("1.2.3.4.example", "1.2.3.4.example")]
    [InlineData("0x7f.example", "0x7f.example")]
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example")]
    [InlineData("B\u00DCCHER.example", "xn--bcher-kva.example")]
    [InlineData("www\u3002example\uFF0Ecom", "www.example.com")]
    [InlineData("localhost.example.com", "localhost.example.com")]
    [InlineData("notlocalhost", "notlocalhost")]
    public async Task A_name_is_asked_for_in_ASCII(string host, string asked)
    {
        var names = new List<string>();
        var resolver = new TargetResolver(TargetPolicy.Default, (name, _, _) =>
        {
            names.Add(name);
            return Task.FromResult<IPAddress[]>([IPAddress.Parse("192.0.2.1")]);
        });

        var found = await resolver.FindAsync(host, SettingMap.Empty, CancellationToken.None);

        names.ShouldBe([asked]);
        (found.Addresses.Single().ToString(), found.Source).ShouldBe(("192.0.2.1", "system"));
    }

    // A port that the system gives to nobody by chance, and that is free over both transports.
    private static int BoundAlike(Socket one, Socket other, IPAddress address)
    {
        for (var attempt = 0; ; attempt++)
        {
            var endpoint = new IPEndPoint(address, Random.Shared.Next(20_000, 32_000));
            try
            {
                if (!one.IsBound)
                    one.Bind(endpoint);
                other.Bind(one.LocalEndPoint!);
                return ((IPEndPoint)one.LocalEndPoint!).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && !one.IsBound && attempt < 100)
            {
                // Taken: another one.
            }
        }
    }

    public static TheoryData<string> Services() => [.. ProbeCatalog.Entries.Select(entry => entry.Definition.Name).Where(name => name != "traceroute")];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_address_that_is_checked_is_the_one_that_is_dialled_whatever_the_resolver_says_next(string service)
    {
        // A name that is harmless when it is checked, and leads to what is denied when it is asked for again.
        var asked = 0;
        using var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var port = BoundAlike(stream, datagrams, IPAddress.Parse("127.0.0.2"));
        stream.Listen();
        var policy = new TargetPolicy([], [IPNetwork.Parse("127.0.0.2/32")]);
        using var environment = new ProbeEnvironment(
            TimeProvider.System,
            new TargetResolver(policy, (_, _, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(asked++ % 2 == 0 ? "127.0.0.1" : "127.0.0.2")])));
        var entry = ProbeCatalog.Entries.Single(each => each.Definition.Name == service);
        var probe = entry.Create(environment);
        var request = ProbeSetup.Request("rebound.example", entry.Definition.DefaultPort is null ? 0 : port);

        var first = await probe.ProbeAsync(request, CancellationToken.None);
        var second = await probe.ProbeAsync(request, CancellationToken.None);
        (probe as IDisposable)?.Dispose();

        asked.ShouldBe(2, "once a check");
        first.ResolvedAddress.ShouldBe("127.0.0.1");
        (second.Outcome, second.Cause, second.ResolvedAddress).ShouldBe((Outcome.Unknown, Cause.TargetDenied, null));
        stream.Poll(0, SelectMode.SelectRead).ShouldBeFalse("nobody has dialled what is denied");
        datagrams.Available.ShouldBe(0);
    }
}
