using System.Buffers.Binary;
using System.Net;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class EchoMatcherTests
{
    private const ushort Id = 0x4242;
    private static readonly IPAddress Target4 = IPAddress.Parse("192.0.2.7");
    private static readonly IPAddress Target6 = IPAddress.Parse("2001:db8::7");
    private static readonly IPAddress Router = IPAddress.Parse("198.51.100.1");

    private readonly EchoPayload _payload = new(24);

    [Fact]
    public void Our_reply_is_ours_on_each_kind_of_socket()
    {
        Raw4().MatchDatagram(Ip(Target4, Reply(3)), null, null, 9).ShouldBe(new EchoAnswer(EchoAnswerKind.Reply, 3, Target4, 0, 0, 57, 9));
        Dgram4().MatchDatagram(Reply(3, id: 1), Target4, 60, 9).ShouldBe(new EchoAnswer(EchoAnswerKind.Reply, 3, Target4, 0, 0, 60, 9));
        Raw6().MatchDatagram(Reply(3, type: 129), Target6, 60, 9).ShouldBe(new EchoAnswer(EchoAnswerKind.Reply, 3, Target6, 129, 0, 60, 9));
    }

    [Fact]
    public void A_reply_with_another_id_is_not_ours() => Raw4().MatchDatagram(Ip(Target4, Reply(3, id: Id + 1)), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);

    [Fact]
    public void A_reply_with_another_token_is_not_ours()
    {
        for (var i = 0; i < 24; i++)
        {
            var reply = Reply(3);
            reply[8 + i] ^= 1;
            Raw4().MatchDatagram(Ip(Target4, Checked(reply)), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored, $"byte {i}");
        }
    }

    [Fact]
    public void A_reply_of_another_sequence_than_its_payload_is_not_ours()
    {
        var reply = Reply(3);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), 4);

        Raw4().MatchDatagram(Ip(Target4, Checked(reply)), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);
    }

    [Fact]
    public void A_reply_from_another_address_is_nothing() => Raw4().MatchDatagram(Ip(Router, Reply(3)), null, null, 0).ShouldBeNull();

    [Fact]
    public void A_reply_whose_checksum_is_wrong_is_not_ours()
    {
        var reply = Reply(3);
        reply[2] ^= 1;

        Raw4().MatchDatagram(Ip(Target4, reply), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);
    }

    [Fact]
    public void A_reply_cut_short_or_grown_is_not_ours()
    {
        var reply = Reply(3);
        for (var length = 0; length < reply.Length; length++)
            Raw4().MatchDatagram(Ip(Target4, Checked(reply[..length])), Target4, null, 0)?.Kind.ShouldBe(EchoAnswerKind.Ignored, $"{length} bytes");
        Raw4().MatchDatagram(Ip(Target4, Checked([.. reply, 0, 0])), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(11, 0)]
    [InlineData(12, 0)]
    public void An_error_that_quotes_our_request_is_ours_however_little_it_quotes(byte type, byte code)
    {
        var request = Request(5);
        for (var quoted = 8; quoted <= request.Length; quoted++)
        {
            var error = Error(type, code, [.. Ip(Router, request, destination: Target4)[..20], .. request[..quoted]]);
            Raw4().MatchDatagram(Ip(Router, error), null, null, 9).ShouldBe(new EchoAnswer(EchoAnswerKind.Error, 5, Router, type, code, null, 9));
        }
    }

    [Fact]
    public void An_error_that_quotes_somebody_else_s_request_is_not_ours()
    {
        var ours = Ip(Router, Request(5), destination: Target4);
        var otherId = Ip(Router, Request(5, id: Id + 1), destination: Target4);
        var otherTarget = Ip(Router, Request(5), destination: Router);
        var otherToken = (byte[])ours.Clone();
        otherToken[20 + 8] ^= 1;
        var reply = Ip(Router, Reply(5), destination: Target4);
        var udp = (byte[])ours.Clone();
        udp[9] = 17;

        Raw4().MatchDatagram(Ip(Router, Error(3, 1, ours)), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Error);
        foreach (var quote in new[] { otherId, otherTarget, otherToken, reply, udp, ours[..27], ours[..19], [] })
        {
            Raw4().MatchDatagram(Ip(Router, Error(3, 1, quote)), null, null, 0).ShouldBeNull();
            Raw4().MatchDatagram(Ip(Target4, Error(3, 1, quote)), null, null, 0)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);
        }
    }

    [Fact]
    public void An_ipv6_error_is_read_through_its_quote()
    {
        byte[] quote = [0x60, 0, 0, 0, 0, 32, 58, 1, .. IPAddress.IPv6Loopback.GetAddressBytes(), .. Target6.GetAddressBytes(), .. Request(5, type: 128)];

        Raw6().MatchDatagram(Error(3, 0, quote), Router, null, 9).ShouldBe(new EchoAnswer(EchoAnswerKind.Error, 5, Router, 3, 0, null, 9));
        Raw6().MatchDatagram(Error(3, 0, quote[..47]), Router, null, 9).ShouldBeNull();
    }

    [Fact]
    public void The_error_queue_s_entry_is_ours_when_it_quotes_our_request()
    {
        var error = new ExtendedError(113, ErrorOrigin.Icmp, 3, 1, Router);
        var other = Request(5);
        other[8] ^= 1;

        Dgram4().MatchQueued(Request(5, id: 99), error, 9).ShouldBe(new EchoAnswer(EchoAnswerKind.Error, 5, Router, 3, 1, null, 9));
        Dgram4().MatchQueued(other, error, 9)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);
        Dgram4().MatchQueued(Request(5).AsSpan(0, 7), error, 9)!.Value.Kind.ShouldBe(EchoAnswerKind.Ignored);
        Dgram4().MatchQueued(Request(5), error with { Origin = ErrorOrigin.Local }, 9).ShouldBeNull();
        Dgram4().MatchQueued(Request(5), error with { Type = 5 }, 9).ShouldBeNull();
    }

    [Fact]
    public void Random_and_broken_packets_never_throw_and_are_never_ours()
    {
        var random = new Random(20261122);
        byte[][] seeds =
        [
            Ip(Target4, Reply(3)), Ip(Router, Error(3, 1, Ip(Router, Request(5), destination: Target4))), Reply(3), Reply(3, type: 129),
            Error(3, 0, [0x60, 0, 0, 0, 0, 32, 58, 1, .. IPAddress.IPv6Loopback.GetAddressBytes(), .. Target6.GetAddressBytes(), .. Request(5, type: 128)]),
        ];
        for (var i = 0; i < 100_000; i++)
        {
            byte[] packet = [.. seeds[i % seeds.Length]];
            // The token is never among what is broken, or it would not be a guess.
            Array.Resize(ref packet, random.Next(packet.Length + 1));
            for (var flips = random.Next(1, 6); flips > 0 && packet.Length > 0; flips--)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            foreach (var matcher in new[] { Raw4(), Dgram4(), Raw6() })
            {
                var answer = matcher.MatchDatagram(packet, Target4, random.Next(256), 0);
                if (answer is { Kind: EchoAnswerKind.Reply } reply)
                    _payload.Matches((ushort)reply.Sequence, packet.AsSpan()[^24..]).ShouldBeTrue();
                matcher.MatchQueued(packet, new ExtendedError(1, ErrorOrigin.Icmp, 3, 1, null), 0);
            }
        }
    }

    private EchoMatcher Raw4() => new(Target4, _payload, Id);

    private EchoMatcher Dgram4() => new(Target4, _payload, null);

    private EchoMatcher Raw6() => new(Target6, _payload, Id);

    private byte[] Request(ushort sequence, int id = Id, byte type = 8)
    {
        byte[] packet = [type, 0, 0, 0, (byte)(id >> 8), (byte)id, (byte)(sequence >> 8), (byte)sequence, .. _payload.For(sequence)];
        return Checked(packet);
    }

    private byte[] Reply(ushort sequence, int id = Id, byte type = 0) => Request(sequence, id, type);

    private static byte[] Error(byte type, byte code, byte[] quote) => Checked([type, code, 0, 0, 0, 0, 0, 0, .. quote]);

    private static byte[] Checked(byte[] icmp)
    {
        if (icmp.Length < 4)
            return icmp;
        icmp[2] = icmp[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), IcmpPacket.Checksum(icmp));
        return icmp;
    }

    private static byte[] Ip(IPAddress source, byte[] payload, IPAddress? destination = null)
    {
        byte[] packet = [0x45, 0, 0, 0, 0, 0, 0, 0, 57, 1, 0, 0, .. source.GetAddressBytes(), .. (destination ?? IPAddress.Loopback).GetAddressBytes(), .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        return packet;
    }
}
