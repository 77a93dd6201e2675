using ActorMonitor.Messages;
using ActorMonitor.Probes.Tests.Datagrams;
using Shouldly;
using Xunit.Abstractions;

namespace ActorMonitor.Probes.Tests.NtpQuery;

/// <summary>The probe against a real chronyd, which serves its clock and never sets it.</summary>
public class NtpProbeChronyTests(ITestOutputHelper output)
{
    [InstalledFact("chronyd", "chrony")]
    public async Task A_server_of_its_own_clock_has_our_time()
    {
        using var chronyd = await StartAsync("local stratum 5");

        var result = await NtpProbeTests.ProbeAsync(chronyd.Port, expect: ProbeSetup.Map(("offsetMs", "1000"), ("stratum", "5")));
        var third = await NtpProbeTests.ProbeAsync(chronyd.Port, ProbeSetup.Map(("version", "3")), ProbeSetup.Map(("stratum", "4")));

        output.WriteLine(result.Message);
        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        (result.Measured("ntp.stratum"), result.Attribute("ntp.reference")).ShouldBe((5, "127.127.1.1"));
        (third.Outcome, third.Attribute("ntp.version")).ShouldBe((Outcome.Degraded, "3"));
    }

    [InstalledFact("chronyd", "chrony")]
    public async Task It_is_asked_over_IPv6()
    {
        using var chronyd = await StartAsync("local stratum 1");

        var result = await NtpProbeTests.ProbeAsync(chronyd.Port, host: "::1");

        output.WriteLine(result.Message);
        (result.Outcome, result.ResolvedAddress).ShouldBe((Outcome.Up, "::1"), result.Message);
    }

    [InstalledFact("chronyd", "chrony")]
    public async Task A_server_without_a_source_is_unsynchronised()
    {
        using var chronyd = await StartAsync("");

        var result = await NtpProbeTests.ProbeAsync(chronyd.Port);

        output.WriteLine(result.Message);
        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.NtpUnsynchronised), result.Message);
    }

    private static async Task<ServerProcess> StartAsync(string line)
    {
        var chronyd = await ServerProcess.StartAsync(
            "chronyd",
            (folder, port) =>
            [
                ("chrony.conf",
                    $"""
                    port {port}
                    bindaddress 127.0.0.1
                    bindaddress ::1
                    allow 127.0.0.1
                    allow ::1
                    cmdport 0
                    bindcmdaddress /
                    pidfile {folder}/chronyd.pid
                    {line}
                    """),
            ],
            folder => ["-d", "-x", "-U", "-F", "0", "-u", Environment.UserName, "-f", Path.Combine(folder, "chrony.conf")],
            "starting");

        try
        {
            // It says that it starts before its socket is open.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while ((await NtpProbeTests.ProbeAsync(chronyd.Port, cancellationToken: limit.Token)).Cause == Cause.Refused)
                await Task.Yield();
            return chronyd;
        }
        catch
        {
            chronyd.Dispose();
            throw;
        }
    }
}
