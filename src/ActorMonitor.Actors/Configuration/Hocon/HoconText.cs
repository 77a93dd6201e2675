using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>The character rules of HOCON.</summary>
internal static class HoconText
{
    /// <summary>What unquoted text cannot hold.</summary>
    public const string NotInText = "$\"{}[]:=,#`^?!@*&\\";

    /// <summary>What an unquoted key cannot hold: a dot separates keys.</summary>
    public const string NotInKey = NotInText + ".";

    public static string QuoteKey(string key) => IsPlain(key, NotInKey) ? key : Quote(key);

    public static bool IsPlain(string text, string forbidden) =>
        text.Length > 0 && text.Trim().Length == text.Length && !text.Contains("//", StringComparison.Ordinal)
        && text != "include" && !text.Any(c => char.IsControl(c) || c == '\uFEFF' || forbidden.Contains(c, StringComparison.Ordinal));

    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append("\\u").Append(((int)c).ToString("x4")),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Cuts a dotted path at its dots, except inside quotes.</summary>
    public static List<string> SplitPath(string path)
    {
        var keys = new List<string>();
        var key = new StringBuilder();
        var inQuotes = false;
        foreach (var c in path)
        {
            if (c == '"')
            {
                inQuotes = !inQuotes;
            }
            else if (c == '.' && !inQuotes)
            {
                keys.Add(key.ToString());
                key.Clear();
            }
            else
            {
                key.Append(c);
            }
        }

        keys.Add(key.ToString());
        return keys;
    }
}
