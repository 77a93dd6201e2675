using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.NtpQuery;

public class NtpPacketTests
{
    [Fact]
    public void A_query_holds_its_version_its_mode_and_the_nonce_alone()
        => Convert.ToHexString(NtpPacket.Query(4, new NtpTimestamp(0x1122_3344_5566_7788))).ShouldBe("23" + new string('0', 78) + "1122334455667788");

    [Fact]
    public void An_answer_is_read_field_by_field()
    {
        var bytes = Convert.FromHexString(
            "64" + "02" + "06" + "E7" + "00018000" + "00004000" + "C0000201"
            + "EEAD57C000000000" + "1122334455667788" + "EEAD57C040000000" + "EEAD57C080000000");

        var packet = NtpPacket.Read(bytes);

        packet.ShouldBe(new NtpPacket
        {
            Leap = NtpLeap.Insert,
            Version = 4,
            Stratum = 2,
            Precision = TimeSpan.FromTicks(0) + TimeSpan.FromSeconds(Math.Pow(2, -25)),
            RootDelay = TimeSpan.FromSeconds(1.5),
            RootDispersion = TimeSpan.FromSeconds(0.25),
            ReferenceId = 0xC0000201,
            Reference = new NtpTimestamp(0xEEAD_57C0_0000_0000),
            Receive = new NtpTimestamp(0xEEAD_57C0_4000_0000),
            Transmit = new NtpTimestamp(0xEEAD_57C0_8000_0000),
        });
        packet.RootDistance.ShouldBe(TimeSpan.FromSeconds(1));
        packet.ReferenceText().ShouldBe("192.0.2.1");
        NtpPacket.OriginOf(bytes).ShouldBe(new NtpTimestamp(0x1122_3344_5566_7788));
    }

    [Theory]
    [InlineData(1, "47505300", "GPS")]
    [InlineData(1, "4C4F434C", "LOCL")]
    [InlineData(0, "52415445", "RATE")]
    [InlineData(1, "00000000", "")]
    [InlineData(1, "7F7F0101", "0x7f7f0101")]
    [InlineData(0, "411B5B30", "0x411b5b30")]
    [InlineData(2, "7F7F0101", "127.127.1.1")]
    public void The_reference_id_is_text_or_an_address_by_the_stratum(int stratum, string hex, string text)
        => NtpPacket.Read(new NtpBytes { Stratum = stratum, ReferenceHex = hex }.To(new byte[48])).ReferenceText().ShouldBe(text);

    [Theory]
    [InlineData(3, 4, 2, "mode 3")]
    [InlineData(5, 4, 2, "mode 5")]
    [InlineData(4, 0, 2, "version 0")]
    [InlineData(4, 5, 2, "version 5")]
    [InlineData(4, 4, 17, "stratum 17")]
    [InlineData(4, 4, 255, "stratum 255")]
    public void What_a_server_does_not_send_is_refused(int mode, int version, int stratum, string why)
        => Should.Throw<NtpFormatException>(() => NtpPacket.Read(new NtpBytes { Mode = mode, Version = version, Stratum = stratum }.To(new byte[48]))).Message.ShouldContain(why);

    [Fact]
    public void Bytes_of_every_kind_are_read_or_refused_and_never_worse()
    {
        var random = new Random(5905);
        var read = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            _ = NtpPacket.OriginOf(bytes);
            try
            {
                var packet = NtpPacket.Read(bytes);
                _ = packet.ReferenceText() + NtpVerdict.Refusal(packet);
                _ = NtpSample.Of(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromSeconds(1), packet.Receive, packet.Transmit);
                _ = packet.Reference.Near(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
                read++;
            }
            catch (NtpFormatException)
            {
                // Refused, as most are.
            }
        }

        read.ShouldBeGreaterThan(50);
    }
}
