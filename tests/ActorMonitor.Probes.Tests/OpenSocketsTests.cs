using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using ActorMonitor.Probes.TcpConnect;
using ActorMonitor.Probes.UdpExchange;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests;

/// <summary>Counts the sockets of the whole process, hence nothing else runs beside it.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public class AloneCollection;

[Collection("Alone")]
public class OpenSocketsTests
{
    private const int Checks = 1000;

    [LinuxTheory]
    [InlineData("http")]
    [InlineData("https")]
    [InlineData("tcp")]
    public async Task A_thousand_cancelled_checks_over_TCP_leave_no_socket(string service)
    {
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.ReadUntilAsync("never", stop));

        await CancelAsync(service, server.Port);
    }

    [LinuxTheory]
    [InlineData("udp")]
    public async Task A_thousand_cancelled_checks_over_UDP_leave_no_socket(string service)
    {
        await using var server = ScriptedUdpServer.Start((_, _, _) => Task.CompletedTask);

        await CancelAsync(service, server.Port);
    }

    private static async Task CancelAsync(string service, int port)
    {
        var environment = Environment();
        IProbe probe = service switch
        {
            "http" => new HttpFetchProbe(environment, HttpFetchSettings.Http),
            "https" => new HttpFetchProbe(environment, HttpFetchSettings.Https),
            "tcp" => new TcpConnectProbe(environment),
            _ => new UdpExchangeProbe(environment),
        };
        var request = Request("127.0.0.1", port, expect: service == "tcp" ? Map(("banner.contains", "never")) : SettingMap.Empty);
        var before = await SettledAsync(int.MaxValue);
        var cancelled = 0;

        await Parallel.ForAsync(0, Checks, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 50));
            await Should.ThrowAsync<OperationCanceledException>(probe.ProbeAsync(request, cancel.Token));
            Interlocked.Increment(ref cancelled);
        });

        cancelled.ShouldBe(Checks);
        (await SettledAsync(before)).ShouldBeLessThanOrEqualTo(before);
    }

    /// <summary>The number of open sockets once it is at most the bound, or what it is after ten seconds; servers close theirs a moment later.</summary>
    private static async Task<int> SettledAsync(int bound)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var open = OpenSockets();
            if (open <= bound || TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(10))
                return open;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private static int OpenSockets()
        => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(entry => LinkOf(entry)?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static string? LinkOf(FileSystemInfo entry)
    {
        try
        {
            return entry.LinkTarget;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return null;
        }
    }
}

/// <summary>A theory that reads /proc.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "there is no /proc/self/fd here";
}
