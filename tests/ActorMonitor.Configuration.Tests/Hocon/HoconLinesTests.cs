using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class HoconLinesTests
{
    private const string Text = """"
        # actor = 1
        // b = 2
        a { b = 1, c = "} # not a comment"
          d : [ 1, { e = 2 }
            [ 3 ] ]
          "dotted.key" = x }
        a.b.f = ${a.b}
        g = """
        h = 5
        """
        i {
          j
            = 7 }, k += 1
        l = { m = 1 } ${a} { n =
          2 }
        """";

    [Theory]
    [InlineData("a.b", 7)]
    [InlineData("a.c", 3)]
    [InlineData("a.d", 4)]
    [InlineData("a.d[1].e", 4)]
    [InlineData("a.d[2][0]", 5)]
    [InlineData("a.\"dotted.key\"", 6)]
    [InlineData("a.b.f", 7)]
    [InlineData("g", 8)]
    [InlineData("i.j", 12)]
    [InlineData("k", 13)]
    [InlineData("l.m", 14)]
    [InlineData("l.n", 14)]
    public void A_key_is_found_where_it_was_last_written(string path, int line) => HoconLines.Of(Text).Find(path).ShouldBe(line);

    [Theory]
    [InlineData("a.d[1].no", 4)]
    [InlineData("i.no.where", 11)]
    [InlineData("h", null)]
    [InlineData("actor", null)]
    public void A_key_that_is_not_written_is_found_around_it_or_not_at_all(string path, int? line) => HoconLines.Of(Text).Find(path).ShouldBe(line);

    [Fact]
    public void Braces_around_everything_change_nothing() => HoconLines.Of("{\n a { b = 1\n c = 2 }\n}\n").Find("a.c").ShouldBe(3);

    [Fact]
    public void Any_text_is_walked_through_to_its_end()
    {
        var random = new Random(20_261_122);
        const string alphabet = "ab.=:{}[],\"\\#/$+ \n\t?";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            Should.NotThrow(() => HoconLines.Of(text).Find("a.b"));
        }
    }

    [Fact]
    public void Depth_does_not_exhaust_the_stack()
    {
        Should.NotThrow(() => HoconLines.Of(string.Concat(Enumerable.Repeat("a{", 100_000))));
        Should.NotThrow(() => HoconLines.Of("a=" + new string('[', 100_000)));
    }
}
