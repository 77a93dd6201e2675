using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads HOCON text into values. What Akka.NET's parser passes over in silence or dies of (<c>+=</c>, cycles, characters
/// that need quotes, open braces) is an error with its place; nesting and the growth by substitutions are bounded.
/// </summary>
public sealed class Parser
{
    /// <summary>How deep objects, arrays and dotted keys may nest, and how far substitutions may chain.</summary>
    internal const int MaxDepth = 64;

    /// <summary>How many includes may stand within each other.</summary>
    internal const int MaxIncludes = 16;

    // An include is read by the caller's callback, which calls Parse again: the depth has to travel beside it.
    [ThreadStatic]
    private static int _includeDepth;

    private readonly string _text;
    private readonly Func<string, HoconRoot>? _include;
    private int _at;

    private Parser(string text, Func<string, HoconRoot>? include)
    {
        _text = text;
        _include = include;
    }

    /// <summary>Reads a text. Names in <c>include "name"</c> are given to the callback; without one they are errors.</summary>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        var parser = new Parser(text, includeCallback);
        var root = parser.ParseRoot();
        new HoconResolver(root, parser.ErrorAt).ResolveAll();
        return new HoconRoot(HoconValue.Of(root));
    }

    private bool AtEnd => _at >= _text.Length;

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    private HoconParserException Error(string message) => ErrorAt(message, _at);

    private HoconParserException ErrorAt(string message, int offset)
    {
        var before = _text.AsSpan(0, Math.Min(offset, _text.Length));
        return new HoconParserException(message, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    private HoconObject ParseRoot()
    {
        if (Next == '\uFEFF')
            _at++;

        SkipBlankLines();
        var root = new HoconObject();
        if (Next != '{')
        {
            ParseBody(root, 0, isBraced: false);
            return root;
        }

        _at++;
        ParseBody(root, 0, isBraced: true);
        SkipBlankLines();
        return AtEnd ? root : throw Error($"'{Next}' after the end of the configuration");
    }

    // The keys of an object up to its closing brace, or of the whole text up to its end.
    private void ParseBody(HoconObject target, int depth, bool isBraced)
    {
        if (depth > MaxDepth)
            throw Error($"objects nest deeper than {MaxDepth}");

        var start = _at - 1;
        while (true)
        {
            SkipBlankLines(andCommas: true);
            if (AtEnd)
            {
                if (isBraced)
                    throw ErrorAt("this '{' is never closed", start);
                return;
            }

            if (Next == '}')
            {
                if (!isBraced)
                    throw Error("'}' without a '{'");
                _at++;
                return;
            }

            if (IsInclude())
                ParseInclude(target);
            else
                ParseAssignment(target, depth);

            ExpectEndOfEntry();
        }
    }

    private void ParseAssignment(HoconObject target, int depth)
    {
        var start = _at;
        var keys = ParseKeys();
        if (depth + keys.Count > MaxDepth)
            throw ErrorAt($"keys nest deeper than {MaxDepth}", start);

        for (var i = 0; i < keys.Count - 1; i++)
            target = OpenObject(target.GetOrCreateKey(keys[i]));

        var slot = target.GetOrCreateKey(keys[^1]);
        SkipBlankLines();
        if (Next is '=' or ':')
        {
            if (keys[^1].EndsWith('+'))
                throw Error("'+=' is not supported: write the whole list");
            _at++;
            SkipBlankLines();
        }
        else if (Next != '{')
        {
            throw AtEnd ? Error($"the key '{keys[^1]}' has no value") : Error($"'=', ':' or '{{' expected after the key '{keys[^1]}'");
        }

        Assign(slot, depth + keys.Count);
    }

    private void Assign(HoconValue slot, int depth)
    {
        // A plain object goes into the object that is there: duplicate keys merge.
        if (Next == '{' && slot.GetObject() is { } existing && slot.Values.Count == 1)
        {
            var before = _at++;
            ParseBody(existing, depth, isBraced: true);
            SkipInlineBlanks();
            if (IsEndOfValue())
                return;
            throw ErrorAt("an object that is merged cannot be concatenated", before);
        }

        var pieces = ParseValue(depth);
        if (pieces.Exists(p => p is HoconSubstitution) || slot.HasSubstitution())
            slot.Overridden = Detach(slot);

        slot.Values.Clear();
        slot.Values.AddRange(pieces);
    }

    // The object of a value for keys to be put into; a value that is none is overridden.
    private static HoconObject OpenObject(HoconValue value)
    {
        if (value.Values.Count == 1 && value.GetObject() is { } existing)
            return existing;

        if (value.HasSubstitution())
            value.Overridden = Detach(value);

        var made = new HoconObject();
        value.Values.Clear();
        value.Values.Add(made);
        return made;
    }

    private static HoconValue? Detach(HoconValue value)
    {
        if (value.Values.Count == 0)
            return value.Overridden;

        var earlier = new HoconValue { Overridden = value.Overridden };
        earlier.Values.AddRange(value.Values);
        return earlier;
    }

    private List<IHoconElement> ParseValue(int depth)
    {
        var start = _at;
        var pieces = new List<IHoconElement>();
        while (true)
        {
            var blanksFrom = _at;
            SkipInlineBlanks();
            if (IsEndOfValue())
                break;

            // Blanks between two pieces of text belong to the text.
            if (_at > blanksFrom && pieces.Count > 0 && pieces[^1] is not (HoconObject or HoconArray) && Next is not ('{' or '['))
                pieces.Add(new HoconLiteral(_text[blanksFrom.._at], isQuoted: false));

            pieces.Add(ParsePiece(depth));
        }

        if (pieces.Count == 0)
            throw Error("a value is missing");

        return HoconResolver.Concatenate(pieces, message => ErrorAt(message, start));
    }

    private IHoconElement ParsePiece(int depth)
    {
        switch (Next)
        {
            case '{':
                _at++;
                var made = new HoconObject();
                ParseBody(made, depth + 1, isBraced: true);
                return made;
            case '[':
                return ParseArray(depth + 1);
            case '"':
                return new HoconLiteral(ParseQuoted(), isQuoted: true);
            case '$':
                return ParseSubstitution();
            default:
                return new HoconLiteral(ParseUnquoted(), isQuoted: false);
        }
    }

    private HoconArray ParseArray(int depth)
    {
        if (depth > MaxDepth)
            throw Error($"arrays nest deeper than {MaxDepth}");

        var start = _at++;
        var array = new HoconArray();
        while (true)
        {
            SkipBlankLines(andCommas: true);
            if (AtEnd)
                throw ErrorAt("this '[' is never closed", start);

            if (Next == ']')
            {
                _at++;
                return array;
            }

            var value = new HoconValue();
            value.Values.AddRange(ParseValue(depth));
            array.Add(value);
            if (Next == '}')
                throw Error("']' expected before '}'");
        }
    }

    private HoconSubstitution ParseSubstitution()
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

    private List<string> ParseKeys()
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

        var key = _text[start.._at].Trim();
        if (key.Length > 0)
            return key;

        throw AtEnd || IsNewline(Next) || IsComment() ? Error("a key is missing") : Error($"a key is missing before '{Next}', or it needs quotes");
    }

    private string ParseUnquoted()
    {
        var start = _at;
        while (!AtEnd && !IsBlank(Next) && !IsNewline(Next) && !IsComment() && !HoconText.NotInText.Contains(Next, StringComparison.Ordinal))
            _at++;

        return _at > start ? _text[start.._at] : throw Error($"'{Next}' needs quotes");
    }

    private string ParseQuoted()
    {
        var start = _at;
        if (_text.AsSpan(_at).StartsWith("\"\"\""))
            return ParseTripleQuoted(start);

        _at++;
        var value = new StringBuilder();
        while (!AtEnd && Next != '\n')
        {
            var c = _text[_at++];
            if (c == '"')
                return value.ToString();

            value.Append(c == '\\' ? ParseEscape() : c);
        }

        throw ErrorAt("this '\"' is never closed", start);
    }

    private string ParseTripleQuoted(int start)
    {
        _at += 3;
        var end = _text.IndexOf("\"\"\"", _at, StringComparison.Ordinal);
        if (end < 0)
            throw ErrorAt("this '\"\"\"' is never closed", start);

        // Quotes beyond the three that close the text belong to it.
        while (end + 3 < _text.Length && _text[end + 3] == '"')
            end++;

        var value = _text[_at..end];
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
            case 'u' when _at + 4 <= _text.Length
                && ushort.TryParse(_text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw ErrorAt("unknown escape after '\\' (a backslash is written twice)", _at - 2);
        }
    }

    private bool IsInclude()
    {
        if (!_text.AsSpan(_at).StartsWith("include"))
            return false;

        var next = _at + "include".Length;
        var blanks = next;
        while (next < _text.Length && IsBlank(_text[next]))
            next++;

        return next > blanks && next < _text.Length && _text[next] == '"';
    }

    private void ParseInclude(HoconObject target)
    {
        var start = _at;
        _at += "include".Length;
        SkipInlineBlanks();
        var name = ParseQuoted();
        if (_include is null)
            throw ErrorAt($"include \"{name}\" is not possible here", start);

        if (_includeDepth >= MaxIncludes)
            throw ErrorAt($"more than {MaxIncludes} includes within each other at \"{name}\"", start);

        _includeDepth++;
        try
        {
            Overlay(target, HoconResolver.Copy(_include(name).Value).GetObject() ?? throw ErrorAt($"\"{name}\" is no object", start));
        }
        finally
        {
            _includeDepth--;
        }
    }

    // The keys of an include, as if they were written where it stands.
    private static void Overlay(HoconObject target, HoconObject added)
    {
        foreach (var (key, value) in added.Items)
        {
            var slot = target.GetOrCreateKey(key);
            if (value.GetObject() is { } keys)
            {
                Overlay(OpenObject(slot), keys);
                continue;
            }

            slot.Overridden = null;
            slot.Values.Clear();
            slot.Values.AddRange(value.Values);
        }
    }

    private void ExpectEndOfEntry()
    {
        SkipInlineBlanks();
        if (!IsEndOfValue() || Next == ']')
            throw Error($"'{Next}' where the line should end");
    }

    private bool IsEndOfValue() => AtEnd || Next is ',' or '}' or ']' || IsNewline(Next) || IsComment();

    private bool IsComment() => Next == '#' || (Next == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/');

    private static bool IsNewline(char c) => c is '\n';

    private static bool IsBlank(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    private void SkipInlineBlanks()
    {
        while (!AtEnd && IsBlank(Next))
            _at++;
    }

    private void SkipBlankLines(bool andCommas = false)
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
