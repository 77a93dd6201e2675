using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.TcpConnect;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Targets;

public class SocketSettingsTests
{
    [Fact]
    public void Without_settings_the_system_chooses()
        => SocketSettings.Read(SettingMap.Empty).ShouldBeSameAs(SocketSettings.None);

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("2001:db8::7", true)]
    [InlineData("192.0", false)]
    [InlineData("7", false)]
    [InlineData("eth0", false)]
    [InlineData("", false)]
    public void A_source_is_an_address_written_in_full(string text, bool accepted)
        => (SocketSettings.SourceSetting.Validate(SettingValue.Of(text)) is null).ShouldBe(accepted);

    [Fact]
    public void A_source_leaves_the_addresses_of_its_family()
        => SocketSettings.Read(Map(("source", "127.0.0.9"))).Reachable([IPAddress.IPv6Loopback, IPAddress.Loopback]).ShouldBe([IPAddress.Loopback]);

    [Fact]
    public void IPv4_packets_are_marked_and_limited()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        SocketSettings.Read(Map(("dscp", "46"), ("ttl", "9"))).Apply(socket);

        socket.GetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService).ShouldBe(46 << 2);
        socket.Ttl.ShouldBe((short)9);
    }

    [IPv6Fact]
    public void IPv6_packets_are_marked_and_limited()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);

        SocketSettings.Read(Map(("dscp", "46"), ("ttl", "9"))).Apply(socket);

        var trafficClass = new byte[4];
        socket.GetRawSocketOption((int)SocketOptionLevel.IPv6, OperatingSystem.IsMacOS() ? 36 : 67, trafficClass);
        BitConverter.ToInt32(trafficClass).ShouldBe(46 << 2);
        socket.Ttl.ShouldBe((short)9);
    }

    [LinuxTheory]
    [InlineData("127.0.0.9")]
    public async Task A_check_comes_from_the_source_that_its_job_names(string source)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var accepted = listener.AcceptSocketAsync();
        var result = await ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, Map(("source", source), ("dscp", "8")));
        using var socket = await accepted;

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString().ShouldBe(source);
    }

    [Fact]
    public async Task A_source_that_is_not_ours_is_a_bad_setting()
    {
        using var closed = ClosedPort(out var port);

        var result = await ConnectAsync("127.0.0.1", port, Map(("source", "192.0.2.7")));

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Unknown, Cause.BadSettings, "source = 192.0.2.7: this monitor has no such address"));
    }

    [Fact]
    public async Task A_source_of_the_other_family_is_a_bad_setting()
    {
        var result = await ConnectAsync("127.0.0.1", 9, Map(("source", "::1")));

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Unknown, Cause.BadSettings, "source = ::1 cannot reach an IPv4 address"));
    }

    private static Task<ProbeResult> ConnectAsync(string host, int port, SettingMap settings)
        => new TcpConnectProbe(Environment()).ProbeAsync(Request(host, port, settings), CancellationToken.None);
}
