namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads HOCON text into values. What Akka.NET's parser passes over in silence or dies of (<c>+=</c>, cycles, characters
/// that need quotes, open braces) is an error with its place; nesting and the growth by substitutions are bounded.
/// </summary>
internal sealed class Parser
{
    /// <summary>How deep objects, arrays and dotted keys may nest, and how far substitutions may chain.</summary>
    internal const int MaxDepth = 64;

    /// <summary>How many includes may stand within each other.</summary>
    internal const int MaxIncludes = 16;

    // An include is read by the caller's callback, which calls Parse again: the depth has to travel beside it.
    [ThreadStatic]
    private static int _includeDepth;

    private readonly HoconScanner _in;
    private readonly Func<string, HoconRoot>? _include;

    private Parser(string text, Func<string, HoconRoot>? include)
    {
        _in = new HoconScanner(text);
        _include = include;
    }

    /// <summary>Reads a text. Names in <c>include "name"</c> are given to the callback; without one they are errors.</summary>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        var parser = new Parser(text, includeCallback);
        var root = parser.ParseRoot();
        new HoconResolver(root, parser._in.ErrorAt).ResolveAll();
        return new HoconRoot(HoconValue.Of(root));
    }

    private HoconObject ParseRoot()
    {
        if (_in.Next == '\uFEFF')
            _in.Skip();

        _in.SkipBlankLines();
        var root = new HoconObject();
        if (_in.Next != '{')
        {
            ParseBody(root, 0, isBraced: false);
            return root;
        }

        _in.Skip();
        ParseBody(root, 0, isBraced: true);
        _in.SkipBlankLines();
        return _in.AtEnd ? root : throw _in.Error($"'{_in.Next}' after the end of the configuration");
    }

    // The keys of an object up to its closing brace, or of the whole text up to its end.
    private void ParseBody(HoconObject target, int depth, bool isBraced)
    {
        if (depth > MaxDepth)
            throw _in.Error($"objects nest deeper than {MaxDepth}");

        var start = _in.Offset - 1;
        while (true)
        {
            _in.SkipBlankLines(andCommas: true);
            if (_in.AtEnd)
            {
                if (isBraced)
                    throw _in.ErrorAt("this '{' is never closed", start);
                return;
            }

            if (_in.Next == '}')
            {
                if (!isBraced)
                    throw _in.Error("'}' without a '{'");
                _in.Skip();
                return;
            }

            if (_in.IsInclude())
                ParseInclude(target);
            else
                ParseAssignment(target, depth);

            ExpectEndOfEntry();
        }
    }

    private void ParseAssignment(HoconObject target, int depth)
    {
        var start = _in.Offset;
        var keys = _in.ParseKeys();
        if (depth + keys.Count > MaxDepth)
            throw _in.ErrorAt($"keys nest deeper than {MaxDepth}", start);

        for (var i = 0; i < keys.Count - 1; i++)
            target = OpenObject(target.GetOrCreateKey(keys[i]));

        var slot = target.GetOrCreateKey(keys[^1]);
        _in.SkipBlankLines();
        if (_in.Next is '=' or ':')
        {
            if (_in is { Next: '=', Previous: '+' })
                throw _in.Error("'+=' is not supported: write the whole list");
            _in.Skip();
            _in.SkipBlankLines();
        }
        else if (_in.Next != '{')
        {
            throw _in.AtEnd ? _in.Error($"the key '{keys[^1]}' has no value") : _in.Error($"'=', ':' or '{{' expected after the key '{keys[^1]}'");
        }

        Assign(slot, depth + keys.Count);
    }

    private void Assign(HoconValue slot, int depth)
    {
        // A plain object goes into the object that is there: duplicate keys merge.
        if (_in.Next == '{' && slot.GetObject() is { } existing && slot.Values.Count == 1)
        {
            var before = _in.Offset;
            _in.Skip();
            ParseBody(existing, depth, isBraced: true);
            _in.SkipInlineBlanks();
            if (_in.IsEndOfValue())
                return;
            throw _in.ErrorAt("an object that is merged cannot be concatenated", before);
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
        var start = _in.Offset;
        var pieces = new List<IHoconElement>();
        while (true)
        {
            var blanksFrom = _in.Offset;
            _in.SkipInlineBlanks();
            if (_in.IsEndOfValue())
                break;

            // Blanks between two pieces of text belong to the text.
            if (_in.Offset > blanksFrom && pieces.Count > 0 && pieces[^1] is not (HoconObject or HoconArray) && _in.Next is not ('{' or '['))
                pieces.Add(new HoconLiteral(_in.TextFrom(blanksFrom), isQuoted: false));

            pieces.Add(ParsePiece(depth));
        }

        if (pieces.Count == 0)
            throw _in.Error("a value is missing");

        return HoconResolver.Concatenate(pieces, message => _in.ErrorAt(message, start));
    }

    private IHoconElement ParsePiece(int depth)
    {
        switch (_in.Next)
        {
            case '{':
                _in.Skip();
                var made = new HoconObject();
                ParseBody(made, depth + 1, isBraced: true);
                return made;
            case '[':
                return ParseArray(depth + 1);
            case '"':
                return new HoconLiteral(_in.ParseQuoted(), isQuoted: true);
            case '$':
                return _in.ParseSubstitution();
            default:
                return new HoconLiteral(_in.ParseUnquoted(), isQuoted: false);
        }
    }

    private HoconArray ParseArray(int depth)
    {
        if (depth > MaxDepth)
            throw _in.Error($"arrays nest deeper than {MaxDepth}");

        var start = _in.Offset;
        _in.Skip();
        var array = new HoconArray();
        while (true)
        {
            _in.SkipBlankLines(andCommas: true);
            if (_in.AtEnd)
                throw _in.ErrorAt("this '[' is never closed", start);

            if (_in.Next == ']')
            {
                _in.Skip();
                return array;
            }

            var value = new HoconValue();
            value.Values.AddRange(ParseValue(depth));
            array.Add(value);
            if (_in.Next == '}')
                throw _in.Error("']' expected before '}'");
        }
    }

    private void ParseInclude(HoconObject target)
    {
        var start = _in.Offset;
        _in.Skip("include".Length);
        _in.SkipInlineBlanks();
        var name = _in.ParseQuoted();
        if (_include is null)
            throw _in.ErrorAt($"include \"{name}\" is not possible here", start);

        if (_includeDepth >= MaxIncludes)
            throw _in.ErrorAt($"more than {MaxIncludes} includes within each other at \"{name}\"", start);

        _includeDepth++;
        try
        {
            Overlay(target, HoconResolver.Copy(_include(name).Value).GetObject() ?? throw _in.ErrorAt($"\"{name}\" is no object", start));
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
        _in.SkipInlineBlanks();
        if (!_in.IsEndOfValue() || _in.Next == ']')
            throw _in.Error($"'{_in.Next}' where the line should end");
    }
}
