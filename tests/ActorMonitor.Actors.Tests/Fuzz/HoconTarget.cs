using System.Text;
using Akka.Configuration;

namespace ActorMonitor.Actors.Tests.Fuzz;

/// <summary>The HOCON parser: it takes the text, or says where it stopped.</summary>
internal sealed class HoconTarget : IFuzzTarget
{
    private static readonly string[] Samples =
    [
        "a = 1, b : two\nc { d = \"three\", e = [1, 2 , x] }",
        "a.b.c = 10 s\na.b = ${x} ${?y} z\nx = 5\n# comment\n// another",
        "text = \"\"\"many\nlines\"\"\", esc = \"\\n\\t\\u00e9\\\"\"",
        "a { b = 1 }\na { c = 2 }\na = ${a} { d = [${a.b}, {e = null}] }",
        "akka { actor { deployment { /probes { router = round-robin-pool, nr-of-instances = 5 } } } , loglevel = off }",
        "include \"other.conf\"\nlist = [\n 1\n 2,\n]\nsize = 128000b, ratio = 0.25, flag = on",
        "l = [1] \nl = ${l} [2]\nm = ${l}[3]\no = ${p}\np = ${o}",
    ];

    public string Name => "hocon";

    // The parser copies at most 100,000 values for substitutions, whatever the text.
    public long AllowedBytes => 64L << 20;

    public IReadOnlyList<byte[]> Seeds { get; } = [.. Samples.Select(Encoding.UTF8.GetBytes)];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[] { "${", "${?", "}", "{", "[", "]", "\"", "\"\"\"", "\\u", "=", ":", "+=", ",", "\n", "\r\n", "#", "//", "include ", "null", "a", "a.b", ".", "\0", "${a}" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    public string Run(byte[] input)
    {
        try
        {
            var config = ConfigurationFactory.ParseString(Encoding.UTF8.GetString(input));
            foreach (var (key, _) in config.AsEnumerable())
                config.HasPath("\"" + key + "\"");

            return "read";
        }
        catch (ConfigurationException e)
        {
            return e.GetType().Name + " " + Shape(e.Message);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Messages of one kind differ in what they quote and count. What is quoted may hold any quotation mark itself.
    internal static string Shape(string message)
    {
        var first = message.AsSpan().IndexOfAny('\'', '"', '[');
        var last = message.AsSpan().LastIndexOfAny('\'', '"', ']');
        var words = first >= 0 && last > first ? message[..first] + message[(last + 1)..] : message;
        return new([.. words.Where(c => char.IsAsciiLetter(c) || c == ' ').Take(60)]);
    }
}
