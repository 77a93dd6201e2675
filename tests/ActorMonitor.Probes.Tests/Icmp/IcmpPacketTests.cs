using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class IcmpPacketTests
{
    [Fact]
    public void An_echo_request_has_these_bytes()
    {
        var v4 = new byte[12];
        var v6 = new byte[12];

        IcmpPacket.WriteEchoRequest(v4, AddressFamily.InterNetwork, 0x1234, 0x0007, [0xDE, 0xAD, 0xBE, 0xEF]).ShouldBe(12);
        IcmpPacket.WriteEchoRequest(v6, AddressFamily.InterNetworkV6, 0x1234, 0x0007, [0xDE, 0xAD, 0xBE, 0xEF]).ShouldBe(12);

        Convert.ToHexString(v4).ShouldBe("0800" + "4827" + "1234" + "0007" + "DEADBEEF");
        Convert.ToHexString(v6).ShouldBe("8000" + "0000" + "1234" + "0007" + "DEADBEEF");
    }

    [Theory]
    [InlineData("", 0xFFFF)]
    [InlineData("00", 0xFFFF)]
    [InlineData("01", 0xFEFF)]
    [InlineData("0001F203F4F5F6F7", 0x220D)]
    [InlineData("FFFFFFFF", 0x0000)]
    [InlineData("450000730000400040110000C0A80001C0A800C7", 0xB861)]
    public void The_checksum_is_that_of_RFC_1071(string hex, int checksum)
        => ((int)IcmpPacket.Checksum(Convert.FromHexString(hex))).ShouldBe(checksum);

    [Fact]
    public void All_requests_of_a_check_have_one_checksum()
    {
        var payload = new EchoPayload(16);
        var packet = new byte[24];
        var checksums = new HashSet<ushort>();

        foreach (var sequence in new ushort[] { 0, 1, 2, 255, 256, 640, 4096, 65535 })
        {
            IcmpPacket.WriteEchoRequest(packet, AddressFamily.InterNetwork, 77, sequence, payload.For(sequence));
            checksums.Add((ushort)((packet[2] << 8) | packet[3]));
            IcmpPacket.Checksum(packet).ShouldBe((ushort)0);
        }

        checksums.Count.ShouldBe(1);
    }

    [Fact]
    public void An_ipv4_header_with_options_is_taken_off()
    {
        var packet = Convert.FromHexString("46" + "00" + "001C" + "0001" + "0000" + "3F01" + "0000" + "0A000001" + "0A000002" + "01010101" + "AABBCCDD");

        IcmpPacket.TryReadIpv4(packet, out var header, out var payload).ShouldBeTrue();

        header.ShouldBe(new IpHeader(1, 63, IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"), IsComplete: true));
        Convert.ToHexString(payload).ShouldBe("AABBCCDD");
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("4500001C00010000400100000A0000010A0000", "a header cut short")]
    [InlineData("6500001C00010000400100000A0000010A000002AABBCCDD", "another version")]
    [InlineData("4400001C00010000400100000A0000010A000002AABBCCDD", "a header length below the least")]
    [InlineData("4F00003C00010000400100000A0000010A000002AABBCCDD", "a header length past the end")]
    [InlineData("4500000800010000400100000A0000010A000002AABBCCDD", "a total length below the header's")]
    [InlineData("4500001800010001400100000A0000010A000002AABBCCDD", "a later fragment")]
    public void An_ipv4_header_that_lies_is_refused(string hex, string because)
        => IcmpPacket.TryReadIpv4(Convert.FromHexString(hex), out _, out _).ShouldBeFalse(because);

    [Fact]
    public void An_ipv4_quote_that_is_cut_short_gives_what_is_there()
    {
        IcmpPacket.TryReadIpv4(Convert.FromHexString("4500054000010000400100000A0000010A0000020800F7FF00010002"), out var header, out var payload).ShouldBeTrue();

        header.IsComplete.ShouldBeFalse();
        payload.Length.ShouldBe(8);
    }

    [Theory]
    [InlineData(58, "", true)]
    [InlineData(44, "3A00000000000001", true)]
    [InlineData(44, "3A00000800000001", false)]
    [InlineData(0, "3C00000000000000" + "3A01000000000000" + "0000000000000000", true)]
    [InlineData(0, "3AFF000000000000", false)]
    [InlineData(60, "3C00", false)]
    public void An_ipv6_quote_is_read_through_its_extension_headers(int next, string extensions, bool isRead)
    {
        var icmp = Convert.FromHexString("8000000000010002");
        byte[] packet = [0x60, 0, 0, 0, 0, 8, (byte)next, 64, .. IPAddress.Parse("fd00::1").GetAddressBytes(), .. IPAddress.Parse("fd00::2").GetAddressBytes(), .. Convert.FromHexString(extensions), .. icmp];

        IcmpPacket.TryReadIpv6(packet, out var header, out var payload).ShouldBe(isRead);

        if (isRead)
        {
            (header.Protocol, header.Destination).ShouldBe(((byte)58, IPAddress.Parse("fd00::2")));
            payload.ToArray().ShouldBe(icmp);
        }
    }

    [Fact]
    public void Extension_headers_without_end_are_not_followed()
    {
        byte[] packet = [0x60, 0, 0, 0, 0, 8, 0, 64, .. new byte[32], .. new byte[8 * 64]];

        IcmpPacket.TryReadIpv6(packet, out var header, out _).ShouldBeTrue();

        header.Protocol.ShouldBe((byte)0);
    }
}
