using System.Net;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsZoneCheckTests
{
    private static readonly SettingMap AskAll = ProbeSetup.Map(("query", "example.com"), ("nameServers", "true"));
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    [LinuxFact]
    public async Task Name_servers_that_agree_are_Up()
    {
        var result = await RunAsync(Serial(7), Serial(7));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldEndWith("example.com. has serial 7 on 2 name servers");
        (result.Measured("dns.serial", 0), result.Measured("dns.serial", 1)).ShouldBe((7, 7));
        result.Attributes.Count(attribute => attribute.Name == "dns.name_server").ShouldBe(2);
        result.Attribute("dns.name_server")!.ShouldStartWith("ns1.example.com. (127.0.0.1): serial 7, ");
    }

    [LinuxTheory]
    [InlineData(8, 7, null)]
    [InlineData(8, 7, "1")]
    [InlineData(0, 4294967295, "1")]
    [InlineData(1, 4294967290, "1")]
    public async Task Serials_may_differ_by_the_tolerance(uint first, uint second, string? tolerance)
    {
        var result = await RunAsync(Serial(first), Serial(second), tolerance is null ? null : ProbeSetup.Map(("serialTolerance", tolerance)));

        var isUp = tolerance is not null && first - second <= 1;
        (result.Outcome, result.Cause).ShouldBe(isUp ? (Outcome.Up, Cause.None) : (Outcome.Down, Cause.DnsSerialMismatch));
        if (!isUp)
            result.Message.ShouldBe($"ns2.example.com. (127.0.0.2) has serial {second}, ns1.example.com. (127.0.0.1) has {first}");
    }

    public static TheoryData<string, Func<byte[], byte[]>, string> Lame() => new()
    {
        { "it refuses", query => DnsBytes.Answer(query, [], 0x8005), "it answers REFUSED" },
        { "it answers from a cache", query => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 6, DnsBytes.Start(7))], 0x8080), "it answers without authority" },
        { "it refers to others", query => DnsBytes.Answer(query, [], 0x8000, [DnsBytes.Record([0], 2, DnsBytes.Name("a.root.example"))]), "it answers without authority" },
        { "it has another zone", query => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Name("com"), 6, DnsBytes.Start(7))], 0x8400), "its answer has no SOA of it" },
    };

    [LinuxTheory]
    [MemberData(nameof(Lame))]
    public async Task A_name_server_that_does_not_serve_the_zone_is_lame(string why, Func<byte[], byte[]> second, string message)
    {
        var result = await RunAsync(Serial(7), second);

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, Cause.DnsLame, $"ns2.example.com. (127.0.0.2) does not serve example.com.: {message}"), why);
    }

    [LinuxFact]
    public async Task A_name_server_without_an_address_is_lame()
    {
        var result = await RunAsync(Serial(7), Serial(7), names: [("ns1.example.com", ["127.0.0.1"])]);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.DnsLame));
        result.Message.ShouldStartWith("the name server ns2.example.com. has no address");
    }

    [LinuxFact]
    public async Task The_time_that_each_name_server_s_name_takes_is_a_phase_of_its_own()
    {
        var result = await RunAsync(Serial(7), Serial(7));

        result.Measurements.Where(each => each.Name == "resolve").Select(each => each.Ordinal).ShouldBe([1, 2]);
    }

    [LinuxFact]
    public async Task A_name_server_that_is_not_there_is_refused()
    {
        var result = await RunAsync(Serial(7), second: null);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Refused));
        result.Message.ShouldStartWith("ns2.example.com. (127.0.0.2): ");
    }

    [LinuxFact]
    public async Task A_name_server_that_is_silent_is_named()
    {
        var time = new ManualTime();
        var heard = 0;
        var result = await RunAsync(
            Serial(7),
            query =>
            {
                // Once both questions are open: the time passes for both.
                if (Interlocked.Increment(ref heard) == 2)
                    time.Advance(ProbeSetup.LongTimeout * 0.76);
                return [];
            },
            time: time,
            names: [("ns1.example.com", [Second.ToString()]), ("ns2.example.com", [Second.ToString()])]);

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, Cause.Timeout, "ns1.example.com. (127.0.0.2) did not answer within 22500ms"));
    }

    [LinuxFact]
    public async Task Every_name_server_has_to_meet_the_expectations()
    {
        var result = await RunAsync(Serial(7), query => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 6, DnsBytes.Start(7))], 0x8480), SettingMap.Empty.WithList("noFlags", "ra"));

        (result.Cause, result.Message).ShouldBe((Cause.ExpectationFailed, "ns2.example.com. (127.0.0.2): example.com. SOA: the flag ra is set"));
    }

    [Fact]
    public async Task A_zone_that_does_not_exist_has_no_name_servers()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [], 0x8183), client));

        (await DnsProbeTests.ProbeAsync(server.Port, AskAll)).Cause.ShouldBe(Cause.Nxdomain);
    }

    private static Func<byte[], byte[]> Serial(uint serial) => query => DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 6, DnsBytes.Start(serial))], 0x8400);

    private static async Task<ProbeResult> RunAsync(
        Func<byte[], byte[]> first, Func<byte[], byte[]>? second, SettingMap? expect = null, TimeProvider? time = null, (string Host, string[] Addresses)[]? names = null)
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(Listing(query) ?? first(query), client), First);
        await using var other = second is null ? null : ScriptedUdpServer.Start((self, query, client) => self.SendAsync(second(query), client), Second, server.Port);
        return await DnsProbeTests.ProbeAsync(
            server.Port, AskAll, expect, time: time, names: names ?? [("ns1.example.com", [First.ToString()]), ("ns2.example.com", [Second.ToString()])]);
    }

    private static byte[]? Listing(byte[] query) => DnsBytes.TypeOf(query) != 2
        ? null
        : DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns1.example.com")), DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns2.example.com"))]);
}
