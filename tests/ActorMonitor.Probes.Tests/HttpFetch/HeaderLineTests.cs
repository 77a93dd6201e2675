using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class HeaderLineTests
{
    [Theory]
    [InlineData("X-Key: value", "X-Key", "value")]
    [InlineData("X-Key:value", "X-Key", "value")]
    [InlineData("X-Key: \t a: b \t", "X-Key", "a: b")]
    [InlineData("X-Key:", "X-Key", "")]
    public void A_name_and_a_value_are_a_header(string text, string name, string value)
    {
        HeaderLine.TryParse(text, out var line).ShouldBeTrue();
        line.ShouldBe(new HeaderLine(name, value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Key")]
    [InlineData(": value")]
    [InlineData("X Key: value")]
    [InlineData("X-Key : value")]
    [InlineData("X-Key: a\r\nHost: b")]
    [InlineData("X-Key: a\0b")]
    [InlineData("X-Key: ü")]
    public void A_line_that_would_break_the_request_is_none(string text) => HeaderLine.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("host: a")]
    [InlineData("Content-Length: 5")]
    [InlineData("transfer-encoding: chunked")]
    [InlineData("Connection: keep-alive")]
    public void A_header_that_frames_the_message_is_not_the_jobs_to_set(string text) => HeaderLine.TryParse(text, out _).ShouldBeFalse();
}
