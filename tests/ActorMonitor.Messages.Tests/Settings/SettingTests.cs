using System.Collections.Immutable;
using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Settings;

public class SettingTests
{
    private static readonly Setting<string> Mode = Setting.Choice("mode", "Fast", "The mode.", "Fast", "Slow");
    private static readonly Setting<int> Count = Setting.Integer("count", 3, 1, 10, "The count.");

    [Fact]
    public void A_setting_that_is_not_given_has_its_default()
    {
        Count.Read(SettingMap.Empty).ShouldBe(3);
        Mode.Read(SettingMap.Empty).ShouldBe("Fast");
        Setting.OptionalInteger("n", 0, 1, "").Read(SettingMap.Empty).ShouldBeNull();
        Setting.OptionalNumber("n", 0, 1, "").Read(SettingMap.Empty).ShouldBeNull();
        Setting.OptionalDuration("n", TimeSpan.Zero, TimeSpan.FromDays(1), "").Read(SettingMap.Empty).ShouldBeNull();
        Setting.OptionalText("n", "").Read(SettingMap.Empty).ShouldBeNull();
        Setting.OptionalChoice("n", "", "a").Read(SettingMap.Empty).ShouldBeNull();
        Setting.Flag("n", true, "").Read(SettingMap.Empty).ShouldBeTrue();
        Setting.TextList("n", "").Read(SettingMap.Empty).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("10", 10)]
    public void A_whole_number_is_read_up_to_its_bounds(string text, int value) => Count.Read(SettingMap.Empty.With("count", text)).ShouldBe(value);

    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData(" 1")]
    [InlineData("99999999999")]
    [InlineData("")]
    public void Anything_else_is_an_error_that_says_what_is_accepted(string text)
    {
        Count.Validate(SettingValue.Of(text)).ShouldBe("expected a whole number from 1 to 10");
        Should.Throw<SettingException>(() => Count.Read(SettingMap.Empty.With("count", text))).Message.ShouldBe($"count = {text}: expected a whole number from 1 to 10");
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-0.1")]
    [InlineData("1.1")]
    public void A_number_outside_its_bounds_is_refused(string text)
        => Setting.OptionalNumber("ratio", 0, 1, "").Validate(SettingValue.Of(text)).ShouldNotBeNull();

    [Fact]
    public void A_choice_is_compared_without_case_and_read_as_listed()
    {
        Mode.Read(SettingMap.Empty.With("mode", "sLOW")).ShouldBe("Slow");
        Mode.Validate(SettingValue.Of("slower")).ShouldBe("expected one of Fast, Slow");
    }

    [Fact]
    public void A_list_for_a_single_value_is_refused()
    {
        Count.Validate(SettingValue.ListOf(["1"])).ShouldNotBeNull();
        Count.Validate(SettingValue.ListOf([])).ShouldNotBeNull();
    }

    [Fact]
    public void A_list_is_accepted_when_each_item_is()
    {
        var status = Setting.TextList("status", "", "a list of statuses", item => item.EndsWith("xx", StringComparison.Ordinal));

        status.Read(SettingMap.Empty.With("status", SettingValue.ListOf(["2xx", "3xx"]))).ShouldBe(["2xx", "3xx"]);
        status.Read(SettingMap.Empty.With("status", "2xx")).ShouldBe(["2xx"]);
        status.Validate(SettingValue.ListOf(["2xx", "304"])).ShouldBe("expected a list of statuses");
    }

    [Fact]
    public void A_duration_is_held_to_its_bounds()
    {
        var pause = Setting.OptionalDuration("pause", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "");

        pause.Read(SettingMap.Empty.With("pause", "1500ms")).ShouldBe(TimeSpan.FromSeconds(1.5));
        pause.Validate(SettingValue.Of("9ms")).ShouldBe("expected a duration from 10ms to 1m, such as \"1500ms\" or 3 (seconds)");
        pause.Validate(SettingValue.Of("61")).ShouldNotBeNull();
        (pause.Minimum, pause.Maximum).ShouldBe((0.01, 60));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    public void A_flag_is_true_or_false(string text, bool value) => Setting.Flag("f", !value, "").Read(SettingMap.Empty.With("f", text)).ShouldBe(value);

    [Theory]
    [InlineData("yes")]
    [InlineData("1")]
    [InlineData("")]
    public void Anything_else_is_no_flag(string text) => Setting.Flag("f", false, "").Validate(SettingValue.Of(text)).ShouldBe("expected true or false");

    [Fact]
    public void A_setting_describes_itself()
    {
        (Mode.Name, Mode.Kind, Mode.Default, Mode.Description).ShouldBe(("mode", SettingKind.Choice, SettingValue.Of("Fast"), "The mode."));
        Mode.Choices.ShouldBe(["Fast", "Slow"]);
        (Count.Minimum, Count.Maximum).ShouldBe((1.0, 10.0));
    }
}

public class SettingMapTests
{
    private static readonly SettingMap Map = SettingMap.Empty.With("b", "1").With("a.x", SettingValue.ListOf(["p", "q"]));

    [Fact]
    public void Maps_are_equal_by_content_whatever_the_order()
    {
        var other = SettingMap.Empty.With("a.x", SettingValue.ListOf(["p", "q"])).With("b", "1");

        other.ShouldBe(Map);
        other.GetHashCode().ShouldBe(Map.GetHashCode());
        Map.With("b", "2").ShouldNotBe(Map);
        Map.Equals(null).ShouldBeFalse();
    }

    [Fact]
    public void A_single_value_is_not_the_list_of_it()
    {
        SettingValue.Of("a").ShouldNotBe(SettingValue.ListOf(["a"]));
        SettingValue.ListOf(["a", "b"]).ShouldBe(SettingValue.ListOf(ImmutableArray.Create("a", "b")));
    }

    [Fact]
    public void A_later_value_replaces_the_earlier_one_and_leaves_the_old_map()
    {
        var changed = Map.With("b", "2");

        changed.Count.ShouldBe(2);
        changed.TryGet("b", out var value).ShouldBeTrue();
        value.ShouldBe(SettingValue.Of("2"));
        Map.TryGet("b", out var old).ShouldBeTrue();
        old.ShouldBe(SettingValue.Of("1"));
        Map.TryGet("B", out _).ShouldBeFalse();
    }

    [Fact]
    public void It_prints_its_settings_in_order() => Map.ToString().ShouldBe("a.x = [p, q], b = 1");
}
