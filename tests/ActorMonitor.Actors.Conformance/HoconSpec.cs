using Akka.Configuration;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Conformance;

public class HoconSpec
{
    private static readonly Config Sample = ConfigurationFactory.ParseString("""
        # a comment
        actor-monitor {
          name = "first"          // another comment
          count = 8
          ratio = 0.5
          big = 5000000000
          on = on
          off = off
          yes = true
          timeout = 1500ms
          interval = 2s
          long = 3m
          frame = 128000b
          list = [a, "b c", 3]
          nested { deep { value = x } }
          path.with.dots = y
          "quoted.key" = z
          from = ${actor-monitor.name}
          text = one two
        }
        actor-monitor.count = 9
        """);

    [Fact]
    public void Values_are_read_by_their_type()
    {
        Sample.GetString("actor-monitor.name").ShouldBe("first");
        Sample.GetDouble("actor-monitor.ratio").ShouldBe(0.5);
        Sample.GetLong("actor-monitor.big").ShouldBe(5_000_000_000);
        Sample.GetBoolean("actor-monitor.on").ShouldBeTrue();
        Sample.GetBoolean("actor-monitor.off").ShouldBeFalse();
        Sample.GetBoolean("actor-monitor.yes").ShouldBeTrue();
        Sample.GetString("actor-monitor.text").ShouldBe("one two");
    }

    [Fact]
    public void Durations_and_sizes_have_units()
    {
        Sample.GetTimeSpan("actor-monitor.timeout").ShouldBe(TimeSpan.FromMilliseconds(1500));
        Sample.GetTimeSpan("actor-monitor.interval").ShouldBe(TimeSpan.FromSeconds(2));
        Sample.GetTimeSpan("actor-monitor.long").ShouldBe(TimeSpan.FromMinutes(3));
        Sample.GetByteSize("actor-monitor.frame").ShouldBe(128000);
    }

    [Fact]
    public void A_later_key_overrides_an_earlier_one() => Sample.GetInt("actor-monitor.count").ShouldBe(9);

    [Fact]
    public void Lists_keep_their_order() => Sample.GetStringList("actor-monitor.list").ShouldBe(["a", "b c", "3"]);

    [Fact]
    public void Sections_can_be_taken_out_and_dots_make_sections()
    {
        Sample.GetConfig("actor-monitor.nested")!.GetString("deep.value").ShouldBe("x");
        Sample.GetConfig("actor-monitor")!.GetString("path.with.dots").ShouldBe("y");
        Sample.GetString("actor-monitor.\"quoted.key\"").ShouldBe("z");
    }

    [Fact]
    public void Substitutions_take_a_value_from_elsewhere() => Sample.GetString("actor-monitor.from").ShouldBe("first");

    [Fact]
    public void Missing_keys_answer_their_default()
    {
        Sample.HasPath("actor-monitor.none").ShouldBeFalse();
        Sample.GetString("actor-monitor.none").ShouldBeNull();
        Sample.GetInt("actor-monitor.none").ShouldBe(0);
        Sample.GetBoolean("actor-monitor.none").ShouldBeFalse();
        Sample.GetString("actor-monitor.none", "default").ShouldBe("default");
        Sample.GetInt("actor-monitor.none", 7).ShouldBe(7);
    }

    [Fact]
    public void A_fallback_answers_what_the_front_does_not_know()
    {
        var both = ConfigurationFactory.ParseString("a { x = 1 }").WithFallback(ConfigurationFactory.ParseString("a { x = 2, y = 3 }"));

        both.GetInt("a.x").ShouldBe(1);
        both.GetInt("a.y").ShouldBe(3);
        both.GetConfig("a")!.GetInt("y").ShouldBe(3);
    }

    [Fact]
    public void Objects_of_one_key_are_merged()
    {
        var merged = ConfigurationFactory.ParseString("a { x = 1 }\na { y = 2 }");

        merged.GetInt("a.x").ShouldBe(1);
        merged.GetInt("a.y").ShouldBe(2);
    }

    [Fact]
    public void The_entries_of_a_section_can_be_listed()
        => ConfigurationFactory.ParseString("a { x = 1, y = 2 }").GetConfig("a")!.AsEnumerable().Select(entry => entry.Key).Order().ShouldBe(["x", "y"]);
}
