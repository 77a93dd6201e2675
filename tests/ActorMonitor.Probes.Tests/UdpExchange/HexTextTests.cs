using ActorMonitor.Probes.UdpExchange;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.UdpExchange;

public class HexTextTests
{
    [Theory]
    [InlineData("", new byte[0])]
    [InlineData("deadBEEF", new byte[] { 0xde, 0xad, 0xbe, 0xef })]
    [InlineData("de:ad be ef", new byte[] { 0xde, 0xad, 0xbe, 0xef })]
    public void Pairs_of_digits_are_bytes(string text, byte[] expected)
    {
        HexText.TryParse(text, out var bytes).ShouldBeTrue();
        bytes.ShouldBe(expected);
    }

    [Theory]
    [InlineData("d")]
    [InlineData("dea")]
    [InlineData("0xde")]
    [InlineData("de,ad")]
    [InlineData("ｄｅ")]
    public void Anything_else_is_none(string text) => HexText.TryParse(text, out _).ShouldBeFalse();
}
