using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests;

public class SettingTests
{
    private static readonly Setting<int> Count = Setting.Integer("count", 3, 1, 10, "How many.");

    [Fact]
    public void A_setting_that_is_not_given_is_its_default() => Count.Read(SettingMap.Empty).ShouldBe(3);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("10", 10)]
    public void A_number_at_its_bounds_is_accepted(string text, int value) => Count.Read(Map("count", text)).ShouldBe(value);

    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("1.0")]
    [InlineData(" 1")]
    [InlineData("")]
    [InlineData("99999999999")]
    public void A_number_out_of_bounds_or_in_another_form_is_an_error_that_names_what_is_accepted(string text)
        => Should.Throw<SettingException>(() => Count.Read(Map("count", text))).Message.ShouldBe($"count = {text}: expected a whole number from 1 to 10");

    [Fact]
    public void A_list_is_no_number() => Count.Validate(SettingValue.ListOf(["1"])).ShouldBe("expected a whole number from 1 to 10");

    [Fact]
    public void A_choice_is_read_without_case_and_given_as_listed()
    {
        var family = Setting.Choice("family", "any", "Which.", "any", "IPv4");

        family.Read(Map("family", "ipv4")).ShouldBe("IPv4");
        family.Validate(SettingValue.Of("ipx")).ShouldBe("expected one of any, IPv4");
    }

    [Theory]
    [InlineData("1500ms", 1500)]
    [InlineData("3", 3000)]
    [InlineData("2 m", 120_000)]
    public void A_duration_has_a_unit_or_is_in_seconds(string text, int milliseconds)
        => Setting.OptionalDuration("wait", TimeSpan.Zero, TimeSpan.FromHours(1), "How long.").Read(Map("wait", text)).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("2h")]
    [InlineData("-1s")]
    [InlineData("1y")]
    [InlineData("NaN")]
    public void A_duration_out_of_bounds_or_in_an_unknown_unit_is_an_error(string text)
        => Setting.OptionalDuration("wait", TimeSpan.Zero, TimeSpan.FromHours(1), "How long.").Validate(SettingValue.Of(text)).ShouldNotBeNull();

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    public void A_number_is_finite_and_in_invariant_form(string text)
        => Setting.OptionalNumber("limit", 0, 1e300, "How much.").Validate(SettingValue.Of(text)).ShouldNotBeNull();

    [Fact]
    public void One_bad_item_spoils_a_list()
    {
        var names = Setting.TextList("names", "Which.", "lower case", text => text.All(char.IsAsciiLetterLower));

        names.Validate(SettingValue.ListOf(["a", "b"])).ShouldBeNull();
        names.Validate(SettingValue.ListOf(["a", "B"])).ShouldBe("expected lower case");
    }

    [Fact]
    public void Maps_are_equal_by_content()
        => Map("a", "1").With("b", SettingValue.ListOf(["x", "y"])).ShouldBe(SettingMap.Empty.With("b", SettingValue.ListOf(["x", "y"])).With("a", "1"));

    private static SettingMap Map(string name, string value) => SettingMap.Empty.With(name, value);
}
