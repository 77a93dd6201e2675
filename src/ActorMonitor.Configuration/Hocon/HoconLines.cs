namespace ActorMonitor.Configuration;

/// <summary>
/// The line of each key of a HOCON text. The parser keeps no lines, so this reads the text's outline once more: keys,
/// braces, brackets, quotes and comments. It runs on text that the parser has accepted, and stops quietly where it is lost.
/// </summary>
internal sealed class HoconLines
{
    private const int MaxDepth = 100;

    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly string _text;
    private int _at;
    private int _line = 1;

    private HoconLines(string text) => _text = text;

    internal static HoconLines Of(string text)
    {
        var lines = new HoconLines(text);
        lines.SkipSeparators();
        if (lines.Next == '{')
            lines.Advance();
        lines.ReadObject("", 0);
        return lines;
    }

    /// <summary>The line of a path where it was last written, else of the nearest thing around it; null when neither is there.</summary>
    internal int? Find(string path)
    {
        for (var prefix = path; prefix.Length > 0; prefix = prefix[..Math.Max(0, prefix.LastIndexOfAny(['.', '[']))])
        {
            if (_lines.TryGetValue(prefix, out var line))
                return line;
        }

        return null;
    }

    /// <summary>Whether a path itself is written.</summary>
    internal bool Has(string path) => _lines.ContainsKey(path);

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    private bool AtEnd => _at >= _text.Length;

    private bool AtComment => Next == '#' || (Next == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/');

    private void ReadObject(string path, int depth)
    {
        while (depth <= MaxDepth)
        {
            SkipSeparators();
            if (AtEnd)
                return;
            if (Next is '}' or ']')
            {
                Advance();
                return;
            }

            var key = ReadKey(path);
            SkipSpaces();
            if (Next == '+')
                Advance();
            if (Next is '=' or ':')
                Advance();
            ReadValue(key, depth);
        }
    }

    private string ReadKey(string path)
    {
        while (true)
        {
            SkipSpaces();
            var start = _at;
            string segment;
            if (Next == '"')
            {
                segment = ReadQuoted();
            }
            else
            {
                while (!AtEnd && !AtComment && Next is not ('.' or '=' or ':' or '{' or '}' or '[' or ']' or ',' or '"' or '+' or '\n'))
                    Advance();
                segment = _text[start.._at].Trim();
            }

            path = HoconPath.At(path, segment);
            _lines[path] = _line;
            SkipSpaces();
            if (Next != '.')
            {
                if (_at == start)
                    Advance(); // what no key starts with: go on behind it
                return path;
            }

            Advance();
        }
    }

    // A value may have several pieces: it ends with its line, or at a comma or a closing bracket.
    private void ReadValue(string path, int depth)
    {
        while (Next is ' ' or '\t' or '\r' or '\n')
            Advance();
        while (!AtEnd && !AtComment && Next is not ('\n' or ',' or '}' or ']'))
        {
            switch (Next)
            {
                case '{':
                    Advance();
                    ReadObject(path, depth + 1);
                    break;
                case '[':
                    Advance();
                    ReadList(path, depth + 1);
                    break;
                case '"':
                    _ = ReadQuoted();
                    break;
                case '$':
                    while (!AtEnd && Next is not ('}' or '\n'))
                        Advance();
                    Advance();
                    break;
                default:
                    Advance();
                    break;
            }
        }
    }

    private void ReadList(string path, int depth)
    {
        for (var index = 0; depth <= MaxDepth; index++)
        {
            SkipSeparators();
            if (AtEnd)
                return;
            if (Next is ']' or '}')
            {
                Advance();
                return;
            }

            var item = HoconPath.At(path, index);
            _lines[item] = _line;
            ReadValue(item, depth);
        }
    }

    private string ReadQuoted()
    {
        var quotes = _text.AsSpan(_at).StartsWith("\"\"\"") ? 3 : 1;
        var start = _at + quotes;
        for (var i = 0; i < quotes; i++)
            Advance();
        while (!AtEnd && !_text.AsSpan(_at).StartsWith(quotes == 3 ? "\"\"\"" : "\""))
        {
            if (quotes == 1 && Next == '\\')
                Advance();
            Advance();
        }

        var quoted = _text[start..Math.Min(_at, _text.Length)];
        while (Next == '"' && quotes-- > 0)
            Advance();
        return quoted;
    }

    private void SkipSpaces()
    {
        while (Next is ' ' or '\t' or '\r')
            Advance();
    }

    private void SkipSeparators()
    {
        while (!AtEnd)
        {
            if (AtComment)
            {
                while (!AtEnd && Next != '\n')
                    Advance();
            }
            else if (char.IsWhiteSpace(Next) || Next is ',' or '\uFEFF')
            {
                Advance();
            }
            else
            {
                return;
            }
        }
    }

    private void Advance()
    {
        if (Next == '\n')
            _line++;
        if (!AtEnd)
            _at++;
    }
}
