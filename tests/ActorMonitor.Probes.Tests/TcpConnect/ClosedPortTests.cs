using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.TcpConnect;

public class ClosedPortTests
{
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData("refused", Outcome.Up, Cause.None)]
    [InlineData("either", Outcome.Up, Cause.None)]
    [InlineData("silent", Outcome.Down, Cause.ExpectationFailed)]
    public async Task A_refusal_is_what_it_is_expected_to_be(string closed, Outcome outcome, Cause cause)
    {
        using var port = ClosedPort(out var number);

        var result = await CheckAsync(number, closed);

        (result.Outcome, result.Cause).ShouldBe((outcome, cause), result.Message);
    }

    [Theory]
    [InlineData("refused", Outcome.Down, Cause.Timeout)]
    [InlineData("either", Outcome.Up, Cause.None)]
    [InlineData("silent", Outcome.Up, Cause.None)]
    public async Task Silence_is_what_it_is_expected_to_be(string closed, Outcome outcome, Cause cause)
    {
        using var deaf = await DeafPort.OpenAsync(IPAddress.Loopback);

        var result = await CheckAsync(deaf.Port, closed, ShortTimeout);

        (result.Outcome, result.Cause).ShouldBe((outcome, cause), result.Message);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("either")]
    [InlineData("silent")]
    public async Task A_connection_is_Down(string closed)
    {
        await using var server = ScriptedTcpServer.Stalling();

        var result = await CheckAsync(server.Port, closed);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
        result.Message.ShouldStartWith($"127.0.0.1 port {server.Port} takes connections, expected ");
    }

    [Fact]
    public async Task An_open_port_beside_closed_ones_is_Down()
    {
        await using var server = ScriptedTcpServer.Stalling();
        var probe = new TcpConnectProbe(Environment(null, null, ("two", ["127.0.0.2", "127.0.0.1"])));

        var result = await probe.ProbeAsync(Request("two", server.Port, expect: Map(("closed", "refused"))), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
    }

    [Fact]
    public async Task A_cancelled_check_is_not_taken_for_silence()
    {
        using var deaf = await DeafPort.OpenAsync(IPAddress.Loopback);
        using var cancel = new CancellationTokenSource(ShortTimeout);

        await Should.ThrowAsync<OperationCanceledException>(
            new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", deaf.Port, expect: Map(("closed", "silent"))), cancel.Token));
    }

    [Fact]
    public async Task A_dialogue_with_a_closed_port_is_a_bad_setting()
    {
        var result = await new TcpConnectProbe(Environment()).ProbeAsync(
            Request("127.0.0.1", 9, Map(("send", "x")), Map(("closed", "refused"))), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    private static Task<ProbeResult> CheckAsync(int port, string closed, TimeSpan? timeout = null)
        => new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", port, expect: Map(("closed", closed)), timeout: timeout), CancellationToken.None);
}
