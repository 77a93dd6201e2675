using Akka.Configuration;
using Akka.Configuration.Hocon;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Configuration;

public class HoconTests
{
    [Theory]
    [InlineData("a = b", "b")]
    [InlineData("a : b", "b")]
    [InlineData("{ a = b }", "b")]
    [InlineData("a=b # comment", "b")]
    [InlineData("a=b // comment", "b")]
    [InlineData("# first\n// second\na = b", "b")]
    [InlineData("a = foo bar  baz   ", "foo bar  baz")]
    [InlineData("a = \" b \"", " b ")]
    [InlineData("a = \"x # y // z\"", "x # y // z")]
    [InlineData("a = \"t\\tn\\nq\\\"b\\\\s\\/u\\u0041\"", "t\tn\nq\"b\\s/uA")]
    [InlineData("a = \"\"\"one\n\"two\" \\three\"\"\"", "one\n\"two\" \\three")]
    [InlineData("a = \"\"\"quoted\"\"\"\"", "quoted\"")]
    [InlineData("a = \"\"", "")]
    [InlineData("a = null", null)]
    [InlineData("a = \"null\"", "null")]
    [InlineData("a =\n  b", "b")]
    [InlineData("\uFEFFa = b\r\nc = d\r\n", "b")]
    [InlineData("a = 1, b = 2", "1")]
    [InlineData("a = 1\na = 2", "2")]
    [InlineData("b = x\na = ${b}", "x")]
    [InlineData("a = ${b}\nb = x", "x")]
    [InlineData("a = pre ${b}\"-post\"\nb = x", "pre x-post")]
    [InlineData("c { d = x }\na = ${c.d}", "x")]
    [InlineData("\"c.d\" = x\na = ${\"c.d\"}", "x")]
    [InlineData("a = 1\na = ${?missing.key}", "1")]
    [InlineData("b = 2\na = 1\na = ${?b}", "2")]
    [InlineData("x1 = ${a}\na = 3", "3")]
    public void Text_is_read(string hocon, string? expected) => ConfigurationFactory.ParseString(hocon).GetString("a").ShouldBe(expected);

    [Theory]
    [InlineData("a.b.c = 1", "a.b.c")]
    [InlineData("a { b { c = 1 } }", "a.b.c")]
    [InlineData("a.b { c : 1 }", "a.b.c")]
    [InlineData("a\n{\n b.c = 1\n}", "a.b.c")]
    [InlineData("a { b { x = 2 } }\na { b { c = 1 } }", "a.b.c")]
    [InlineData("a.b.x = 2, a.b.c = 1", "a.b.c")]
    [InlineData("a { b = {x=2} {c=1} }", "a.b.c")]
    [InlineData("a = 3\na.b.c = 1", "a.b.c")]
    [InlineData("akka.actor.deployment { /probes { router = 1 } }", "akka.actor.deployment./probes.router")]
    [InlineData("akka.actor.deployment { \"/a.b/*\" { router = 1 } }", "akka.actor.deployment.\"/a.b/*\".router")]
    [InlineData("a b . c = 1", "a b.c")]
    [InlineData("base { c = 1 }\na.b = ${base}", "a.b.c")]
    [InlineData("base { c = 1 }\na = ${base}\na.x = 2", "a.c")]
    [InlineData("base { c = 1 }\na = ${base} { x = 2 }", "a.c")]
    [InlineData("base { x = 2, c = 2 }\na = ${base} { c = 1 }", "a.c")]
    [InlineData("base { k { x = 2 } }\nother { c = 1 }\na = ${base}\na.k = ${other}", "a.k.c")]
    [InlineData("base { k { x = 2 } }\nother { c = 1 }\na = ${other}\na = ${base} ${a2}\na2 { c = 1 }", "a.c")]
    public void Objects_merge_and_keys_nest(string hocon, string path) => ConfigurationFactory.ParseString(hocon).GetInt(path).ShouldBe(1);

    [Fact]
    public void Merged_objects_keep_what_only_the_earlier_one_has()
    {
        var config = ConfigurationFactory.ParseString("base { k { x = 2 } }\nother { c = 1 }\na = ${base}\na.k = ${other}\na.k.y = 3");

        config.GetInt("a.k.x").ShouldBe(2);
        config.GetInt("a.k.c").ShouldBe(1);
        config.GetInt("a.k.y").ShouldBe(3);
        config.GetConfig("base")!.HasPath("k.c").ShouldBeFalse();
    }

    [Theory]
    [InlineData("a = [1, 2, 3]")]
    [InlineData("a = [1\n2\n3]")]
    [InlineData("a = [\n  1, # one\n  2,\n  3,\n]")]
    [InlineData("a = [1] [2, 3]")]
    [InlineData("b = [2,3]\na = [1] ${b}")]
    [InlineData("a = [1, ${?nothing.here}, 2, 3]")]
    [InlineData("a = [9]\na = [1,2,3]")]
    public void Lists_are_read(string hocon) => ConfigurationFactory.ParseString(hocon).GetStringList("a").ShouldBe(["1", "2", "3"]);

