using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Output;

public sealed class TerminalRenderingTests
{
    private static readonly TableHeader Jobs = new(new("job"), new("target"), new("due", ColumnKind.Number), new("state", ColumnKind.State));

    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    private (int Columns, int Rows) _size = (60, 10);

    [Fact]
    public async Task A_table_that_fits_is_as_wide_as_it_needs()
    {
        await RenderAsync(Plain(), Jobs, new TableRow("google", "www.google.com", 12, "Up"));

        _output.ToString().ShouldBe("JOB     TARGET          DUE  STATE\ngoogle  www.google.com   12  Up\n");
    }

    [Fact]
    public async Task A_table_too_wide_has_its_widest_texts_shortened()
    {
        await RenderAsync(
            Plain(),
            Jobs,
            new TableRow("a-job-with-a-name", "https://a-host-with-a-long-name.example/and/a/path/to/it", 1234, "Up"),
            new TableRow("b", "c", 1, "Down: refused"));

        _output.ToString().ShouldBe(
            """
            JOB                TARGET                 DUE  STATE
            a-job-with-a-name  https://a-host-with…  1234  Up
            b                  c                        1  Down: refused

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Titles_above_numbers_are_shortened_before_a_row_is_taken_apart()
    {
        _size = (28, 10);
        await RenderAsync(Plain(), new TableHeader("job", new("skipped", ColumnKind.Number), new("not running", ColumnKind.Number)), new TableRow("a-job-with-a-name", 1, 123456));

        _output.ToString().ShouldBe("JOB           SKIPP…  NOT R…\na-job-with-…       1  123456\n");
    }

    [Fact]
    public async Task A_table_that_cannot_be_shortened_enough_becomes_records_that_line_up()
    {
        _size = (34, 10);
        await RenderAsync(Plain(), Jobs, new TableRow("a-job-with-a-name", "https://a-host-with-a-long-name.example/", 12345, "Up"), new TableRow("b", "c", 1, "Down"));

        _output.ToString().ShouldBe(
            """
            job: a-job-with-a-name
              target: https://a-host-with-a-long-name.example/
              due: 12345   state: Up
            job: b                   target: c
              due: 1       state: Down

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(44)]
    [InlineData(61)]
    [InlineData(80)]
    public async Task No_row_of_a_table_is_wider_than_the_window(int columns)
    {
        _size = (columns, 10);
        await RenderAsync(Plain(), new TableHeader("name", new("note"), new("at", ColumnKind.Instant)), new TableRow(new string('日', 30), "a much longer note than fits", DateTimeOffset.UnixEpoch), new TableRow("x", "y", ShellValue.None));

        if (_output.ToString().StartsWith("NAME", StringComparison.Ordinal))
            _output.ToString().Split('\n').ShouldAllBe(line => TerminalText.Width(line) <= columns);
        else
            columns.ShouldBeLessThan(12 + 2 + 12 + 2 + 20);
    }

    [Fact]
    public async Task A_pipe_gets_everything_in_full()
    {
        var name = new string('x', 500);
        await RenderAsync(Terminal.None, new TableHeader("name", "other"), new TableRow(name, "y"), new Progress("waiting", 0.5));

        _output.ToString().ShouldEndWith(name + "  y\n");
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Titles_states_and_failures_have_colours()
    {
        await RenderAsync(
            Coloured(),
            new TableHeader(new("state", ColumnKind.State), new("name")),
            new TableRow("Up", "Up"),
            new TableRow("Down: refused", "x"),
            new TableRow("Degraded", "x"),
            new TableRow("yes", "x"),
            new Failure("It failed."));

        _output.ToString().ShouldBe(
            "\e[1mSTATE\e[0m          \e[1mNAME\e[0m\n\e[32mUp\e[0m             Up\n\e[31mDown: refused\e[0m  x\n\e[33mDegraded\e[0m       x\nyes            x\n");
        _error.ToString().ShouldBe("\e[31mpbm: It failed.\e[0m\n");
    }

    [Theory]
    [InlineData(true, ColourChoice.Auto, null, "xterm", true)]
    [InlineData(true, ColourChoice.Auto, "", "xterm", true)]
    [InlineData(true, ColourChoice.Auto, "1", "xterm", false)]
    [InlineData(true, ColourChoice.Auto, null, "dumb", false)]
    [InlineData(false, ColourChoice.Auto, null, "xterm", false)]
    [InlineData(false, ColourChoice.Always, "1", "dumb", true)]
    [InlineData(true, ColourChoice.Never, null, "xterm", false)]
    internal void Colours_are_for_terminals_that_want_them(bool isTerminal, ColourChoice choice, string? noColour, string term, bool isColoured)
    {
        var terminal = Terminal.Of(isTerminal, isTerminal, () => (80, 24), choice, name => name switch { "NO_COLOR" => noColour, "TERM" => term, _ => null });

        terminal.OutputInk.Header("x").ShouldBe(isColoured ? "\e[1mx\e[0m" : "x");
        terminal.IsOutput.ShouldBe(isTerminal && term != "dumb");
    }

    [Fact]
    public async Task Progress_is_one_line_that_is_gone_before_anything_else()
    {
        await RenderAsync(
            Plain(),
            new Progress("reading", 0),
            new Progress("reading", 0.5),
            new Progress("reading", 0.5),
            new Progress("nearly\nthere \e[2J", 1),
            new Progress("and something that takes far longer than one line of this window has room for"),
            new TextLine("Done."));

        _error.ToString().ShouldBe(
            "\r[>                   ]   0% reading\e[K"
            + "\r[==========>         ]  50% reading\e[K"
            + "\r[====================] 100% nearly there \\u001b[2J\e[K"
            + "\rand something that takes far longer than one line of this …\e[K"
            + "\r\e[K");
        _output.ToString().ShouldBe("Done.\n");
    }

    [Fact]
    public async Task Rows_of_a_live_table_are_shown_while_it_waits_for_more()
    {
        var renderer = new TextRenderer(_output, _error, Plain());
        await renderer.WriteAsync(new TableHeader("job", new("took", ColumnKind.Duration)));
        await renderer.WriteAsync(new TableRow("a", TimeSpan.FromSeconds(1)));
        _output.ToString().ShouldBeEmpty();
        await renderer.AliveAsync();
        _output.ToString().ShouldBe("JOB                 TOOK\na                    1 s\n");

        await renderer.WriteAsync(new TableRow("a-name-of-18-cells", TimeSpan.FromSeconds(2)));
        _output.ToString().ShouldEndWith("\na-name-of-18-cells         2 s\n");
        await renderer.WriteAsync(new TableRow("b", TimeSpan.FromSeconds(3)));
        await renderer.EndAsync();
        _output.ToString().ShouldEndWith("\nb                          3 s\n");
    }

    [Fact]
    public async Task A_picture_is_drawn_in_the_place_of_the_one_before()
    {
        var renderer = new TextRenderer(_output, _error, Plain());
        await renderer.WriteAsync(new Frame());
        await renderer.WriteAsync(new TextLine("first"));
        await renderer.WriteAsync(new TableHeader("job"));
        await renderer.WriteAsync(new TableRow("a"));
        _output.ToString().ShouldBeEmpty();
        await renderer.AliveAsync();
        _output.ToString().ShouldBe("\e[H\e[2Jfirst\e[K\r\n\e[K\r\nJOB\e[K\r\na\e[K\r\n\e[J");
        await renderer.AliveAsync();
        _output.GetStringBuilder().Clear();

        await renderer.WriteAsync(new Frame());
        await renderer.WriteAsync(new Failure("gone"));
        await renderer.EndAsync();
        _output.ToString().ShouldBe("\e[Hpbm: gone\e[K\r\n\e[J");
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_picture_higher_than_the_window_is_cut_and_says_so()
    {
        _size = (8, 5);
        await RenderAsync(Plain(), new Frame(), new TextLine("1\n2-and-more\n3\n4\n5\n6"));

        _output.ToString().ShouldBe("\e[H\e[2J1\e[K\r\n2-and-m…\e[K\r\n3\e[K\r\n… 3 more lines\e[K\r\n\e[J");
    }

    [Fact]
    public async Task A_picture_without_an_end_does_not_fill_the_memory()
    {
        _size = (80, 4);
        await RenderAsync(Plain(), [new Frame(), .. Enumerable.Range(0, 5_000).Select(i => new TextLine($"line {i}"))]);

        _output.ToString().ShouldBe("\e[H\e[2Jline 0\e[K\r\nline 1\e[K\r\n… 4998 more lines\e[K\r\n\e[J");
    }

    [Fact]
    public async Task Off_a_terminal_pictures_follow_each_other_and_in_json_they_are_nothing()
    {
        ShellOutput[] twice = [new Frame(), new TableHeader("a"), new TableRow("1"), new Frame(), new TextLine("x"), new TextLine("y"), new TableHeader("a"), new TableRow("2")];
        await RenderAsync(Terminal.None, twice);
        _output.ToString().ShouldBe("A\n1\n\nx\ny\n\nA\n2\n");
        _output.GetStringBuilder().Clear();

        var json = new JsonRenderer(_output, _error);
        foreach (var written in twice.Append(new Progress("x", 0.1)))
            await json.WriteAsync(written);
        await json.EndAsync();
        _output.ToString().ShouldBe("{\"a\":\"1\"}\n{\"text\":\"x\"}\n{\"text\":\"y\"}\n{\"a\":\"2\"}\n");
    }

    [Theory]
    [InlineData("one two three", 13, "one two three")]
    [InlineData("one two three", 12, "one two|three")]
    [InlineData("one two three", 3, "one|two|three")]
    [InlineData("  jobs list  all the jobs of it", 26, "  jobs list  all the jobs|             of it")]
    [InlineData("  jobs list  all the jobs of it", 20, "  jobs list  all the|  jobs of it")]
    [InlineData("https://a-long.example/ x", 10, "https://a-long.example/ x")]
    [InlineData("日本 語日 本", 9, "日本 語日|本")]
    public void Sentences_are_broken_between_words(string text, int cells, string lines) => string.Join('|', TextWrap.Lines(text, cells)).ShouldBe(lines);

    [Fact]
    public async Task Into_a_pipe_sentences_are_not_broken()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 100));
        await RenderAsync(Terminal.None, new TextLine(text));

        _output.ToString().ShouldBe(text + "\n");
    }

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("abcdef", 1, "…")]
    [InlineData("abcdef", 0, "")]
    [InlineData("日本語", 5, "日本…")]
    [InlineData("日本語", 4, "日…")]
    [InlineData("\e[31mabcdef\e[0m", 4, "\e[31mabc…\e[0m")]
    [InlineData("\e[1mab\e[0m cd", 4, "\e[1mab\e[0m …")]
    [InlineData("\e[1mab\e[0m cd", 5, "\e[1mab\e[0m cd")]
    public void A_text_is_shortened_by_its_cells(string text, int cells, string shortened) => TerminalText.Shorten(text, cells).ShouldBe(shortened);

    private async Task RenderAsync(Terminal terminal, params ShellOutput[] outputs)
    {
        var renderer = new TextRenderer(_output, _error, terminal);
        foreach (var written in outputs)
            await renderer.WriteAsync(written);
        await renderer.EndAsync();
    }

    private Terminal Plain() => new() { IsOutput = true, IsError = true, Size = () => _size };

    private Terminal Coloured() => Plain() with { OutputInk = Ink.All, ErrorInk = Ink.All };
}
