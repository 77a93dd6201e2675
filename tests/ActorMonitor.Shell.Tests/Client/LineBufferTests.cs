using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client;

public sealed class LineBufferTests
{
    private readonly LineBuffer _line = new(["jobs list", "jobs pause", "ledger", "help"]);

    [Fact]
    public void Keys_edit_the_line_at_the_cursor()
    {
        Type("jbs list");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.RightArrow);
        Type("o");
        Shows("jo|bs list");

        Press(ConsoleKey.Delete);
        Press(ConsoleKey.Backspace);
        Shows("j|s list");

        Press(ConsoleKey.End);
        Press(ConsoleKey.LeftArrow);
        Shows("js lis|t");
    }

    [Fact]
    public void Control_keys_do_what_they_do_in_a_shell()
    {
        Type("jobs list --limit 3");
        Control(ConsoleKey.W);
        Shows("jobs list --limit |");
        Control(ConsoleKey.W);
        Shows("jobs list |");
        Control(ConsoleKey.A);
        Press(ConsoleKey.RightArrow);
        Control(ConsoleKey.K);
        Shows("j|");
        Control(ConsoleKey.U);
        Shows("|");
        Control(ConsoleKey.D).ShouldBe(LineStep.Ended);
        Type("x");
        Control(ConsoleKey.A);
        Control(ConsoleKey.D).ShouldBe(LineStep.Edited);
        Shows("|");
        Control(ConsoleKey.C).ShouldBe(LineStep.Abandoned);
        Control(ConsoleKey.L).ShouldBe(LineStep.Cleared);
        Press(ConsoleKey.Enter).ShouldBe(LineStep.Submitted);
    }

    [Fact]
    public void Keys_at_the_ends_of_the_line_do_nothing()
    {
        foreach (var key in new[] { ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.LeftArrow, ConsoleKey.RightArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.Escape, ConsoleKey.F5 })
            Press(key).ShouldBe(LineStep.Edited);
        Shows("|");
    }

    [Fact]
    public void A_character_of_two_halves_is_one()
    {
        Type("a🚀b");
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Backspace);
        Shows("a|b");
    }

    [Fact]
    public void Up_and_down_walk_the_lines_before_and_come_back_to_the_one_begun()
    {
        _line.Begin("first");
        _line.Begin("second");
        _line.Begin("second");
        _line.Begin("  ");
        Type("third");

        Press(ConsoleKey.UpArrow);
        Shows("second|");
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Shows("first|");
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Shows("third|");
    }

    [Fact]
    public void The_lines_before_are_bounded()
    {
        for (var i = 0; i < LineBuffer.MaxHistory + 10; i++)
            _line.Begin($"line {i}");
        for (var i = 0; i < LineBuffer.MaxHistory + 10; i++)
            Press(ConsoleKey.UpArrow);

        Shows("line 10|");
    }

    [Fact]
    public void The_line_is_bounded()
    {
        Type(new string('x', LineBuffer.MaxLength + 10));

        _line.Text.Length.ShouldBe(LineBuffer.MaxLength);
    }

    [Fact]
    public void Tab_completes_as_far_as_all_agree_and_then_shows_what_there_is()
    {
        Type("j");
        Press(ConsoleKey.Tab).ShouldBe(LineStep.Edited);
        Shows("jobs |");
        Press(ConsoleKey.Tab).ShouldBe(LineStep.Undecided);
        _line.Possibilities.ShouldBe(["jobs list", "jobs pause"]);
        Type("p");
        Press(ConsoleKey.Tab);
        Shows("jobs pause |");
        Press(ConsoleKey.Tab).ShouldBe(LineStep.Edited);
        Shows("jobs pause |");
    }

    [Fact]
    public void A_line_longer_than_the_terminal_is_shown_around_its_cursor()
    {
        TerminalLines.Drawing("> ", "abc", 3, 80).ShouldBe("\r> abc\e[K\r\e[5C");
        TerminalLines.Drawing("> ", "abc", 0, 80).ShouldBe("\r> abc\e[K\r\e[2C");
        TerminalLines.Drawing("> ", "0123456789abcdefghij", 20, 20).ShouldBe("\r> 456789abcdefghij\e[K\r\e[18C");
        TerminalLines.Drawing("> ", "0123456789abcdefghij", 0, 20).ShouldBe("\r> 0123456789abcdefg\e[K\r\e[2C");
        TerminalLines.Drawing("> ", "日本", 2, 80).ShouldBe("\r> 日本\e[K\r\e[6C");
    }

    private void Type(string text)
    {
        foreach (var c in text)
            _line.Apply(new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false)).ShouldBe(LineStep.Edited);
    }

    private LineStep Press(ConsoleKey key) => _line.Apply(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control: false));

    private LineStep Control(ConsoleKey key) => _line.Apply(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control: true));

    private void Shows(string textAndCursor) => _line.Text.Insert(_line.Cursor, "|").ShouldBe(textAndCursor);
}
