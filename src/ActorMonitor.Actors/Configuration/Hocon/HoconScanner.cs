using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>A place in a text, and the smallest things that can be read there: blanks, keys, pieces of text, references.</summary>
internal sealed class HoconScanner(string text)
{
    private int _at;

    public int Offset => _at;

    public bool AtEnd => _at >= text.Length;

    public char Next => _at < text.Length ? text[_at] : '\0';

    public char Previous => _at > 0 ? text[_at - 1] : '\0';

    public void Skip(int chars = 1) => _at += chars;

    public string TextFrom(int offset) => text[offset.._at];

    public HoconParserException Error(string message) => ErrorAt(message, _at);

    public HoconParserException ErrorAt(string message, int offset)
    {
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        return new HoconParserException(message, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    public HoconSubstitution ParseSubstitution()
    {
        var start = _at++;
        if (Next != '{')
            throw Error("'$' needs quotes unless it starts '${'");

        _at++;
        var isOptional = Next == '?';
        if (isOptional)
            _at++;

        SkipInlineBlanks();
        var path = ParseKeys();
        SkipInlineBlanks();
        if (Next != '}')
            throw ErrorAt("this '${' is never closed", start);

        _at++;
        return new HoconSubstitution(path, isOptional, start);
    }

    public List<string> ParseKeys()
    {
        var keys = new List<string>();
        while (true)
        {
            SkipInlineBlanks();
            keys.Add(Next == '"' ? ParseQuoted() : ParseUnquotedKey());
            SkipInlineBlanks();
            if (Next != '.')
                return keys;
            _at++;
        }
    }

    private string ParseUnquotedKey()
    {
        var start = _at;
        while (!AtEnd && !IsNewline(Next) && !IsComment() && !HoconText.NotInKey.Contains(Next, StringComparison.Ordinal))
            _at++;

        var key = text[start.._at].Trim();
        if (key.Length > 0)
            return key;

        throw AtEnd || IsNewline(Next) || IsComment() ? Error("a key is missing") : Error($"a key is missing before '{Next}', or it needs quotes");
    }

    public string ParseUnquoted()
    {
        var start = _at;
        while (!AtEnd && !IsBlank(Next) && !IsNewline(Next) && !IsComment() && !HoconText.NotInText.Contains(Next, StringComparison.Ordinal))
            _at++;

        return _at > start ? text[start.._at] : throw Error($"'{Next}' needs quotes");
    }

    public string ParseQuoted()
    {
        var start = _at;
        if (text.AsSpan(_at).StartsWith("\"\"\""))
            return ParseTripleQuoted(start);

        _at++;
        var value = new StringBuilder();
        while (!AtEnd && Next != '\n')
        {
            var c = text[_at++];
            if (c == '"')
                return value.ToString();

            value.Append(c == '\\' ? ParseEscape() : c);
        }

        throw ErrorAt("this '\"' is never closed", start);
    }

    private string ParseTripleQuoted(int start)
    {
        _at += 3;
        var end = text.IndexOf("\"\"\"", _at, StringComparison.Ordinal);
        if (end < 0)
            throw ErrorAt("this '\"\"\"' is never closed", start);

        // Quotes beyond the three that close the text belong to it.
        while (end + 3 < text.Length && text[end + 3] == '"')
            end++;

        var value = text[_at..end];
        _at = end + 3;
        return value;
    }

    private char ParseEscape()
    {
        var escape = Next;
        _at++;
        switch (escape)
        {
            case '"' or '\\' or '/':
                return escape;
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'u' when _at + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw ErrorAt("unknown escape after '\\' (a backslash is written twice)", _at - 2);
        }
    }

    public bool IsInclude()
    {
        if (!text.AsSpan(_at).StartsWith("include"))
            return false;

        var next = _at + "include".Length;
        var blanks = next;
        while (next < text.Length && IsBlank(text[next]))
            next++;

        return next > blanks && next < text.Length && text[next] == '"';
    }

    public bool IsEndOfValue() => AtEnd || Next is ',' or '}' or ']' || IsNewline(Next) || IsComment();

    public bool IsComment() => Next == '#' || (Next == '/' && _at + 1 < text.Length && text[_at + 1] == '/');

    private static bool IsNewline(char c) => c is '\n';

    private static bool IsBlank(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    public void SkipInlineBlanks()
    {
        while (!AtEnd && IsBlank(Next))
            _at++;
    }

    public void SkipBlankLines(bool andCommas = false)
    {
        while (!AtEnd)
        {
            if (IsBlank(Next) || IsNewline(Next) || (andCommas && Next == ','))
            {
                _at++;
            }
            else if (IsComment())
            {
                while (!AtEnd && Next != '\n')
                    _at++;
            }
            else
            {
                return;
            }
        }
    }
}
