using ActorMonitor.Messages;
using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.NtpQuery;

/// <summary>Every example of the reference page, against a server that has the time and one that has not.</summary>
public class NtpExampleTests
{
    public static TheoryData<string> Titles() => Examples.TitlesOf(NtpProbe.Definition);

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task An_example_is_Up_against_a_good_server(string title)
    {
        // In a time that stands still, so that it does not matter how busy this machine is; hence without gaps.
        var time = new ManualTime();
        var now = NtpBytes.Timestamp(time.GetUtcNow());
        var good = new NtpBytes { RootDelay = 0x800, RootDispersion = 0x400, Receive = now, Transmit = now };
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(good.To(query), client));

        var result = await RunAsync(title, server.Port, time);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task An_example_is_Down_against_a_server_that_is_not_synchronised(string title)
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(new NtpBytes { Leap = 3, Stratum = 16 }.To(query), client));

        var result = await RunAsync(title, server.Port);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.NtpUnsynchronised), result.Message);
    }

    [Fact]
    public void Every_setting_and_expectation_is_in_an_example()
    {
        var checks = NtpProbe.Definition.Examples.Select(example => Examples.Read(NtpProbe.Definition, example.Title)).ToList();

        NtpProbe.Definition.Settings.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Settings.Select(pair => pair.Key))).ShouldBeEmpty();
        NtpProbe.Definition.Expectations.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Expectations.Select(pair => pair.Key))).ShouldBeEmpty();
    }

    private static Task<ProbeResult> RunAsync(string title, int port, TimeProvider? time = null)
    {
        var environment = ProbeSetup.Environment(time, names: [("ntp.example.com", ["127.0.0.1"]), ("ntp.branch.example.com", ["127.0.0.1"])]);
        var request = Examples.Request(Examples.Read(NtpProbe.Definition, title), port);
        return new NtpProbe(environment).ProbeAsync(request with { Settings = request.Settings.With("gap", "0") }, CancellationToken.None);
    }
}
