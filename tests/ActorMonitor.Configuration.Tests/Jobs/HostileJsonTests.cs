using System.Text;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class HostileJsonTests
{
    private static readonly string Sound = """[{ "name": "a", "service": "https", "host": "h", "interval": "5s", "expect": { "status": ["2xx"], "body": { "contains": "\u00e4" } }, "labels": { "x": "y" } }]""";

    [Fact]
    public void Depth_is_bounded()
        => Reading.Mistake(new string('[', 100_000)).ShouldContain("the JSON is broken");

    [Fact]
    public void Deep_objects_are_bounded()
        => Reading.Mistake(string.Concat(Enumerable.Repeat("{\"a\":", 10_000))).ShouldContain("the JSON is broken");

    [Theory]
    [InlineData("1e999999999")]
    [InlineData("-1e999999999")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000001")]
    public void Huge_numbers_are_out_of_bounds(string number)
    {
        foreach (var key in new[] { "port", "interval", "timeout", "server_number" })
            Reading.JobMistake($$"""{ "name": "a", "service": "http", "host": "h", "{{key}}": {{number}} }""").ShouldStartWith($"jobs.json:1: $[0].{key}: expected ");
    }

    [Fact]
    public void A_very_long_number_is_shown_short()
    {
        var digits = new string('9', 1_000_000);
        Reading.JobMistake($$"""{ "name": "a", "service": "http", "host": "h", "port": {{digits}} }""").Length.ShouldBeLessThan(200);
    }

    [Fact]
    public void The_number_of_values_is_bounded()
        => Reading.Mistake("[" + string.Join(",", Enumerable.Repeat("0", 4_000_000)) + "]").ShouldBe("jobs.json:1: expected at most 4000000 values in the file, found more");

    [Fact]
    public void A_job_of_very_many_keys_is_wrong_in_bounded_time_and_length()
    {
        var keys = string.Join(",", Enumerable.Range(0, 100_000).Select(i => $"\"key-{i}\": 1"));

        Reading.Jobs($$"""[{ "name": "a", "service": "ping", "host": "h", {{keys}} }]""").Errors.Length.ShouldBe(ErrorList.MaxErrors + 1);
    }

    [Fact]
    public void Bad_utf8_in_a_value_is_one_mistake()
    {
        var reading = Reading.Jobs([.. "[{ \"name\": \"a\", \"service\": \"ping\", \"host\": \"h"u8, 0xFF, 0xFE, .. "\" }]"u8]);

        reading.Errors.ShouldHaveSingleItem().ToString().ShouldBe("jobs.json:1: $[0].host: the string is no Unicode text: expected UTF-8 and whole surrogate pairs");
    }

    [Fact]
    public void Bad_utf8_in_a_key_is_a_mistake()
        => Reading.Jobs([.. "[{ \"na"u8, 0xC3, 0x28, .. "me\": \"a\" }]"u8]).Errors.ShouldContain(error => error.Message.StartsWith("the string is no Unicode text"));

    [Fact]
    public void Half_a_surrogate_pair_is_a_mistake()
        => Reading.JobMistake("""{ "name": "\ud800", "service": "ping", "host": "h" }""").ShouldContain("whole surrogate pairs");

    [Theory]
    [InlineData("\\u001b[2J", '\u001b')]
    [InlineData("\\u0085", '\u0085')]
    public void Names_do_not_steer_a_terminal(string name, char steering)
        => Reading.JobMistake($$"""{ "name": "{{name}}", "service": "ping", "host": "h" }""").ShouldNotContain(steering);

    [Fact]
    public void Hosts_do_not_turn_the_direction_of_writing()
        => Reading.JobMistake("""{ "name": "a", "service": "ping", "host": "a \u202e b" }""").ShouldNotContain('\u202e');

    [Fact]
    public void Utf16_is_named_as_such()
        => Reading.Jobs(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("[]")).ToArray()).Errors.ShouldHaveSingleItem().Message.ShouldBe("the file is UTF-16: expected JSON in UTF-8");

    [Theory]
    [InlineData("")]
    [InlineData("  \r\n\t ")]
    public void An_empty_file_is_named_as_such(string text)
        => Reading.Jobs(text).Errors.ShouldHaveSingleItem().Message.ShouldBe("the file is empty: expected a list of jobs");

    [Fact]
    public void Every_truncation_is_a_mistake_and_never_an_exception()
    {
        var bytes = Encoding.UTF8.GetBytes(Sound);
        Reading.Jobs(bytes).Errors.ShouldBeEmpty();

        for (var length = 0; length < bytes.Length; length++)
            Reading.Jobs(bytes[..length]).Errors.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Every_change_of_a_byte_is_read_or_reported()
    {
        var sound = Encoding.UTF8.GetBytes(Sound);
        var random = new Random(20_261_122);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = (byte[])sound.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            var reading = Reading.Jobs(bytes);

            (reading.File is null).ShouldBe(!reading.Errors.IsEmpty);
        }
    }
}
