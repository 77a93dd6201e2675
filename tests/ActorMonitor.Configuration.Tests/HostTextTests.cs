using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class HostTextTests
{
    [Theory]
    [InlineData("h", "h", 8091)]
    [InlineData("h:1", "h", 1)]
    [InlineData("h.example.:65535", "h.example.", 65535)]
    [InlineData("::1", "::1", 8091)]
    [InlineData("[::1]", "::1", 8091)]
    [InlineData("[::1]:5", "::1", 5)]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    public void An_address_is_a_host_and_a_port(string text, string host, int port)
    {
        HostText.TrySplit(text, 8091, out var foundHost, out var foundPort).ShouldBeTrue();
        (foundHost, foundPort).ShouldBe((host, port));
        HostText.TrySplit(new MonitorAddress("n", host, port, "n", "").HostAndPort, 0, out var again, out var againPort).ShouldBeTrue();
        (again, againPort).ShouldBe((host, port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("h:")]
    [InlineData("h:0")]
    [InlineData("h:65536")]
    [InlineData("h:+1")]
    [InlineData("h:1:2")]
    [InlineData("[h]:1")]
    [InlineData("[::1]5")]
    [InlineData("]:5")]
    [InlineData("akka.tcp://monitor@h:1")]
    public void Anything_else_is_none(string text) => HostText.TrySplit(text, 8091, out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("[::1]", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("LocalHost.", true)]
    [InlineData("a.localhost", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("localhost.example", false)]
    [InlineData("mylocalhost", false)]
    public void Loopback_is_known_by_name_and_address(string host, bool isLoopback) => HostText.IsLoopback(host).ShouldBe(isLoopback);
}
