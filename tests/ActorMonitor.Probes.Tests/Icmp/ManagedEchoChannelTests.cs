using System.Net;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.IcmpEcho;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class ManagedEchoChannelTests
{
    [NamespaceTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task The_loopback_answers_by_the_system_s_ping(string host)
    {
        using var channel = new ManagedEchoChannel(IPAddress.Parse(host), 56, dontFragment: false, TimeSpan.FromSeconds(5), TimeProvider.System);
        var exchange = new EchoExchange(channel, TimeProvider.System, new EchoOptions(3, TimeSpan.FromMilliseconds(10), null, DontFragment: false));

        await exchange.RunAsync(TimeSpan.FromSeconds(5), CancellationToken.None);

        exchange.Echoes.ToArray().ShouldAllBe(echo => echo.RoundTrip > TimeSpan.Zero);
        exchange.Ignored.ShouldBe(0);
    }
}
