using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Targets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Targets;

public class SystemLookUpTests
{
    [Fact]
    public async Task Silent_servers_hold_no_more_than_the_bound_and_no_thread_of_the_pool()
    {
        using var answer = new ManualResetEventSlim();
        var running = 0;
        var ofPool = 0;
        using var lookUp = new SystemLookUp(2, (_, _) =>
        {
            _ = Interlocked.Increment(ref running);
            if (Thread.CurrentThread.IsThreadPoolThread)
                _ = Interlocked.Increment(ref ofPool);
            answer.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return [IPAddress.Loopback];
        });
        var begun = new[] { "a", "b" }.Select(host => lookUp.LookUpAsync(host, AddressFamily.Unspecified, CancellationToken.None)).ToList();
        using var timeout = new CancellationTokenSource();

        var waiting = lookUp.LookUpAsync("c", AddressFamily.Unspecified, timeout.Token);
        await timeout.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        answer.Set();
        (await Task.WhenAll(begun)).ShouldAllBe(found => found.Single().Equals(IPAddress.Loopback));
        (running, ofPool).ShouldBe((2, 0));
        (await lookUp.LookUpAsync("d", AddressFamily.Unspecified, CancellationToken.None)).ShouldBe([IPAddress.Loopback]);
    }
}
