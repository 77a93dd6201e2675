using ActorMonitor.Messages;
using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.NtpQuery;

public class NtpVerdictTests
{
    private static readonly NtpSample Sample = new(TimeSpan.FromMilliseconds(0.004), TimeSpan.FromMilliseconds(0.213), TimeSpan.Zero);

    [Fact]
    public void A_synchronised_server_is_not_refused() => Refusal(new NtpBytes()).ShouldBeNull();

    [Theory]
    [InlineData("52415445", "RATE (it is asked too often: raise the interval)")]
    [InlineData("44454E59", "DENY (its access rules exclude this monitor)")]
    [InlineData("58585858", "XXXX")]
    public void A_kiss_of_death_is_named(string reference, string text)
        => Refusal(new NtpBytes { Stratum = 0, Leap = 3, ReferenceHex = reference, Receive = 0, Transmit = 0 })
            .ShouldBe((Cause.NtpKissOfDeath, $"the server refuses to serve: kiss-o'-death {text}"));

    [Theory]
    [InlineData(3, 2, "C0000201", 0x8000u, "leap 3, reference 192.0.2.1")]
    [InlineData(3, 0, "00000000", 0x8000u, "leap 3")]
    [InlineData(3, 0, "494E4954", 0x8000u, "leap 3, reference INIT")]
    [InlineData(0, 0, "53544550", 0x8000u, "stratum 0, reference STEP")]
    [InlineData(0, 0, "00000001", 0x8000u, "stratum 0, reference 0x00000001")]
    [InlineData(0, 16, "C0000201", 0x8000u, "stratum 16, reference 192.0.2.1")]
    [InlineData(0, 2, "C0000201", 0x0010_0000u, "root distance 16.2 s, reference 192.0.2.1")]
    public void An_unsynchronised_clock_is_named(int leap, int stratum, string reference, uint rootDispersion, string why)
        => Refusal(new NtpBytes { Leap = leap, Stratum = stratum, ReferenceHex = reference, RootDispersion = rootDispersion })
            .ShouldBe((Cause.NtpUnsynchronised, $"the server's clock is not synchronised ({why})"));

    [Fact]
    public void The_root_distance_may_come_close_to_its_bound()
        => Refusal(new NtpBytes { RootDelay = 0, RootDispersion = 0x000F_FFFF }).ShouldBeNull();

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(1UL, 0UL)]
    [InlineData(2UL << 32, 1UL << 32)]
    public void Timestamps_that_cannot_be_are_a_protocol_error(ulong receive, ulong transmit)
        => Refusal(new NtpBytes { Receive = receive, Transmit = transmit })?.Cause.ShouldBe(Cause.ProtocolError);

    [Theory]
    [InlineData(0.004, "offset +0.004 ms, stratum 2, leap none")]
    [InlineData(-12.5, "offset -12.500 ms, stratum 2, leap none")]
    [InlineData(0, "offset +0.000 ms, stratum 2, leap none")]
    [InlineData(-0.0001, "offset +0.000 ms, stratum 2, leap none")]
    public void The_sample_is_told_in_one_line(double offsetMilliseconds, string text)
        => NtpVerdict.Read(SettingMap.Empty).Judge(Packet(new NtpBytes()), Sample with { Offset = TimeSpan.FromMilliseconds(offsetMilliseconds) })
            .ShouldBe((Outcome.Up, Cause.None, text));

    [Theory]
    [InlineData(50, true)]
    [InlineData(-50, true)]
    [InlineData(50.001, false)]
    [InlineData(-50.001, false)]
    public void An_offset_beyond_the_expected_is_degraded(double offsetMilliseconds, bool isUp)
    {
        var (outcome, cause, text) = NtpVerdict.Read(ProbeSetup.Map(("offsetMs", "50")))
            .Judge(Packet(new NtpBytes()), Sample with { Offset = TimeSpan.FromMilliseconds(offsetMilliseconds) });

        (outcome, cause).ShouldBe(isUp ? (Outcome.Up, Cause.None) : (Outcome.Degraded, Cause.ExpectationFailed));
        text.EndsWith("the offset is more than 50 ms", StringComparison.Ordinal).ShouldBe(!isUp);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void A_stratum_above_the_expected_is_degraded(int stratum, bool isUp)
        => NtpVerdict.Read(ProbeSetup.Map(("stratum", "3"))).Judge(Packet(new NtpBytes { Stratum = stratum }), Sample).Outcome.ShouldBe(isUp ? Outcome.Up : Outcome.Degraded);

    [Theory]
    [InlineData("offsetMs", "-1")]
    [InlineData("stratum", "0")]
    [InlineData("stratum", "16")]
    public void What_is_out_of_bounds_is_not_accepted(string name, string value)
        => Should.Throw<SettingException>(() => NtpVerdict.Read(ProbeSetup.Map((name, value))));

    private static NtpPacket Packet(NtpBytes bytes) => NtpPacket.Read(bytes.To(new byte[48]));

    private static (Cause Cause, string Text)? Refusal(NtpBytes bytes) => NtpVerdict.Refusal(Packet(bytes));
}
