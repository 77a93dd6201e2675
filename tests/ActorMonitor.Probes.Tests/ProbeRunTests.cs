using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests;

public class ProbeRunTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_check_that_outlasts_its_timeout_is_Down_and_says_what_it_waited_for()
    {
        var pending = RunAsync(
            async (run, token) =>
            {
                run.Waiting = "waiting for the moon";
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
                return run.Up(run.Elapsed);
            },
            CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(2));
        var result = await pending;

        result.Outcome.ShouldBe(Outcome.Down);
        result.Cause.ShouldBe(Cause.Timeout);
        result.Message.ShouldBe("timed out after 2s while waiting for the moon");
        result.Elapsed.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_cancelled_check_leaves_as_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        var pending = RunAsync(
            async (run, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
                return run.Up(run.Elapsed);
            },
            cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(pending);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, Outcome.Down, Cause.Refused)]
    [InlineData(SocketError.HostUnreachable, Outcome.Down, Cause.HostUnreachable)]
    [InlineData(SocketError.NetworkUnreachable, Outcome.Down, Cause.NetworkUnreachable)]
    [InlineData(SocketError.TimedOut, Outcome.Down, Cause.Timeout)]
    [InlineData(SocketError.ConnectionReset, Outcome.Down, Cause.ConnectionReset)]
    [InlineData(SocketError.NotConnected, Outcome.Down, Cause.ConnectionReset)]
    [InlineData(SocketError.TooManyOpenSockets, Outcome.Unknown, Cause.LocalResource)]
    [InlineData(SocketError.AccessDenied, Outcome.Unknown, Cause.Permission)]
    [InlineData(SocketError.Fault, Outcome.Unknown, Cause.ProbeFailed)]
    public async Task A_socket_error_is_a_result(SocketError error, Outcome outcome, Cause cause)
    {
        var result = await RunAsync((_, _) => throw new SocketException((int)error), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((outcome, cause));
    }

    [Fact]
    public async Task A_setting_that_is_not_understood_is_Unknown()
    {
        var result = await RunAsync((_, _) => throw new SettingException("depth = x: expected a whole number"), CancellationToken.None);

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Unknown, Cause.BadSettings, "depth = x: expected a whole number"));
    }

    [Fact]
    public async Task A_fault_of_our_own_is_not_hidden()
        => await Should.ThrowAsync<InvalidOperationException>(RunAsync((_, _) => throw new InvalidOperationException("a bug"), CancellationToken.None));

    [Fact]
    public async Task What_was_noted_before_a_failure_stays_in_the_result()
    {
        var result = await RunAsync(
            (run, _) =>
            {
                run.Measure("dns", TimeSpan.FromMilliseconds(1.5));
                run.Note("answer", "half");
                throw new SocketException((int)SocketError.ConnectionReset);
            },
            CancellationToken.None);

        result.Measured("dns").ShouldBe(1.5);
        result.Attribute("answer").ShouldBe("half");
    }

    [Fact]
    public async Task A_peers_words_are_made_printable_and_cut()
    {
        var result = await RunAsync(
            (run, _) =>
            {
                run.Note("banner", "red\u001b[31m\r\nalert\u202e" + new string('x', 10_000));
                return Task.FromResult(run.Ended(Outcome.Down, Cause.ProtocolError, "said \a" + new string('y', 10_000)));
            },
            CancellationToken.None);

        result.Attribute("banner")!.ShouldStartWith("red [31m  alert xxx");
        result.Attribute("banner")!.Length.ShouldBe(512);
        result.Message.ShouldStartWith("said  yyy");
        result.Message.Length.ShouldBe(1024);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_does_not_reach_the_wire()
    {
        var result = await RunAsync((run, _) => Task.FromResult(run.Ended(Outcome.Up, Cause.None, "a\ud800b")), CancellationToken.None);

        result.Message.ShouldBe("a\ufffdb");
    }

    [Fact]
    public async Task The_message_of_an_Up_is_its_main_figure()
    {
        var result = await RunAsync((run, _) => Task.FromResult(run.Up(TimeSpan.FromMilliseconds(71.3014))), CancellationToken.None);

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Up, Cause.None, "71.301 ms"));
    }

    [Fact]
    public async Task The_time_that_a_name_takes_to_resolve_is_a_phase_of_its_own()
    {
        var resolver = new TargetResolver(TargetPolicy.Default, (_, _, _) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });

        var result = await ProbeRun.RunAsync(
            new ProbeEnvironment(_time, resolver),
            Request("www.example.com", 1),
            async (run, token) =>
            {
                (await run.ResolveAllAsync(token)).ShouldBe([IPAddress.Loopback]);
                await run.ResolveAllAsync("moved.example.com", 1, token);
                return run.Up(TimeSpan.Zero);
            },
            CancellationToken.None);

        (result.Measured("resolve"), result.Measured("resolve", 1), result.Attribute("resolver")).ShouldBe((250, 250, "system"));
    }

    [Fact]
    public async Task An_address_literal_has_no_phase_of_resolution()
    {
        var result = await ProbeRun.RunAsync(
            Environment(_time),
            Request("127.0.0.1", 1),
            async (run, token) =>
            {
                await run.ResolveAsync(token);
                return run.Up(TimeSpan.Zero);
            },
            CancellationToken.None);

        (result.Measured("resolve"), result.Attribute("resolver"), result.ResolvedAddress).ShouldBe((null, null, "127.0.0.1"));
    }

    private Task<ProbeResult> RunAsync(Func<ProbeRun, CancellationToken, Task<ProbeResult>> check, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(Environment(_time), Request("target", 1, timeout: TimeSpan.FromSeconds(2)), check, cancellationToken);
}
