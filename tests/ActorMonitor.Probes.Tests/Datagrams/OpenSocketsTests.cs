using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Datagrams;

/// <summary>Alone, because it counts the sockets of the whole process.</summary>
[CollectionDefinition(nameof(OpenSocketsTests), DisableParallelization = true)]
[Collection(nameof(OpenSocketsTests))]
public class OpenSocketsTests
{
    private const int Checks = 1000;
    private const int AtATime = 50;

    [ProcFact]
    public Task Cancelled_DNS_checks_leave_no_socket_over_UDP() => RunAsync(environment => new DnsProbe(environment), SettingMap.Empty);

    [ProcFact]
    public Task Cancelled_DNS_checks_leave_no_socket_over_TCP() => RunAsync(environment => new DnsProbe(environment), ProbeSetup.Map(("transport", "tcp")));

    [ProcFact]
    public Task Cancelled_NTP_checks_leave_no_socket() => RunAsync(environment => new NtpProbe(environment), SettingMap.Empty);

    private static async Task RunAsync(Func<ProbeEnvironment, IProbe> create, SettingMap settings)
    {
        var probe = create(ProbeSetup.Environment());
        var heard = new SemaphoreSlim(0);
        await using var udp = ScriptedUdpServer.Start((_, _, _) => Heard());
        await using var tcp = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.Stream.ReadExactlyAsync(new byte[2], stop);
            await Heard();
            await peer.Stream.CopyToAsync(Stream.Null, stop);
        });
        var request = ProbeSetup.Request("127.0.0.1", settings.Count == 0 ? udp.Port : tcp.Port, settings);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await CancelManyAsync();
        var baseline = OpenSockets();

        for (var done = 0; done < Checks; done += AtATime)
            await CancelManyAsync();

        // A server's ends of the connections close a moment after ours.
        while (OpenSockets() > baseline && !limit.IsCancellationRequested)
            await Task.Yield();
        OpenSockets().ShouldBeLessThanOrEqualTo(baseline);

        async Task CancelManyAsync()
        {
            using var cancel = new CancellationTokenSource();
            var checks = Enumerable.Range(0, AtATime).Select(_ => probe.ProbeAsync(request, cancel.Token)).ToList();
            foreach (var _ in checks)
                await heard.WaitAsync(limit.Token);
            await cancel.CancelAsync();
            foreach (var check in checks)
                await Should.ThrowAsync<OperationCanceledException>(check);
        }

        Task Heard()
        {
            heard.Release();
            return Task.CompletedTask;
        }
    }

    private static int OpenSockets() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(IsSocket);

    private static bool IsSocket(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Closed while we looked.
            return false;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ProcFactAttribute : FactAttribute
    {
        public ProcFactAttribute()
        {
            if (!Directory.Exists("/proc/self/fd"))
                Skip = "open sockets can only be counted under /proc";
        }
    }
}
