using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Prompt;

public sealed class LineBufferTests
{
    private readonly LineBuffer _line = new([]);

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
        Press(ConsoleKey.UpArrow);
        Shows("second|");
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Shows("first|");
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Shows("|");
    }

    [Fact]
    public void Up_recalls_lines_that_begin_with_what_is_typed()
    {
        var line = new LineBuffer(["jobs list", "ledger", "jobs pause a", "jobs list", "uptime"]);
        foreach (var c in "jobs")
            line.Apply(Key(c));

        line.Apply(Key(ConsoleKey.UpArrow));
        line.Text.ShouldBe("jobs list");
        line.Apply(Key(ConsoleKey.UpArrow));
        line.Text.ShouldBe("jobs pause a");
        line.Apply(Key(ConsoleKey.UpArrow));
        line.Apply(Key(ConsoleKey.UpArrow));
        line.Text.ShouldBe("jobs list");
        for (var i = 0; i < 5; i++)
            line.Apply(Key(ConsoleKey.DownArrow));
        line.Text.ShouldBe("jobs");
    }

    [Fact]
    public void A_line_that_begins_with_a_space_is_not_recalled()
    {
        _line.Begin("first");
        _line.Begin(" second");
        Press(ConsoleKey.UpArrow);
        Shows("first|");
    }

    [Fact]
    public void Control_R_searches_from_the_newest_line_back_while_the_text_is_typed()
    {
        var line = new LineBuffer(["jobs list", "ledger google", "jobs pause google", "uptime"]);
        line.Apply(Key('x'));
        line.Apply(Ctrl(ConsoleKey.R)).ShouldBe(LineStep.Edited);
        line.Search!.Prompt.ShouldBe("(search \"\") ");
        foreach (var c in "GOO")
            line.Apply(Key(c));
        (line.Text, line.Cursor).ShouldBe(("jobs pause google", 11));
        line.Search.Prompt.ShouldBe("(search \"GOO\") ");

        line.Apply(Ctrl(ConsoleKey.R));
        line.Text.ShouldBe("ledger google");
        line.Apply(Ctrl(ConsoleKey.R));
        line.Text.ShouldBe("ledger google");
        line.Search.Prompt.ShouldBe("(no line with \"GOO\") ");
        line.Apply(Key(ConsoleKey.Backspace));
        line.Search.Fails.ShouldBeFalse();

        line.Apply(Key(ConsoleKey.End));
        line.Search.ShouldBeNull();
        line.Apply(Key('!'));
        line.Text.ShouldEndWith("google!");
    }

    [Fact]
    public void A_search_that_is_given_up_leaves_the_line_as_it_was()
    {
        var line = new LineBuffer(["jobs list"]);
        line.Apply(Key('x'));
        line.Apply(Ctrl(ConsoleKey.R));
        line.Apply(Key('j'));
        line.Text.ShouldBe("jobs list");

        line.Apply(Ctrl(ConsoleKey.G)).ShouldBe(LineStep.Edited);
        line.Text.ShouldBe("x");
        line.Search.ShouldBeNull();
    }

    [Fact]
    public void Enter_in_a_search_submits_the_line_found()
    {
        var line = new LineBuffer(["jobs list"]);
        line.Apply(Ctrl(ConsoleKey.R));
        line.Apply(Key('l'));

        line.Apply(Key(ConsoleKey.Enter)).ShouldBe(LineStep.Submitted);
        line.Text.ShouldBe("jobs list");
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
    public void A_completed_word_takes_the_place_of_the_unfinished_one()
    {
        Type("jobs show my --limit 3");
        for (var i = 0; i < " --limit 3".Length; i++)
            Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Tab).ShouldBe(LineStep.Completing);

        _line.Complete(new LineCompletion("\"my job\" ", 10, []));
        Shows("jobs show \"my job\"| --limit 3");
        _line.Complete(LineCompletion.None);
        Shows("jobs show \"my job\"| --limit 3");
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

    private LineStep Press(ConsoleKey key) => _line.Apply(Key(key));

    private LineStep Control(ConsoleKey key) => _line.Apply(Ctrl(key));

    private static ConsoleKeyInfo Key(char c) => new(c, ConsoleKey.None, shift: false, alt: false, control: false);

    private static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, shift: false, alt: false, control: false);

    private static ConsoleKeyInfo Ctrl(ConsoleKey key) => new('\0', key, shift: false, alt: false, control: true);

    private void Shows(string textAndCursor) => _line.Text.Insert(_line.Cursor, "|").ShouldBe(textAndCursor);
}
