using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ActorMonitor.Probes.Icmp;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class EchoHeaderTests
{
    private static readonly byte[] Token = RandomNumberGenerator.GetBytes(EchoHeader.TokenBytes);

    [Fact]
    public void Whatever_its_number_a_request_has_the_check_s_checksum_and_matches_itself()
        => Check.QuickThrowOnFailure(Prop.ForAll<ushort, ushort, ushort>((id, sequence, any) =>
        {
            var size = EchoPayload.MinimumBytes + (any % (EchoPlan.MaximumBytes - EchoPayload.MinimumBytes + 1));
            var packet = Packet(id, sequence, size);
            return IcmpPacket.Checksum(packet) == 0 && EchoHeader.Matches(packet, sequence, Token, size) && !EchoHeader.Matches(packet, (ushort)(sequence + 1), Token, size);
        }));

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(56)]
    [InlineData(EchoPlan.MaximumBytes)]
    public void A_payload_with_any_other_byte_or_length_is_not_ours(int size)
    {
        var packet = Packet(7, 9, size);

        for (var i = IcmpPacket.HeaderBytes; i < packet.Length; i++)
        {
            packet[i] ^= 0x10;
            EchoHeader.Matches(packet, 9, Token, size).ShouldBeFalse($"byte {i}");
            packet[i] ^= 0x10;
        }

        EchoHeader.Matches(packet.AsSpan(..^1), 9, Token, size).ShouldBeFalse();
        EchoHeader.Matches([.. packet, 0], 9, Token, size).ShouldBeFalse();
        EchoHeader.Matches(packet, 9, Token, size).ShouldBeTrue();
    }

    [Fact]
    public void A_quote_may_end_anywhere_behind_the_header_and_must_be_ours_as_far_as_it_goes()
    {
        var packet = Packet(7, 9, 56);

        for (var length = 0; length <= packet.Length; length++)
        {
            EchoHeader.MatchesStart(packet.AsSpan(0, length), 9, Token).ShouldBe(length >= IcmpPacket.HeaderBytes, $"{length} bytes");
            if (length <= IcmpPacket.HeaderBytes)
                continue;
            packet[length - 1] ^= 1;
            // Half of the balance word tells nothing yet.
            if (length != EchoHeader.Bytes - 1)
                EchoHeader.MatchesStart(packet.AsSpan(0, length), 9, Token).ShouldBeFalse($"{length} bytes");
            packet[length - 1] ^= 1;
        }
    }

    [Fact]
    public void A_quote_longer_than_any_request_is_not_ours()
        => EchoHeader.MatchesStart([.. Packet(7, 9, EchoPlan.MaximumBytes), 0], 9, Token).ShouldBeFalse();

    private static byte[] Packet(ushort id, ushort sequence, int size)
    {
        var packet = new byte[IcmpPacket.HeaderBytes + size];
        EchoHeader.Write(packet, AddressFamily.InterNetwork, id, sequence, Token, EchoHeader.ChecksumOf(id, Token, size));
        Marshal.Copy(EchoHeader.FillingAddress, packet, EchoHeader.Bytes, packet.Length - EchoHeader.Bytes);
        return packet;
    }
}
