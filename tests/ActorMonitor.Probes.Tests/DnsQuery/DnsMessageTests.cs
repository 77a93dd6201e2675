using System.Text;
using ActorMonitor.Probes.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsMessageTests
{
    private static readonly DnsQuestion Question = QuestionFor("www.example", DnsType.A);

    [Fact]
    public void A_query_is_written_byte_for_byte()
        => Convert.ToHexString(Question.Encode(0x1234, recursion: true, payloadBytes: null, dnssec: false)).ShouldBe(
            "12340120" + "0001000000000000" + "03777777076578616D706C6500" + "00010001");

    [Fact]
    public void A_query_with_EDNS_ends_with_its_OPT_record()
        => Convert.ToHexString(Question.Encode(0xABCD, recursion: false, payloadBytes: 1232, dnssec: true)).ShouldBe(
            "ABCD0020" + "0001000000000001" + "03777777076578616D706C6500" + "00010001" + "00" + "0029" + "04D0" + "00008000" + "0000");

    [Fact]
    public void An_answer_is_read_section_by_section()
    {
        var bytes = DnsBytes.Answer(
            DnsBytes.Query(),
            [DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("host.example"), ttl: 60), DnsBytes.Record(DnsBytes.Name("host.example"), 1, [192, 0, 2, 1], ttl: 30)],
            flags: 0x85B0,
            authorities: [DnsBytes.Record(DnsBytes.Name("example"), 2, DnsBytes.Name("ns.example"))],
            additionals: [DnsBytes.Record(DnsBytes.Name("ns.example"), 1, [192, 0, 2, 53]), DnsBytes.Option()]);

        var message = DnsMessage.Read(bytes);

        message.Id.ShouldBe((ushort)0x1234);
        DnsCodes.NamesOf(message.Flags).ShouldBe(["aa", "rd", "ra", "ad", "cd"]);
        (message.Opcode, message.Rcode, message.Edns is not null).ShouldBe((0, 0, true));
        message.Question.ShouldBe(Question);
        message.Answers.Select(record => record.ToString()).ShouldBe(["www.example. 60 IN CNAME host.example.", "host.example. 30 IN A 192.0.2.1"]);
        message.Authorities.Select(record => record.ToString()).ShouldBe(["example. 300 IN NS ns.example."]);
        message.Additionals.Select(record => record.ToString()).ShouldBe(["ns.example. 300 IN A 192.0.2.53"]);
    }

    [Theory]
    [InlineData(1, "C0000201", "192.0.2.1")]
    [InlineData(28, "20010DB8000000000000000000000001", "2001:db8::1")]
    [InlineData(2, "026E73C00C", "ns.www.example.")]
    [InlineData(12, "00", ".")]
    [InlineData(15, "000A04" + "6D61696C" + "C010", "10 mail.example.")]
    [InlineData(16, "03613262" + "00" + "04225C7F20", "\"a2b\" \"\" \"\\\"\\\\\\127 \"")]
    [InlineData(6, "026E73C010" + "0161C010" + "7885A2A1" + "00000E10" + "00000258" + "00093A80" + "0000003C", "ns.example. a.example. 2022023841 3600 600 604800 60")]
    [InlineData(33, "000000050050C00C", "0 5 80 www.example.")]
    [InlineData(257, "00056973737565" + "63612E6578616D706C65", "0 issue \"ca.example\"")]
    [InlineData(257, "8003" + "746273", "128 tbs \"\"")]
    [InlineData(65_280, "0102FF", "\\# 3 0102ff")]
    [InlineData(65_280, "", "\\# 0")]
    public void Each_type_has_its_presentation_form(int type, string data, string expected)
        => ReadOne(DnsBytes.Record(DnsBytes.Asked, type, Convert.FromHexString(data))).Data.ShouldBe(expected);

    [Theory]
    [InlineData(1, "C00002")]
    [InlineData(1, "C000020100")]
    [InlineData(28, "C0000201")]
    [InlineData(2, "")]
    [InlineData(2, "C00C00")]
    [InlineData(2, "0361")]
    [InlineData(15, "00")]
    [InlineData(15, "000A")]
    [InlineData(16, "")]
    [InlineData(16, "0561")]
    [InlineData(6, "0000")]
    [InlineData(6, "000001020304050607080910111213141516171819")]
    [InlineData(33, "000000050050")]
    [InlineData(257, "00")]
    [InlineData(257, "0000")]
    [InlineData(257, "0005697373")]
    [InlineData(257, "00012061")]
    public void Data_that_breaks_its_type_is_refused(int type, string data)
        => Should.Throw<DnsFormatException>(() => ReadOne(DnsBytes.Record(DnsBytes.Asked, type, Convert.FromHexString(data))));

    [Theory]
    [InlineData(39, "0378797A00", "DNAME xyz.")]
    [InlineData(43, "12670D02AABB", "DS 4711 13 2 AABB")]
    [InlineData(44, "0402AABB", "SSHFP 4 2 AABB")]
    [InlineData(46, "00010D020000012C6912500069124FFF12670378797A00010203", "RRSIG A 13 2 300 20251110205008 20251110205007 4711 xyz. AQID")]
    [InlineData(48, "0101030D010203", "DNSKEY 257 3 13 AQID")]
    [InlineData(52, "030101AABB", "TLSA 3 1 1 AABB")]
    [InlineData(13, "014101420000", "HINFO \"A\" \"B\" \"\" \"\"")]
    public void The_types_of_security_have_their_forms(int type, string data, string text)
        => ReadOne(DnsBytes.Record(DnsBytes.Asked, type, Convert.FromHexString(data))).ToString().ShouldBe($"www.example. 300 IN {text}");

    [Theory]
    [InlineData(43, "12670D")]
    [InlineData(44, "04")]
    [InlineData(46, "00010D020000012C6912500069124FFF1267")]
    [InlineData(46, "00010D020000012C6912500069124FFF12670378797A")]
    [InlineData(48, "010103")]
    [InlineData(52, "0301")]
    public void A_record_that_is_too_short_is_malformed(int type, string data)
        => Should.Throw<DnsFormatException>(() => ReadOne(DnsBytes.Record(DnsBytes.Asked, type, Convert.FromHexString(data))));

    [Fact]
    public void The_OPT_record_tells_version_size_and_server()
    {
        var message = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Option(0, [0, 3, 0, 3, .. "ns7"u8])]));
        var binary = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Option(0, [0, 3, 0, 2, 1, 255])]));

        (message.Edns!.ToString(), message.Edns.ServerId, binary.Edns!.ServerId).ShouldBe(("version 0, 1232 bytes", "ns7", "01ff"));
    }

    [Fact]
    public void A_type_of_another_class_is_shown_as_unknown()
        => ReadOne(DnsBytes.Record(DnsBytes.Asked, 1, [1, 2], @class: 3)).ToString().ShouldBe("www.example. 300 CH A \\# 2 0102");

    [Fact]
    public void A_TTL_with_the_highest_bit_is_zero()
        => ReadOne(DnsBytes.Record(DnsBytes.Asked, 1, [192, 0, 2, 1], ttl: unchecked((int)0x80000001))).TtlSeconds.ShouldBe(0u);

    [Fact]
    public void The_serial_of_an_SOA_is_a_number()
        => ReadOne(DnsBytes.Record(DnsBytes.Asked, 6, Convert.FromHexString("0000" + "FFFFFFFF" + "00000000000000000000000000000000"))).Serial.ShouldBe(uint.MaxValue);

    [Fact]
    public void The_upper_bits_of_the_rcode_are_in_the_OPT_record()
    {
        var message = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [], flags: 0x8180, additionals: [DnsBytes.Option(upperRcode: 1)]));

        message.Rcode.ShouldBe(16);
        DnsCodes.RcodeName(message.Rcode).ShouldBe("BADVERS");
        DnsCodes.RcodeName(3841).ShouldBe("RCODE3841");
    }

    [Fact]
    public void Extended_errors_are_read_without_control_characters()
    {
        var text = Encoding.UTF8.GetBytes("blocked\u001b[31m");
        byte[] cookie = [0, 10, 0, 2, 9, 9];
        byte[] error = [0, 15, .. DnsBytes.Number(2 + text.Length), 0, 15, .. text];

        var message = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Option(0, [.. cookie, .. error])]));

        message.ExtendedErrors.ShouldBe(["15 blocked[31m"]);
    }

    [Fact]
    public void A_truncated_message_may_end_in_the_middle_of_a_record()
    {
        var message = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Address(1, 2, 3, 4)], flags: 0x8380).AsSpan()[..^2]);

        (message.Question, message.Answers.Length).ShouldBe((Question, 0));
    }

    public static TheoryData<string, byte[]> Broken() => new()
    {
        { "shorter than a header", new byte[11] },
        { "a question is promised", Convert.FromHexString("123481800001000000000000") },
        { "two questions", [.. Convert.FromHexString("123481800002000000000000"), 0, 0, 1, 0, 1, 0, 0, 1, 0, 1] },
        { "the question is cut", DnsBytes.Answer(DnsBytes.Query(), [])[..^1] },
        { "an answer is promised", With(DnsBytes.Answer(DnsBytes.Query(), []), 7, 1) },
        { "65,535 answers are promised", With(With(DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Address(1, 2, 3, 4)]), 6, 255), 7, 255) },
        { "the record is cut", DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Address(1, 2, 3, 4)])[..^1] },
        { "the record's frame is cut", DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Address(1, 2, 3, 4)])[..^5] },
        { "bytes follow", [.. DnsBytes.Answer(DnsBytes.Query(), []), 0] },
        { "two OPT records", DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Option(), DnsBytes.Option()]) },
        { "an OPT record with a name", DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Record(DnsBytes.Asked, 41, [])]) },
        { "a cut option", DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Option(0, 0, 10, 0, 9, 1)]) },
        { "a cut extended error", DnsBytes.Answer(DnsBytes.Query(), [], additionals: [DnsBytes.Option(0, 0, 15, 0, 1, 1)]) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_message_is_refused(string why, byte[] bytes) => Should.Throw<DnsFormatException>(() => DnsMessage.Read(bytes), why);

    [Fact]
    public void Bytes_of_every_kind_are_read_or_refused_and_never_worse()
    {
        var random = new Random(1035);
        var seeds = new[]
        {
            DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Record(DnsBytes.Asked, 6, [.. DnsBytes.Asked, .. DnsBytes.Asked, .. new byte[20]]), DnsBytes.Record(DnsBytes.Asked, 16, [3, 65, 66, 67])]),
            DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Record(DnsBytes.Asked, 33, [0, 0, 0, 0, 0, 0, .. DnsBytes.Asked]), DnsBytes.Record(DnsBytes.Asked, 257, [0, 5, .. "issueca"u8])], additionals: [DnsBytes.Option(0, 0, 15, 0, 2, 0, 1)]),
            DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Address(1, 2, 3, 4), DnsBytes.Record(DnsBytes.Asked, 15, [0, 1, 1, 97, .. DnsBytes.Asked])]),
        };
        var read = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = i % 10 == 0 ? new byte[random.Next(0, 600)] : (byte[])seeds[i % seeds.Length].Clone();
            if (i % 10 == 0)
                random.NextBytes(bytes);
            for (var flips = random.Next(0, 5); flips > 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => 0xC0, 1 => (byte)random.Next(16), _ => (byte)random.Next(256) };
            try
            {
                var message = DnsMessage.Read(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length + 1) : bytes.Length));
                _ = string.Join('\n', message.Answers);
                read++;
            }
            catch (DnsFormatException)
            {
                // Refused, as most are.
            }
        }

        read.ShouldBeInRange(10_000, 90_000);
    }

    internal static DnsQuestion QuestionFor(string name, DnsType type)
    {
        DnsName.TryParse(name, out var parsed).ShouldBeTrue();
        return new DnsQuestion(parsed, (ushort)type, DnsCodes.Internet);
    }

    private static DnsRecord ReadOne(byte[] record) => DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [record])).Answers.ShouldHaveSingleItem();

    private static byte[] With(byte[] bytes, int index, byte value)
    {
        var copy = (byte[])bytes.Clone();
        copy[index] = value;
        return copy;
    }
}