    [Fact]
    public void A_list_holds_objects()
    {
        var list = ConfigurationFactory.ParseString("a = [{ name = x, address = \"h:1\" }\n{ name = y }]").Root.GetChildObject("a")!;

        list.IsArray().ShouldBeTrue();
        list.IsObject().ShouldBeFalse();
        list.GetArray().Select(v => v.GetChildObject("name")!.GetString()).ShouldBe(["x", "y"]);
    }

    [Theory]
    [InlineData("250", 250)]
    [InlineData("250ms", 250)]
    [InlineData("1.5 s", 1500)]
    [InlineData("2 seconds", 2000)]
    [InlineData("3m", 180_000)]
    [InlineData("1 hour", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("500 micros", 0.5)]
    [InlineData("infinite", -1)]
    public void Durations_have_units(string text, double milliseconds) =>
        ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a").TotalMilliseconds.ShouldBe(milliseconds);

    [Theory]
    [InlineData("128000b", 128_000)]
    [InlineData("1MiB", 1_048_576)]
    [InlineData("1k", 1024)]
    [InlineData("1kB", 1000)]
    [InlineData("2 megabytes", 2_000_000)]
    [InlineData("3m", 3_145_728)]
    [InlineData("12", 12)]
    public void Sizes_have_units(string text, long bytes) => ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a").ShouldBe(bytes);

    [Fact]
    public void Switches_are_on_off_true_false_and_nothing_else()
    {
        Config config = "a = on, b = off, c = true, d = false, e = yes";

        config.GetBoolean("a").ShouldBeTrue();
        config.GetBoolean("b", true).ShouldBeFalse();
        config.GetBoolean("c").ShouldBeTrue();
        config.GetBoolean("d", true).ShouldBeFalse();
        Should.Throw<NotSupportedException>(() => config.GetBoolean("e"));
    }

    [Fact]
    public void A_missing_key_answers_with_the_default_else_with_nothing()
    {
        var config = ConfigurationFactory.Empty;

        config.IsEmpty.ShouldBeTrue();
        config.GetString("a").ShouldBeNull();
        config.GetString("a", "b").ShouldBe("b");
        config.GetInt("a").ShouldBe(0);
        config.GetLong("a", 7).ShouldBe(7);
        config.GetDouble("a").ShouldBe(0);
        config.GetBoolean("a").ShouldBeFalse();
        config.GetTimeSpan("a", TimeSpan.FromSeconds(2)).ShouldBe(TimeSpan.FromSeconds(2));
        config.GetByteSize("a").ShouldBeNull();
        ((Config)"a = null").GetByteSize("a", 1).ShouldBeNull();
        config.GetStringList("a").ShouldBeEmpty();
        config.GetConfig("a").ShouldBeNull();
        config.HasPath("a").ShouldBeFalse();
    }

    [Fact]
    public void A_number_that_is_none_names_its_path() =>
        Should.Throw<FormatException>(() => ConfigurationFactory.ParseString("a.b = x").GetInt("a.b")).Message.ShouldStartWith("a.b: ");

    [Fact]
    public void Fallbacks_answer_for_what_is_missing()
    {
        var top = ConfigurationFactory.ParseString("a { x = 1 }, l = null");
        var config = top.WithFallback(ConfigurationFactory.ParseString("a { x = 2, y = 2 }, l = 5")).WithFallback("a.z = 3, m = 4");

        config.GetInt("a.x").ShouldBe(1);
        config.GetInt("a.y").ShouldBe(2);
        config.GetInt("a.z").ShouldBe(3);
        config.GetString("l", "default").ShouldBeNull();
        config.GetConfig("a")!.GetInt("x").ShouldBe(1);
        config.GetConfig("a")!.GetInt("z").ShouldBe(3);
        config.AsEnumerable().Select(p => p.Key).ShouldBe(["a", "l", "m"]);
        config.GetConfig("a")!.AsEnumerable().Select(p => p.Key).ShouldBe(["x", "y", "z"]);
        top.HasPath("m").ShouldBeFalse();
    }

    [Fact]
    public void What_is_printed_reads_back()
    {
        const string Text = "a { \"b.c\" = \"x: \\\"y\\\"\", d = [1, {e = f}, [g]] }\nh = plain text\ni = \"\"\ninclude = \"\\n\"";
        var once = ConfigurationFactory.ParseString(Text).ToString();

        var again = ConfigurationFactory.ParseString(once);

        again.ToString().ShouldBe(once);
        again.GetString("a.\"b.c\"").ShouldBe("x: \"y\"");
        again.GetConfig("a")!.Root.GetChildObject("d")!.GetArray()[1].GetChildObject("e")!.GetString().ShouldBe("f");
        again.GetString("include").ShouldBe("\n");
    }

    [Fact]
    public void An_environment_variable_stands_in_for_a_key()
    {
        Config config = "a = ${PATH}, b = here, b = ${?ACTORMONITOR_NO_SUCH_VARIABLE}";

        config.GetString("a").ShouldBe(Environment.GetEnvironmentVariable("PATH"));
        config.GetString("b").ShouldBe("here");
    }

    [Fact]
    public void An_include_is_read_where_it_stands()
    {
        const string Other = "a { x = 2, y = 2 }";

        var config = ConfigurationFactory.ParseString("a.x = 1\ninclude \"other\"\na.y = 3", name => name == "other" ? Parser.Parse(Other, null) : throw new FileNotFoundException(name));

        config.GetInt("a.x").ShouldBe(2);
        config.GetInt("a.y").ShouldBe(3);
    }

    [Fact]
    public void Includes_that_never_end_are_refused()
    {
        HoconRoot Again(string name) => Parser.Parse("include \"self\"", Again);

        Should.Throw<HoconParserException>(() => ConfigurationFactory.ParseString("include \"self\"", Again)).Message.ShouldContain("includes");
    }

    [Theory]
    [InlineData("a {\n  b = 1\n", 1, 3, "never closed")]
    [InlineData("a = [1, 2", 1, 5, "never closed")]
    [InlineData("a = \"x\nb = 2", 1, 5, "never closed")]
    [InlineData("a = \"\"\"x", 1, 5, "never closed")]
    [InlineData("a = ${b", 1, 5, "never closed")]
    [InlineData("b = 1\na += 2", 2, 4, "+=")]
    [InlineData("b = 1\n  a = ${a}", 2, 7, "back to itself")]
    [InlineData("a = ${b}\nb = ${c}\nc = ${a}", 0, 0, "back to itself")]
    [InlineData("a { b = ${a} }", 1, 9, "back to itself")]
    [InlineData("a = ${a}[2]", 1, 5, "back to itself")]
    [InlineData("a = ${no.such.key}", 1, 5, "no.such.key")]
    [InlineData("a = 1 }", 1, 7, "'}' without")]
    [InlineData("a = b = c", 1, 7, "'=' needs quotes")]
    [InlineData("a = http://x", 1, 9, "':' needs quotes")]
    [InlineData("a = \"C:\\x\"", 1, 8, "escape")]
    [InlineData("a", 1, 2, "no value")]
    [InlineData("a =", 1, 4, "value is missing")]
    [InlineData("= 1", 1, 1, "key is missing")]
    [InlineData("a..b = 1", 1, 3, "key is missing")]
    [InlineData("a = [1} ", 1, 7, "']' expected")]
    [InlineData("a = [1] {b = 2}", 1, 5, "cannot be joined")]
    [InlineData("a = x [1]", 1, 5, "cannot be joined")]
    [InlineData("b = [1]\na = x ${b}", 2, 7, "cannot be joined")]
    [InlineData("include \"x\"", 1, 1, "include")]
    [InlineData("{ a = 1 } b", 1, 11, "after the end")]
    public void A_mistake_is_named_with_its_place(string hocon, int line, int column, string message)
    {
        var error = Should.Throw<HoconParserException>(() => ConfigurationFactory.ParseString(hocon));

        error.Message.ShouldContain(message);
        if (line > 0)
            (error.Line, error.Column).ShouldBe((line, column));
    }

    [Fact]
    public void Depth_chains_and_growth_are_bounded()
    {
        var doubling = "a0 = [x, x]\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"a{i} = [${{a{i - 1}}}, ${{a{i - 1}}}]\n"));
        var chain = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"a{i} = ${{a{i + 1}}}\n")) + "a50000 = x";
        var nesting = "a0 = {x = y}\n" + string.Concat(Enumerable.Range(1, 5000).Select(i => $"a{i} {{ k = ${{a{i - 1}}} }}\n"));
        string[] bombs =
        [
            string.Concat(Enumerable.Repeat("a{", 100_000)), "a=" + new string('[', 100_000), "a" + string.Concat(Enumerable.Repeat(".a", 100_000)) + "=1",
            doubling, chain, nesting, "a = ${a" + string.Concat(Enumerable.Repeat(".a", 100_000)) + "}",
        ];

        foreach (var bomb in bombs)
            Should.Throw<HoconParserException>(() => ConfigurationFactory.ParseString(bomb));
    }

    [Fact]
    public void Random_text_is_read_or_refused_and_never_anything_else()
    {
        string[] tokens =
        [
            "a", "b", "c.d", "=", ":", "{", "}", "[", "]", ",", "\n", " ", "\"", "\"\"\"", "\\", "${a}", "${?b}", "${c.d}", "${", "#", "//", "+=",
            "include ", "include \"x\"", "null", "1", "10s", "\0", "\u00e9", "\uD800", "$", "?", ".", "\r\n", "\t", "{x=1}", "[1,2]",
        ];
        var random = new Random(20261122);
        var read = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => tokens[random.Next(tokens.Length)]));
            try
            {
                var config = ConfigurationFactory.ParseString(text, _ => Parser.Parse("a { x = 1 }, b = 2", null));
                ConfigurationFactory.ParseString(config.ToString()).ToString().ShouldBe(config.ToString(), text);
                read++;
            }
            catch (HoconParserException)
            {
            }
        }

        read.ShouldBeGreaterThan(1000);
    }
}
