using System.Net;
using ActorMonitor.Probes.Icmp;
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
        using var engine = new ManagedEchoEngine(TimeProvider.System);
        var log = new EchoLog(3);

        await engine.RunAsync(new EchoPlan(IPAddress.Parse(host), 3, TimeSpan.FromMilliseconds(10), 56) { AtMost = TimeSpan.FromSeconds(5) }, log, CancellationToken.None);

        log.Echoes.ToArray().ShouldAllBe(echo => echo.Status == EchoStatus.Answered && echo.RoundTrip > TimeSpan.Zero);
        log.Ignored.ShouldBe(0);
        log.HasKernelTime.ShouldBeFalse();
    }
}
