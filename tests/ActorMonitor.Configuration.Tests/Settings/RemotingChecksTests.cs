using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class RemotingChecksTests
{
    private const string Tls = "akka.remote.dot-netty.tcp.enable-ssl = on\n";
    private const string Blind = Tls + "akka.remote.dot-netty.tcp.ssl.suppress-validation = on\n";

    [Theory]
    [InlineData("127.0.0.1:8091", "", "", true)]
    [InlineData("localhost:8091", "", "secret", true)]
    [InlineData("[::1]:8091", "", "secret", true)]
    [InlineData("monitor.localhost:8091", "", "secret", true)]
    [InlineData("10.0.0.5:8091", "10.0.0.1", "", true)]
    [InlineData("10.0.0.5:8091", "", "", false)]
    [InlineData("10.0.0.5:8091", "10.0.0.1", "secret", false)]
    [InlineData("monitor.example:8091", "10.0.0.1", "secret", false)]
    [InlineData("localhost.example:8091", "10.0.0.1", "secret", false)]
    public void A_token_stays_on_this_host_unless_there_is_TLS(string address, string hostname, string token, bool isAccepted)
    {
        var hocon = $$"""
            actor-monitor.manager { monitors = [{ name = a, address = "{{address}}" }], token = "{{token}}" }
            {{(hostname.Length == 0 ? "" : $"akka.remote.dot-netty.tcp.hostname = \"{hostname}\"")}}
            """;

        Reading.Settings(hocon, NodeRole.Manager).Errors.IsEmpty.ShouldBe(isAccepted);
        if (hostname.Length > 0)
            Reading.Settings(Tls + hocon, NodeRole.Manager).Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1", "secret", "", true)]
    [InlineData("10.0.0.5", "", "", true)]
    [InlineData("10.0.0.5", "secret", "", false)]
    [InlineData("10.0.0.5", "secret", Tls, true)]
    [InlineData("10.0.0.5", "secret", Blind, false)]
    [InlineData("127.0.0.1", "secret", Blind, true)]
    public void A_monitors_token_is_not_listened_for_in_clear_text(string hostname, string token, string tls, bool isAccepted)
        => Reading.Settings($"{tls}actor-monitor.monitor.token = \"{token}\"\nakka.remote.dot-netty.tcp.hostname = \"{hostname}\"", NodeRole.Monitor).Errors.IsEmpty.ShouldBe(isAccepted);

    [Theory]
    [InlineData("actor-monitor.monitor.token = secret", NodeRole.Monitor)]
    [InlineData("actor-monitor.manager { monitors = [{ name = a, address = \"10.0.0.5:8091\" }], token = secret }", NodeRole.Manager)]
    public void TLS_that_looks_at_no_certificate_keeps_no_token(string hocon, NodeRole role)
        => Reading.SettingsMistakes(Blind + "akka.remote.dot-netty.tcp.hostname = \"10.0.0.1\"\n" + hocon, role).ShouldHaveSingleItem().ShouldContain("set akka.remote.dot-netty.tcp.ssl.suppress-validation = off");

    [Fact]
    public void A_public_hostname_is_what_monitors_call()
    {
        const string monitors = "actor-monitor.manager.monitors = [{ name = a, address = \"10.0.0.5:8091\" }]\nakka.remote.dot-netty.tcp.";

        Reading.Settings(monitors + "public-hostname = \"manager.example\"", NodeRole.Manager).Errors.ShouldBeEmpty();
        Reading.SettingsMistakes(monitors + "public-hostname = localhost", NodeRole.Manager).ShouldHaveSingleItem().ShouldContain("cannot answer a manager that calls itself localhost");
    }

    [Fact]
    public void Listening_everywhere_needs_a_name_to_be_called_by()
    {
        Reading.Settings("akka.remote.dot-netty.tcp { hostname = \"0.0.0.0\", public-hostname = \"10.0.0.5\" }", NodeRole.Monitor).Errors.ShouldBeEmpty();
        Reading.SettingsMistakes("akka.remote.dot-netty.tcp.hostname = \"0.0.0.0\"", NodeRole.Monitor).ShouldHaveSingleItem().ShouldContain("set akka.remote.dot-netty.tcp.public-hostname");
    }

    [Fact]
    public void A_manager_has_no_pool_to_check()
        => Reading.Settings("actor-monitor.manager.monitors = [{ name = a, address = \"127.0.0.1\" }]\nakka.actor.deployment./probes.nr-of-instances = 5000", NodeRole.Manager).Errors.ShouldBeEmpty();

    [Fact]
    public void A_process_that_is_both_needs_no_monitor_of_its_own()
        => Reading.Settings("", NodeRole.Up).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("{ min = 1, max = 4 }", 4)]
    [InlineData("{ min = 20, max = 40 }", 20)]
    [InlineData("{ min = 1, max = 64 }", 8)]
    public void The_default_number_of_probes_lies_within_the_pools_bounds(string probes, int expected)
    {
        var reading = Reading.Settings($"actor-monitor.monitor.probes {probes}", NodeRole.Monitor);

        reading.Errors.ShouldBeEmpty();
        reading.Hocon.GetInt("akka.actor.deployment./probes.nr-of-instances").ShouldBe(expected);
    }
}
