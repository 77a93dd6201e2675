using System.Net;
using ActorMonitor.Probes.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsNameTests
{
    [Theory]
    [InlineData(".", "00", ".")]
    [InlineData("www.example", "03777777076578616D706C6500", "www.example.")]
    [InlineData("www.example.", "03777777076578616D706C6500", "www.example.")]
    [InlineData("_http._tcp.x", "055F68747470045F746370017800", "_http._tcp.x.")]
    [InlineData("a\\.b.c", "03612E62016300", "a\\.b.c.")]
    [InlineData("a\\046b", "03612E6200", "a\\.b.")]
    [InlineData("\\000\\032\\255", "030020FF00", "\\000\\032\\255.")]
    [InlineData("a\\\\b", "03615C6200", "a\\\\b.")]
    public void A_name_is_read_and_printed_in_presentation_form(string text, string wire, string printed)
    {
        DnsName.TryParse(text, out var name).ShouldBeTrue();

        Convert.ToHexString(name.Wire).ShouldBe(wire);
        name.ToString().ShouldBe(printed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("bücher.example")]
    [InlineData("a\\")]
    [InlineData("a\\25")]
    [InlineData("a\\256")]
    [InlineData("a\n")]
    public void What_is_no_name_is_not_read(string text) => DnsName.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_has_at_most_63_bytes(int length, bool isName) => DnsName.TryParse(new string('a', length), out _).ShouldBe(isName);

    [Theory]
    [InlineData(61, true)]
    [InlineData(62, false)]
    public void A_name_has_at_most_255_bytes(int lastLabel, bool isName)
    {
        var label = new string('a', 63);

        // 3 x 64 bytes, the last label with its length, and the root.
        DnsName.TryParse($"{label}.{label}.{label}.{new string('b', lastLabel)}", out _).ShouldBe(isName);
    }

    [Fact]
    public void Case_does_not_tell_names_apart()
    {
        var upper = Parsed("WWW.Example");
        var lower = Parsed("www.example.");

        upper.ShouldBe(lower);
        upper.GetHashCode().ShouldBe(lower.GetHashCode());
        upper.ShouldNotBe(Parsed("www.example.org"));

        static DnsName Parsed(string text) => DnsName.TryParse(text, out var name) ? name : throw new ArgumentException(text);
    }

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa.")]
    [InlineData("2001:db8::567:89ab", "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    public void An_address_has_a_reverse_name(string address, string name) => DnsName.ReverseOf(IPAddress.Parse(address)).ToString().ShouldBe(name);

    [Fact]
    public void The_compressed_names_of_RFC_1035_are_read()
    {
        // RFC 1035 section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
        var message = new byte[93];
        DnsBytes.Name("F.ISI.ARPA").CopyTo(message, 20);
        ((byte[])[3, .. "FOO"u8, 0xC0, 20]).CopyTo(message, 40);
        ((byte[])[0xC0, 26]).CopyTo(message, 64);

        (string, int) ReadAt(int offset) => (DnsName.Read(message, ref offset).ToString(), offset);
        ReadAt(20).ShouldBe(("F.ISI.ARPA.", 32));
        ReadAt(40).ShouldBe(("FOO.F.ISI.ARPA.", 46));
        ReadAt(64).ShouldBe(("ARPA.", 66));
        ReadAt(92).ShouldBe((".", 93));
    }

    [Theory]
    [InlineData("C00C", "itself")]
    [InlineData("C00E", "ahead")]
    [InlineData("0161C00C", "back to its own label: a loop")]
    [InlineData("C000", "into the header")]
    [InlineData("C0", "cut pointer")]
    [InlineData("0361", "cut label")]
    [InlineData("0161", "no end")]
    [InlineData("40", "reserved type 01")]
    [InlineData("80", "reserved type 10")]
    [InlineData("", "nothing")]
    public void What_is_no_name_on_the_wire_is_refused(string hex, string why)
    {
        byte[] message = [.. new byte[12], .. Convert.FromHexString(hex)];

        var offset = 12;
        Should.Throw<DnsFormatException>(() => DnsName.Read(message, ref offset), why);
    }

    [Fact]
    public void A_chain_of_pointers_ends_at_255_bytes()
    {
        // Each name is one label and a pointer to the name before: the n-th has n labels.
        var message = new List<byte>(new byte[12]) { 1, (byte)'a', 0 };
        var previous = 12;
        var offsets = new List<int> { 12 };
        for (var i = 0; i < 200; i++)
        {
            offsets.Add(message.Count);
            message.AddRange([1, (byte)'a', (byte)(0xC0 | (previous >> 8)), (byte)previous]);
            previous = offsets[^1];
        }

        var bytes = message.ToArray();
        var longest = offsets[126];
        DnsName.Read(bytes, ref longest).Wire.Length.ShouldBe(255);
        var tooLong = offsets[127];
        Should.Throw<DnsFormatException>(() => DnsName.Read(bytes, ref tooLong));
    }
}
