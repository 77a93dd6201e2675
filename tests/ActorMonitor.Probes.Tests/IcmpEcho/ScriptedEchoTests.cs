using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.Icmp.ScriptedResponder;

namespace ActorMonitor.Probes.Tests.IcmpEcho;

public class ScriptedEchoTests
{
    public static TheoryData<string, SocketType> Lies => new()
    {
        { "token", SocketType.Raw },
        { "token", SocketType.Dgram },
        { "code", SocketType.Raw },
        { "code", SocketType.Dgram },
        { "truncated", SocketType.Raw },
        { "truncated", SocketType.Dgram },
        { "header only", SocketType.Raw },
        { "oversize", SocketType.Raw },
        { "oversize", SocketType.Dgram },
        { "larger than the buffer", SocketType.Raw },
        { "checksum", SocketType.Raw },
    };

    [NamespaceTheory]
    [MemberData(nameof(Lies))]
    public async Task A_false_reply_is_counted_and_the_true_one_after_it_is_ours(string lie, SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var responder = new ScriptedResponder(space, request => [Lie(lie, Reply(request)), Reply(request)]);

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), "127.0.0.1");

        // Had the false reply been taken, the check would have ended with it and counted nothing.
        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Ignored().ShouldBe(1);
    }

    [NamespaceTheory]
    [InlineData("id", SocketType.Raw)]
    [InlineData("sequence", SocketType.Raw)]
    [InlineData("sequence", SocketType.Dgram)]
    public async Task A_reply_with_the_number_of_no_echo_is_a_stranger_s(string lie, SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var responder = new ScriptedResponder(space, request => [Lie(lie, Reply(request)), Reply(request)]);
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        var result = await IcmpChecks.PingAsync(engine, "127.0.0.1");
        engine.Dispose();

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Ignored().ShouldBe(0);
        engine.Strangers.ShouldBe(1);
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task A_repeated_reply_is_counted_once(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var responder = new ScriptedResponder(space, request => [Reply(request), Reply(request), Reply(request)]);

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), "127.0.0.1", "count=2 interval=100ms");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Number("loss").ShouldBe(0);
        result.Measurements.Count(m => m.Name == "rtt").ShouldBe(2);
        // Those of the last echo may come after the end.
        result.Number("duplicates").ShouldBeInRange(2, 4);
        result.Ignored().ShouldBe(0);
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task The_late_reply_to_an_earlier_check_is_not_this_one_s(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        byte[]? late = null;
        using var responder = new ScriptedResponder(space, request =>
        {
            if (late is null)
            {
                late = Reply(request);
                return [];
            }

            // Even one that comes when its number is in use again: here it is made to fit, so that the token decides.
            request.AsSpan(4, 4).CopyTo(late.AsSpan(4));
            request.AsSpan(22, 2).CopyTo(late.AsSpan(22));
            return [Checked(late), Reply(request)];
        });

        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);
        var first = await IcmpChecks.PingAsync(engine, "127.0.0.1", seconds: 0.2);
        var second = await IcmpChecks.PingAsync(engine, "127.0.0.1");

        (first.Cause, second.Cause).ShouldBe((Cause.Timeout, Cause.None));
        (first.Ignored(), second.Ignored()).ShouldBe((0, 1));
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task Loss_is_what_was_not_answered_and_degrades_when_it_is_more_than_expected(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        var seen = 0;
        using var responder = new ScriptedResponder(space, request => ++seen % 4 == 2 ? [] : [Reply(request)]);
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        var lenient = await IcmpChecks.PingAsync(engine, "127.0.0.1", "count=4 gap=10ms wait=100ms", "lossPercent=25");
        var strict = await IcmpChecks.PingAsync(engine, "127.0.0.1", "count=4 gap=10ms wait=100ms", "lossPercent=24");

        lenient.Outcome.ShouldBe(Outcome.Up, lenient.Message);
        lenient.Number("loss").ShouldBe(25);
        lenient.Message.ShouldEndWith(" ms, 3 of 4 answered");
        lenient.Measurements.Where(m => m.Name == "rtt").Select(m => m.Ordinal).ShouldBe([0, 2, 3]);
        (strict.Outcome, strict.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed));
        strict.Message.ShouldEndWith(": 25% lost, expected at most 24%");
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task A_flood_of_false_replies_does_not_outlast_the_timeout(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var responder = new ScriptedResponder(space, request => Enumerable.Repeat(Lie("token", Reply(request)), 20_000));

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), "127.0.0.1", seconds: 1);

        result.Cause.ShouldBe(Cause.Timeout);
        result.Ignored().ShouldBeGreaterThan(100);
        result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    private static byte[] Lie(string lie, byte[] reply)
    {
        switch (lie)
        {
            case "token":
                reply[8] ^= 1;
                return Checked(reply);
            case "id":
                reply[4] ^= 1;
                return Checked(reply);
            case "sequence":
                reply[7] ^= 1;
                return Checked(reply);
            case "code":
                reply[1] = 7;
                return Checked(reply);
            case "truncated":
                return Checked(reply[..^1]);
            case "header only":
                return Checked(reply[..8]);
            case "oversize":
                return Checked([.. reply, 1]);
            case "larger than the buffer":
                return Checked([.. reply, .. new byte[3000]]);
            case "checksum":
                reply[2] ^= 1;
                return reply;
            default:
                throw new ArgumentOutOfRangeException(nameof(lie));
        }
    }
}
