using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ActorMonitor.Actors.Tests.Configuration;

public class HoconProperties
{
    private static readonly FsCheck.Config Thorough = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000);

    private static readonly Gen<string> Texts = Gen.Choose(0, 6).SelectMany(length => Gen.OneOf(
        Gen.Elements([.. "ab1 .:=,{}[]\"\\/#$?+\n\r\t\u0000\u00e9\uFEFF"]),
        Gen.Choose(0, char.MaxValue).Select(code => (char)code)).ArrayOf(length)).Select(chars => new string(chars));

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Check.One(Thorough, Prop.ForAll(Objects(3).ToArbitrary(), written =>
    {
        var read = ConfigurationFactory.ParseString(Build(written).ToString());
        return (Describe(read.Root) == Describe(Build(written))).Label(Describe(Build(written)));
    }));

    [Fact]
    public void Random_bytes_are_read_or_refused() => Check.One(Thorough, Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        IsReadOrRefused(Encoding.UTF8.GetString(bytes)) && IsReadOrRefused(Encoding.Latin1.GetString(bytes))));

    private static bool IsReadOrRefused(string text)
    {
        try
        {
            ConfigurationFactory.ParseString(text);
        }
        catch (HoconParserException)
        {
            // With its place: that is what a mistake is to give.
        }

        return true;
    }

    // A text, null, a list or an object of such.
    private static Gen<object?> Values(int depth)
    {
        var plain = Gen.OneOf(Texts.Select(text => (object?)text), Gen.Constant((object?)null));
        return depth == 0
            ? plain
            : Gen.OneOf(plain, Gen.Choose(0, 3).SelectMany(count => Values(depth - 1).ArrayOf(count)).Select(list => (object?)list), Objects(depth - 1).Select(keys => (object?)keys));
    }

    private static Gen<Dictionary<string, object?>> Objects(int depth) => Gen.Choose(0, 3).SelectMany(count =>
        Texts.ArrayOf(count).SelectMany(keys => Values(depth).ArrayOf(count).Select(values =>
        {
            var made = new Dictionary<string, object?>(StringComparer.Ordinal);
            for (var i = 0; i < count; i++) made[keys[i]] = values[i];
            return made;
        })));

    private static HoconValue Build(object? value)
    {
        switch (value)
        {
            case null:
                return HoconValue.Of(new HoconLiteral("null", isQuoted: false));
            case string text:
                return HoconValue.Of(new HoconLiteral(text, isQuoted: true));
            case object?[] list:
                var array = new HoconArray();
                array.AddRange(list.Select(Build));
                return HoconValue.Of(array);
            default:
                var keys = new HoconObject();
                foreach (var (key, child) in (Dictionary<string, object?>)value) keys.Items[key] = Build(child);
                return HoconValue.Of(keys);
        }
    }

    // Without the parser's and the printer's own rules of quoting: lengths tell where a text ends.
    private static string Describe(HoconValue value)
    {
        if (value.GetObject() is { } keys) return $"{{{string.Concat(keys.Items.Select(pair => $"{pair.Key.Length}:{pair.Key}={Describe(pair.Value)}"))}}}";
        if (value.IsArray()) return $"[{string.Concat(value.GetArray().Select(Describe))}]";
        return value.GetString() is { } text ? $"{text.Length}:{text}" : "null";
    }
}
