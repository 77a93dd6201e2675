using System.Collections.Concurrent;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class CancellationTests
{
    [NamespaceTheory]
    [InlineData(SocketType.Raw)]
    [InlineData(SocketType.Dgram)]
    public async Task A_thousand_cancelled_pings_share_a_socket_and_leave_none_open(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets().Set("net/ipv4/icmp_echo_ignore_all", "1");
        var inodes = new ConcurrentBag<string>();
        using var engine = new EchoEngine(Recording(space, kind, inodes), TimeProvider.System);

        await CancelAsync(1_000, token => IcmpChecks.PingAsync(engine, "127.0.0.1", "count=10 gap=1ms", seconds: 60, cancellationToken: token));
        engine.NumbersInUse.ShouldBe(0);
        engine.Dispose();

        inodes.Count.ShouldBeLessThanOrEqualTo(1);
        OpenSockets().Intersect(inodes).ShouldBeEmpty();
    }

    [NamespaceTheory]
    [InlineData("icmp", SocketType.Raw)]
    [InlineData("udp", SocketType.Dgram)]
    public async Task Cancelled_traces_leave_no_socket_open(string method, SocketType kind)
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        lab.Routers[0].Ip("route replace blackhole 10.99.0.0/24");

        var inodes = new ConcurrentBag<string>();
        var sockets = Recording(lab.Client, kind, inodes);
        await CancelAsync(100, token => IcmpChecks.TraceAsync(sockets, "10.99.0.9", $"method={method} hopTimeout=1m", seconds: 60, cancellationToken: token));

        inodes.Count.ShouldBe(100);
        OpenSockets().Intersect(inodes).ShouldBeEmpty();
    }

    [NamespaceFact]
    public async Task Checks_that_end_by_themselves_leave_no_socket_open()
    {
        using var space = new NetworkNamespace().Set("net/ipv4/ping_group_range", "1 0");
        var inodes = new ConcurrentBag<string>();
        var sockets = Recording(space, SocketType.Raw, inodes);

        for (var i = 0; i < 20; i++)
        {
            await IcmpChecks.PingAsync(sockets, "127.0.0.1");
            await IcmpChecks.PingAsync(sockets, "10.0.0.1");
            await IcmpChecks.TraceAsync(sockets, "127.0.0.1", "method=udp");
            await IcmpChecks.TraceAsync(sockets, "10.0.0.1", "method=udp");
        }

        inodes.Count.ShouldBe(80);
        OpenSockets().Intersect(inodes).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_check_that_is_cancelled_beforehand_opens_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => IcmpChecks.PingAsync(new IcmpSocketSource(), "127.0.0.1", cancellationToken: cancelled.Token));
    }

    private static async Task CancelAsync(int count, Func<CancellationToken, Task<ProbeResult>> check)
    {
        const int Wave = 50;
        for (var done = 0; done < count; done += Wave)
        {
            using var cancellation = new CancellationTokenSource();
            var checks = Enumerable.Range(0, Wave).Select(_ => check(cancellation.Token)).ToArray();
            await cancellation.CancelAsync();
            foreach (var one in checks)
                await Should.ThrowAsync<OperationCanceledException>(() => one);
        }
    }

    // Other tests open sockets meanwhile, so a socket is told by its inode, which the kernel does not use again soon.
    private static IcmpSocketSource Recording(NetworkNamespace space, SocketType kind, ConcurrentBag<string> inodes) => new((family, type, protocol) =>
    {
        if (type != kind && protocol != ProtocolType.Udp)
            throw new SocketException((int)SocketError.AccessDenied);
        var socket = space.Open(family, type, protocol);
        inodes.Add(InodeOf($"/proc/self/fd/{socket.Handle}")!);
        return socket;
    });

    private static HashSet<string?> OpenSockets() => [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(InodeOf)];

    private static string? InodeOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith("socket:", StringComparison.Ordinal) ? target : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
