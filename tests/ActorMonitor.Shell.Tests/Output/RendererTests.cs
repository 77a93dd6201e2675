using System.Text.Json;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Output;

public sealed class RendererTests
{
    private static readonly ShellOutput[] Everything =
    [
        new TextLine("Two tables.\nAnd two lines."),
        new TableHeader(new("client"), new("in flight", ColumnKind.Number), new("share", ColumnKind.Number), new("waits", ColumnKind.Duration), new("seen", ColumnKind.Instant), new("on", ColumnKind.Flag), new("note")),
        new TableRow("manager-1", 12, 0.25, TimeSpan.FromMilliseconds(71.301), new DateTimeOffset(2026, 11, 22, 11, 15, 1, 250, TimeSpan.FromHours(1)), true, "ends in a space "),
        new TableRow("日本", 1234567, double.NaN, ShellValue.None, ShellValue.None, false, ""),
        new TableHeader("empty", "table"),
        new TextLine("Between."),
        new TableHeader("job"),
        new TableRow("evil \e[31m\u202E\n\t\u0085\ud800 text"),
        new Failure("It failed: \e[2J."),
    ];

    [Fact]
    public async Task Text_is_aligned_and_safe_for_a_terminal()
    {
        var (output, error) = await RenderAsync((o, e) => new TextRenderer(o, e), Everything);

        output.ShouldBe(GoldenFile.Read("everything.txt"));
        error.ShouldBe("pbm: It failed: \\u001b[2J.\n");
    }

    [Fact]
    public async Task Json_is_one_object_a_row()
    {
        var (output, error) = await RenderAsync((o, e) => new JsonRenderer(o, e), Everything);

        output.ShouldBe(GoldenFile.Read("everything.json"));
        foreach (var line in output.TrimEnd('\n').Split('\n'))
            Should.NotThrow(() => JsonDocument.Parse(line));
        error.ShouldBe("{\"error\":\"It failed: \\u001B[2J.\"}\n");
    }

    [Fact]
    public async Task A_table_too_long_to_wait_for_is_printed_on_the_way()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var renderer = new TextRenderer(output, output);
        await renderer.WriteAsync(new TableHeader(new("n", ColumnKind.Number), new("name")));
        for (var i = 0; i < 1_000; i++)
            await renderer.WriteAsync(new TableRow(i, "x"));
        output.ToString().Split('\n').Length.ShouldBe(1_002);

        await renderer.WriteAsync(new TableRow(1000000, "wider"));
        await renderer.EndAsync();

        output.ToString().ShouldStartWith("  N  NAME\n  0  x\n");
        output.ToString().ShouldEndWith("999  x\n1000000  wider\n");
    }

    [Fact]
    public async Task Waiting_in_the_middle_of_a_table_does_not_end_it()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var renderer = new TextRenderer(output, output);
        await renderer.WriteAsync(new TableHeader("name"));
        await renderer.WriteAsync(new TableRow("a"));
        await renderer.FlushAsync();
        await renderer.WriteAsync(new TableRow("b"));
        await renderer.EndAsync();

        output.ToString().ShouldBe("NAME\na\nb\n");
    }

    private static async Task<(string Output, string Error)> RenderAsync(Func<TextWriter, TextWriter, IShellSink> make, ShellOutput[] outputs)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var sink = make(output, error);
        foreach (var written in outputs)
            await sink.WriteAsync(written);
        await sink.EndAsync();
        return (output.ToString(), error.ToString());
    }
}
