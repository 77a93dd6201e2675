using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.TcpConnect;

public class TcpStepTests
{
    [Theory]
    [InlineData("expect 220")]
    [InlineData("expect  leading space")]
    [InlineData("expect-hex 53")]
    [InlineData("match ^250[ -](?<name>.*)")]
    [InlineData("send QUIT\\r\\n")]
    [InlineData("send \\\\ \\t \\x00 \\xFf")]
    [InlineData("send costs 5$ or ${ or $name")]
    [InlineData("send-hex 0d 0a")]
    [InlineData("starttls")]
    [InlineData("close")]
    public void A_step_of_the_grammar_is_accepted(string text) => Accepts(text).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("expect")]
    [InlineData("expect ")]
    [InlineData("Expect 220")]
    [InlineData("wait 5")]
    [InlineData("expect-hex")]
    [InlineData("expect-hex 5")]
    [InlineData("send-hex xy")]
    [InlineData("send-hex :")]
    [InlineData("send \\q")]
    [InlineData("send \\x1")]
    [InlineData("send ends with \\")]
    [InlineData("match (")]
    [InlineData("match (?=look)ahead")]
    [InlineData("match (a)\\1")]
    [InlineData("starttls now")]
    [InlineData("close ")]
    public void Anything_else_is_not(string text) => Accepts(text).ShouldBeFalse();

    [Theory]
    [InlineData(true, "match (?<a>.)", "send ${a}")]
    [InlineData(false, "send ${a}", "match (?<a>.)")]
    [InlineData(false, "send ${a}")]
    [InlineData(false, "match (?<a>.)", "send ${b}")]
    [InlineData(false, "close", "send x")]
    [InlineData(false, "starttls", "starttls")]
    public void Steps_are_accepted_in_an_order_that_can_be_played(bool accepted, params string[] steps) => Accepts(steps).ShouldBe(accepted);

    [Theory]
    [InlineData("a\\r\\n", "610d0a")]
    [InlineData("\\x00\\\\n", "005c6e")]
    [InlineData("\u00fc", "c3bc")]
    [InlineData("<${a}${b}>", "3c31323e")]
    public void A_text_becomes_bytes(string text, string hex)
    {
        TcpText.TryParse(text, out var parsed).ShouldBeTrue();

        Convert.ToHexStringLower(parsed.Fill(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" })).ShouldBe(hex);
    }

    [Fact]
    public void Any_bytes_can_be_written_in_escapes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];

        TcpText.TryParse(string.Concat(bytes.Select(b => $"\\x{b:x2}")), out var text).ShouldBeTrue();

        text.Fill(new Dictionary<string, string>()).ShouldBe(bytes);
    }

    private static bool Accepts(params string[] steps) => TcpSettings.Steps.Validate(SettingValue.ListOf(steps)) is null;
}
