using System.Text;
using System.Text.Json.Nodes;
using ActorMonitor.Host.Commands;
using ActorMonitor.Host.Output;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.Output;

public class ConsoleLogTests
{
    private static readonly NodeEvent Ping = new(
        new DateTimeOffset(2026, 11, 22, 10, 15, 1, TimeSpan.Zero), "ping", Success: true, "google: 142.250.72.164 - 71.301 ms", IsChange: false);

    [Fact]
    public void An_event_is_a_line_of_time_service_success_and_details()
        => ConsoleLog.Text(Ping, TimeZoneInfo.Utc).ShouldBe("[2026-11-22 10:15:01] [ping] [True] [google: 142.250.72.164 - 71.301 ms]");

    [Fact]
    public void A_failure_says_False()
        => ConsoleLog.Text(Ping with { Success = false }, TimeZoneInfo.Utc).ShouldContain("] [ping] [False] [");

    [Fact]
    public void The_time_is_the_zones()
        => ConsoleLog.Text(Ping, TimeZoneInfo.CreateCustomTimeZone("plus", TimeSpan.FromHours(9.5), null, null)).ShouldStartWith("[2026-11-22 19:45:01] ");

    [Theory]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a\r\nb")]
    [InlineData("a\u009b31mb")]
    [InlineData("a\u202eb")]
    [InlineData("a\u2028b")]
    [InlineData("a\u200bb")]
    public void What_would_steer_a_terminal_is_made_harmless(string details)
    {
        var line = ConsoleLog.Text(Ping with { Details = details }, TimeZoneInfo.Utc);

        line.ShouldStartWith("[2026-11-22 10:15:01] [ping] [True] [a");
        line.ShouldEndWith("b]");
        line.ToCharArray().ShouldAllBe(c => c >= ' ' && c < '\u007f');
    }

    [Fact]
    public void Letters_of_all_scripts_stay()
        => ConsoleLog.Text(Ping with { Details = "größe 東京 😀" }, TimeZoneInfo.Utc).ShouldEndWith("[größe 東京 😀]");

    [Fact]
    public async Task Events_notes_and_lines_are_written_in_order()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        await using (var log = new ConsoleLog(writer, OutputFormat.Text, TimeProvider.System))
        {
            log.Note("first");
            log.Event(Ping);
            log.Write("last");
        }

        var lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        (lines[0], lines[2]).ShouldBe(("first", "last"));
        lines[1].ShouldContain("] [ping] [True] [google");
    }

    [Fact]
    public async Task In_json_an_event_is_an_object_and_notes_are_left_out()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        await using (var log = new ConsoleLog(writer, OutputFormat.Json, TimeProvider.System))
        {
            log.Note("for people");
            log.Event(Ping with { Details = "line\nbreak" });
        }

        var line = JsonNode.Parse(writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem())!.AsObject();
        line.Select(pair => pair.Key).ShouldBe(["at", "subject", "success", "details"]);
        line["at"]!.GetValue<DateTimeOffset>().ShouldBe(Ping.At);
        line["subject"]!.GetValue<string>().ShouldBe("ping");
        line["success"]!.GetValue<bool>().ShouldBeTrue();
        line["details"]!.GetValue<string>().ShouldBe("line\nbreak");
    }

    [Theory]
    [InlineData(false, "(500 lines dropped: the console was too slow)")]
    [InlineData(true, "{\"dropped\":500}")]
    public async Task A_stuck_console_holds_nobody_up_and_what_was_dropped_is_counted(bool isJson, string says)
    {
        using var writer = new StuckWriter();
        await using (var log = new ConsoleLog(writer, isJson ? OutputFormat.Json : OutputFormat.Text, TimeProvider.System))
        {
            // The first line is with the writer, which holds it; then the buffer fills.
            log.Write("stuck");
            await writer.Stuck;
            for (var i = 0; i < ConsoleLog.Buffer + 500; i++)
                log.Write("line");
            writer.Release();
        }

        writer.Lines.Count.ShouldBe(1 + ConsoleLog.Buffer + 1);
        writer.Lines[^1].ShouldBe(says);
    }

    [Fact]
    public async Task A_console_that_stays_stuck_does_not_keep_the_program_from_ending()
    {
        using var writer = new StuckWriter();
        var log = new ConsoleLog(writer, OutputFormat.Text, TimeProvider.System);
        log.Write("stuck");
        await writer.Stuck;

        await log.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        writer.Lines.ShouldBeEmpty();
        writer.Release();
    }

    [Fact]
    public async Task A_closed_pipe_ends_the_writing_and_nothing_else()
    {
        using var writer = new ClosedPipe();
        await using var log = new ConsoleLog(writer, OutputFormat.Text, TimeProvider.System);

        log.Write("to nobody");
        await writer.Tried;

        Should.NotThrow(() => log.Write("to nobody either"));
    }

    private sealed class StuckWriter : StringWriter
    {
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Lines { get; } = [];

        public Task Stuck => _stuck.Task;

        public void Release() => _released.TrySetResult();

        public override async Task WriteLineAsync(string? value)
        {
            _ = _stuck.TrySetResult();
            await _released.Task;
            Lines.Add(value!);
        }
    }

    private sealed class ClosedPipe : TextWriter
    {
        private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        public Task Tried => _tried.Task;

        public override Task WriteLineAsync(string? value)
        {
            _ = _tried.TrySetResult();
            throw new IOException("Broken pipe");
        }
    }
}
