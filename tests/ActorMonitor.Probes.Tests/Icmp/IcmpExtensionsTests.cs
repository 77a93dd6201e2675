using System.Buffers.Binary;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class IcmpExtensionsTests
{
    // RFC 4950: a structure with one object of class 1 and type 1: labels 24001 (tc 5, ttl 1) and 16 (tc 0, bottom, ttl 2).
    private static readonly byte[] TwoLabels = WithChecksum([0x20, 0, 0, 0, 0, 12, 1, 1, 0x05, 0xDC, 0x1A, 0x01, 0x00, 0x01, 0x01, 0x02]);

    [Fact]
    public void The_labels_of_a_stack_are_told_from_the_outermost_on()
        => IcmpExtensions.Labels(TwoLabels).ShouldBe("24001 tc 5 ttl 1, 16 tc 0 ttl 2");

    [Fact]
    public void They_are_found_behind_the_filled_up_quote()
    {
        byte[] message = [11, 0, 0, 0, 0, 0, 0, 0, .. new byte[128], .. TwoLabels];
        byte[] longer = [11, 0, 0, 0, 0, 40, 0, 0, .. new byte[160], .. TwoLabels];
        byte[] ofIpv6 = [3, 0, 0, 0, 20, 0, 0, 0, .. new byte[160], .. TwoLabels];

        IcmpExtensions.LabelsInMessage(message, AddressFamily.InterNetwork).ShouldStartWith("24001 ");
        IcmpExtensions.LabelsInMessage(longer, AddressFamily.InterNetwork).ShouldStartWith("24001 ");
        IcmpExtensions.LabelsInMessage(ofIpv6, AddressFamily.InterNetworkV6).ShouldStartWith("24001 ");
        IcmpExtensions.LabelsInQueued(message.AsSpan(8 + 28), AddressFamily.InterNetwork, transportBytes: 8).ShouldStartWith("24001 ");
        IcmpExtensions.LabelsInQueued(message.AsSpan(8 + 40), AddressFamily.InterNetworkV6, transportBytes: 0).ShouldStartWith("24001 ");
    }

    [Fact]
    public void What_is_no_structure_has_no_labels()
    {
        var (otherVersion, otherSum, otherClass, tooLong) = (TwoLabels.ToArray(), TwoLabels.ToArray(), TwoLabels.ToArray(), TwoLabels.ToArray());
        otherVersion[0] = 0x10;
        otherSum[9] ^= 1;
        otherClass[6] = 2;
        tooLong[5] = 13;

        foreach (var bytes in new[] { otherVersion, otherSum, otherClass, tooLong })
            IcmpExtensions.Labels(bytes == otherSum ? bytes : WithChecksum(bytes)).ShouldBeNull();
        IcmpExtensions.Labels([]).ShouldBeNull();
    }

    [Fact]
    public void No_bytes_are_too_strange()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);

            IcmpExtensions.Labels(WithChecksum([0x20, 0, 0, 0, .. bytes]));
            IcmpExtensions.LabelsInMessage(bytes, AddressFamily.InterNetwork);
            IcmpExtensions.LabelsInQueued(bytes, AddressFamily.InterNetworkV6, 8);
        }
    }

    [Fact]
    public void All_payloads_of_one_flow_have_one_checksum_whatever_their_token()
    {
        var (ofIcmp, ofUdp) = (new HashSet<ushort>(), new HashSet<ushort>());
        for (ushort sequence = 0; sequence < 200; sequence++)
        {
            // ICMP's header has the sequence too, UDP's has not.
            ofIcmp.Add(IcmpPacket.Checksum([(byte)(sequence >> 8), (byte)sequence, .. new EchoPayload(40, sum: 50_001).For(sequence)]));
            ofUdp.Add(IcmpPacket.Checksum(new EchoPayload(40, sum: 50_001, holdsSequence: true).For(sequence)));
        }

        (ofIcmp.Count, ofUdp.Count).ShouldBe((1, 1));
        ofIcmp.ShouldBe(ofUdp);
        IcmpPacket.Checksum(new EchoPayload(40, sum: 50_002, holdsSequence: true).For(0)).ShouldNotBe(ofUdp.Single());
    }

    internal static byte[] WithChecksum(byte[] structure)
    {
        structure[2] = structure[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(structure.AsSpan(2), IcmpPacket.Checksum(structure));
        return structure;
    }
}
