using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Wire;

public sealed class WireTests
{
    private static readonly ImmutableArray<ShellColumn> Columns =
        [new("t"), new("n", ColumnKind.Number), new("f", ColumnKind.Flag), new("d", ColumnKind.Duration), new("i", ColumnKind.Instant)];

    [Fact]
    public async Task Outputs_have_these_lines_on_the_wire()
    {
        var pipe = new Pipe();
        using (var writer = new WireWriter(pipe.Writer))
        {
            await writer.WriteAsync(new TableHeader(Columns));
            await writer.WriteAsync(new TableRow("a\n", 1.5, true, TimeSpan.FromMilliseconds(1.5), DateTimeOffset.UnixEpoch));
            await writer.WriteAsync(new TextLine("hello"));
            await writer.WriteAsync(new Failure("no"));
            await writer.EndAsync();
        }

        await pipe.Writer.CompleteAsync();
        Encoding.UTF8.GetString((await pipe.Reader.ReadAsync()).Buffer).ShouldBe(
            """
            {"kind":"header","columns":[{"name":"t","type":"text"},{"name":"n","type":"number"},{"name":"f","type":"flag"},{"name":"d","type":"duration"},{"name":"i","type":"instant"}]}
            {"kind":"row","values":["a\n",1.5,true,0.0015,"1970-01-01T00:00:00Z"]}
            {"kind":"text","text":"hello"}
            {"kind":"failure","text":"no"}

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        ShellValue[] values = ["text", 12, 0.5, TimeSpan.FromMinutes(3), new DateTimeOffset(2026, 11, 22, 10, 15, 1, TimeSpan.Zero)];
        ImmutableArray<ShellColumn> columns = [new("a"), new("b", ColumnKind.Number), new("c", ColumnKind.Number), new("d", ColumnKind.Duration), new("e", ColumnKind.Instant)];

        Read(Write(new TableHeader(columns)), []).ShouldBeOfType<TableHeader>().Columns.ShouldBe(columns);
        Read(Write(new TableRow([.. values])), columns).ShouldBeOfType<TableRow>().Values.ShouldBe(values);
        Read(Write(new TextLine("x")), []).ShouldBe(new TextLine("x"));
        Read(Write(new Failure("x")), []).ShouldBe(new Failure("x"));
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut()
    {
        var text = Read(Write(new TextLine(new string('x', 100_000))), []).ShouldBeOfType<TextLine>().Text;
        text.Length.ShouldBe(8 * 1024);
        text.ShouldEndWith("...");
    }

    [Theory]
    [InlineData("""{"kind":"row","values":["x",1,true,1e300,"2026-13-45"]}""", "x|1|yes|1E+300|2026-13-45")]
    [InlineData("""{"kind":"row","values":[1,"x",null,"5",9]}""", "1|x|-|5|9")]
    [InlineData("""{"kind":"row","values":["a","b","c","d","e","f","g"]}""", "a|b|c|d|e")]
    [InlineData("""{"kind":"row"}""", "")]
    public void Values_that_do_not_fit_their_column_are_shown_as_they_came(string line, string shown)
        => string.Join('|', Read(line, Columns).ShouldBeOfType<TableRow>().Values.Select(value => value.Content is double d ? d.ToString("R") : value.ToString())).ShouldBe(shown);

    [Fact]
    public void Columns_and_kinds_of_a_newer_node_do_no_harm()
    {
        Read("""{"kind":"header","columns":[{"name":"a","type":"colour"},null,{"name":"b","type":"7"},{}]}""", [])
            .ShouldBeOfType<TableHeader>().Columns.ShouldBe([new("a"), new("b"), new("")]);
        Read("""{"kind":"picture","pixels":[1,2]}""", []).ShouldBeNull();
        Read("{}", []).ShouldBeNull();
    }

    [Fact]
    public void Two_lines_never_have_one_proof()
    {
        const string Token = "0123456789abcdef";
        TokenProof.Of(Token, "n", ["a", "b"]).ShouldNotBe(TokenProof.Of(Token, "n", ["ab"]));
        TokenProof.Of(Token, "n", ["a1:b"]).ShouldNotBe(TokenProof.Of(Token, "n", ["a", "b"]));
        TokenProof.Of(Token, "n", ["a"]).ShouldNotBe(TokenProof.Of(Token, "m", ["a"]));
        TokenProof.Of(Token, "n", ["a"]).ShouldNotBe(TokenProof.Of(Token + "!", "n", ["a"]));
    }

    [Fact]
    public void A_proof_is_right_or_wrong_and_never_fails()
    {
        const string Token = "0123456789abcdef";
        TokenProof.IsRight(Token, "n", ["a"], TokenProof.Of(Token, "n", ["a"])).ShouldBeTrue();
        TokenProof.IsRight(Token, "n", ["a"], "").ShouldBeFalse();
        TokenProof.IsRight(Token, "n", ["a"], new string('ü', 64)).ShouldBeFalse();
    }

    private static string Write(ShellOutput output) => JsonSerializer.Serialize(WireLine.Of(output), WireJson.Default.WireLine);

    private static ShellOutput? Read(string line, ImmutableArray<ShellColumn> columns) => JsonSerializer.Deserialize(line, WireJson.Default.WireLine)!.ToOutput(columns);
}
