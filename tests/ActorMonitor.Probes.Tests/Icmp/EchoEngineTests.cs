using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class EchoEngineTests
{
    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task Two_thousand_checks_at_once_share_one_socket_and_lose_nothing(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        var results = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => IcmpChecks.PingAsync(engine, $"127.0.{i / 250}.{1 + (i % 250)}", "count=5 gap=5ms", "lossPercent=0 reordered=0", seconds: 30)));

        results.ShouldAllBe(result => result.Outcome == Outcome.Up);
        results.ShouldAllBe(result => result.Ignored() == 0 && result.Number("duplicates") == 0);
        (engine.Lanes, engine.NumbersInUse).ShouldBe((1, 0));
        engine.Dispose();
        engine.Strangers.ShouldBe(0);
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task Each_family_and_each_kind_of_fragmentation_has_one_socket(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        foreach (var host in new[] { "127.0.0.1", "::1", "127.0.0.1", "::1" })
        {
            (await IcmpChecks.PingAsync(engine, host)).Outcome.ShouldBe(Outcome.Up);
            (await IcmpChecks.PingAsync(engine, host, "dontFragment=true ttl=3 dscp=46")).Outcome.ShouldBe(Outcome.Up);
        }

        engine.Lanes.ShouldBe(4);
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task A_cancelled_exchange_ends_at_once_and_frees_its_numbers_while_others_go_on(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var responder = new ScriptedResponder(space, request =>
        {
            asked.TrySetResult();
            return [];
        });
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);
        using var cancellation = new CancellationTokenSource();

        var staying = RunAsync(engine, Plan(count: 1, size: 40));
        var cancelled = engine.RunAsync(Plan(count: 100, size: 56) with { Gap = TimeSpan.FromMilliseconds(1) }, new EchoLog(100), cancellation.Token);
        await asked.Task;
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);

        // The numbers were freed before the task ended; only the other's is left.
        engine.NumbersInUse.ShouldBe(2);
        staying.IsCompleted.ShouldBeFalse();
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task Disposal_ends_what_is_under_way_and_refuses_what_comes_after(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets().Set("net/ipv4/icmp_echo_ignore_all", "1");
        var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);
        var running = Enumerable.Range(0, 100).Select(_ => IcmpChecks.PingAsync(engine, "127.0.0.1", seconds: 60)).ToArray();

        engine.Dispose();
        var results = await Task.WhenAll(running);
        var after = await IcmpChecks.PingAsync(engine, "127.0.0.1");
        engine.Dispose();

        results.Append(after).ShouldAllBe(result => result.Outcome == Outcome.Unknown && result.Cause == Cause.Cancelled);
        (engine.Lanes, engine.NumbersInUse).ShouldBe((0, 0));
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task A_flood_of_strangers_harms_no_other_check(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);
        using var wire = new EchoRequests(space, AddressFamily.InterNetwork);
        (await IcmpChecks.PingAsync(engine, "127.0.0.1")).Outcome.ShouldBe(Outcome.Up);
        // They have the id of the engine's socket and a number that is in use no more, and fit into its buffer in any case.
        byte[] stranger = ScriptedResponder.Reply(wire.NextMessage());
        using var flooder = space.Open(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);

        var healthy = IcmpChecks.PingAsync(engine, "127.0.0.1", "count=20 gap=5ms", "lossPercent=0 reordered=0 duplicates=0", seconds: 20);
        for (var i = 0; i < 8_000; i++)
            flooder.SendTo(stranger, new IPEndPoint(IPAddress.Loopback, 0));
        var result = await healthy;
        var after = await IcmpChecks.PingAsync(engine, "127.0.0.1");
        engine.Dispose();

        (result.Outcome, after.Outcome).ShouldBe((Outcome.Up, Outcome.Up), result.Message);
        (result.Ignored(), engine.Strangers).ShouldBe((0, 8_000));
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task Reordered_replies_and_repeated_ones_are_told_apart(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        byte[]? held = null;
        using var responder = new ScriptedResponder(space, request =>
        {
            var reply = ScriptedResponder.Reply(request);
            if (held is null)
            {
                held = reply;
                return [];
            }

            return [reply, held, held];
        });
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        // It listens one gap longer for the repeated ones.
        var log = new EchoLog(2);
        await engine.RunAsync(Plan(count: 2, size: 56) with { Linger = TimeSpan.FromMilliseconds(200) }, log, CancellationToken.None);

        (log.Answered, log.Reordered, log.Duplicates).ShouldBe((2, 1, 1));
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task An_echo_that_is_not_answered_in_its_own_time_is_late_when_it_is(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        byte[]? held = null;
        using var responder = new ScriptedResponder(space, request =>
        {
            var reply = ScriptedResponder.Reply(request);
            if (held is not null)
                return [held, reply];
            held = reply;
            return [];
        });
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        // The first echo's time ends long before the second leaves. The late reply is listened for however long it takes.
        var log = new EchoLog(2);
        using var cancellation = new CancellationTokenSource();
        var running = engine.RunAsync(Plan(count: 2, size: 56) with { Gap = TimeSpan.FromMilliseconds(300), Wait = TimeSpan.FromMilliseconds(50), Linger = TimeSpan.FromSeconds(20) }, log, cancellation.Token);
        while (log.Late == 0 && !running.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        var silent = new EchoLog(1);
        held = null;
        await engine.RunAsync(Plan(count: 1, size: 56) with { Wait = TimeSpan.FromMilliseconds(50) }, silent, CancellationToken.None);

        (log.Echoes[0].Status, log.Late).ShouldBe((EchoStatus.Expired, log.Echoes[1].Status == EchoStatus.Expired ? log.Late : 1));
        (silent.Echoes[0].Status, silent.Answered).ShouldBe((EchoStatus.Expired, 0));
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task A_source_that_is_not_ours_is_a_mistake_of_the_settings(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();
        using var engine = new EchoEngine(space.Sockets(kind), TimeProvider.System);

        var v4 = await IcmpChecks.PingAsync(engine, "127.0.0.1", "source=192.0.2.7");
        var v6 = await IcmpChecks.PingAsync(engine, "::1", "source=2001:db8::7");
        var mixed = await IcmpChecks.PingAsync(engine, "127.0.0.1", "source=2001:db8::7");
        var right = await IcmpChecks.PingAsync(engine, "127.0.0.1", "source=127.0.0.9");

        new[] { v4, v6, mixed }.ShouldAllBe(result => result.Outcome == Outcome.Unknown && result.Cause == Cause.BadSettings);
        v4.Message.ShouldBe("source = 192.0.2.7: this monitor has no such address");
        right.Outcome.ShouldBe(Outcome.Up, right.Message);
    }

    [NamespaceTheory]
    [InlineData(SocketType.Raw, "10.1.0.2", "10.1.0.9")]
    [InlineData(SocketType.Dgram, "10.1.0.2", "10.1.0.9")]
    [InlineData(SocketType.Raw, "fd00:1::2", "fd00:1::9")]
    [InlineData(SocketType.Dgram, "fd00:1::2", "fd00:1::9")]
    public async Task Hop_limit_code_point_and_source_are_those_of_the_packet_on_the_wire(SocketType kind, string host, string source)
    {
        using var near = new NetworkNamespace().AllowDatagramSockets();
        using var far = new NetworkNamespace();
        near.Connect("e0", ["10.1.0.1/24", "10.1.0.9/24", "fd00:1::1/64", "fd00:1::9/64"], far, "e1", ["10.1.0.2/24", "fd00:1::2/64"]);
        using var engine = new EchoEngine(near.Sockets(kind), TimeProvider.System);
        (await IcmpChecks.PingAsync(engine, host, "count=20 gap=20ms")).Outcome.ShouldBe(Outcome.Up);
        var other = source.Replace('9', '1');
        using var wire = new EchoRequests(far, IPAddress.Parse(host).AddressFamily);

        var marked = await IcmpChecks.PingAsync(engine, host, $"ttl=9 dscp=46 source={source}");
        var plain = await IcmpChecks.PingAsync(engine, host, $"source={other}");

        (marked.Outcome, plain.Outcome).ShouldBe((Outcome.Up, Outcome.Up), marked.Message);
        wire.Next().ShouldBe((9, 46 << 2, source));
        // What one packet has leaves no trace at the next on the same socket.
        wire.Next().ShouldBe((64, 0, other));
    }

    [NamespaceFact]
    public async Task A_failure_of_the_engine_reaches_the_checks_and_the_next_one_runs()
    {
        using var space = new NetworkNamespace();
        var fails = true;
        using var engine = new EchoEngine(
            new IcmpSocketSource((family, type, protocol) => fails ? throw new InvalidOperationException("broken") : space.Open(family, type, protocol)), TimeProvider.System);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => RunAsync(engine, Plan(count: 1, size: 56)));
        fails = false;
        var log = await RunAsync(engine, Plan(count: 1, size: 56));

        failure.InnerException!.Message.ShouldBe("broken");
        log.Answered.ShouldBe(1);
    }

    private static EchoPlan Plan(int count, int size) => new(IPAddress.Loopback, count, TimeSpan.FromMilliseconds(10), size) { AtMost = TimeSpan.FromSeconds(20) };

    private static async Task<EchoLog> RunAsync(EchoEngine engine, EchoPlan plan)
    {
        var log = new EchoLog(plan.Count);
        await engine.RunAsync(plan, log, CancellationToken.None);
        return log;
    }
}
