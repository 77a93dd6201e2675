namespace Akka.Configuration.Hocon;

/// <summary>Replaces the substitutions of a parsed text by what they refer to: keys of the same text, else environment variables.</summary>
internal sealed class HoconResolver(HoconObject root, Func<string, int, HoconParserException> error)
{
    /// <summary>How many values substitutions may copy in all: doubling references must not eat the memory.</summary>
    internal const int MaxCopies = 100_000;

    private readonly HoconValue _rootValue = HoconValue.Of(root);
    private int _copies;
    private int _depth;

    /// <summary>A deep copy.</summary>
    public static HoconValue Copy(HoconValue value) => Copy(value, 0, static () => { }, static () => new InvalidOperationException());

    /// <summary>Joins the pieces of a value: objects merge, arrays and texts join, a mixture is an error.</summary>
    public static List<IHoconElement> Concatenate(List<IHoconElement> pieces, Func<string, Exception> mixed)
    {
        if (pieces.Count == 1 || pieces.Exists(p => p is HoconSubstitution))
            return pieces;

        // Blanks beside an object or array come from a substitution's place and mean nothing.
        if (pieces.Exists(p => p is HoconObject or HoconArray))
            pieces.RemoveAll(p => p is HoconLiteral { IsQuoted: false } text && string.IsNullOrWhiteSpace(text.Value));

        if (pieces.TrueForAll(p => p is HoconObject))
        {
            var merged = new HoconObject();
            for (var i = pieces.Count - 1; i >= 0; i--)
                merged.AddMissing((HoconObject)pieces[i]);
            return [merged];
        }

        if (pieces.TrueForAll(p => p is HoconArray))
        {
            var joined = new HoconArray();
            foreach (var piece in pieces)
                joined.AddRange((HoconArray)piece);
            return [joined];
        }

        return pieces.TrueForAll(p => p is HoconLiteral) ? pieces : throw mixed("text, objects and arrays cannot be joined into one value");
    }

    /// <summary>Replaces every substitution, and takes away the keys that an optional one leaves without a value.</summary>
    public void ResolveAll() => Resolve(_rootValue, 0);

    private void Resolve(HoconValue value, int offset)
    {
        if (value.State == ResolveState.Done)
            return;

        if (value.State is ResolveState.Children or ResolveState.OwnPieces)
            throw error("a substitution leads back to itself", offset);

        Enter(offset);
        ResolveOwnPieces(value, offset);
        value.State = ResolveState.Children;
        foreach (var piece in value.Values)
        {
            if (piece is HoconObject keys)
            {
                foreach (var (key, child) in keys.Items.ToArray())
                {
                    Resolve(child, offset);
                    if (child.Values.Count == 0)
                        keys.Items.Remove(key);
                }
            }
            else if (piece is HoconArray array)
            {
                foreach (var child in array)
                    Resolve(child, offset);
                array.RemoveAll(child => child.Values.Count == 0);
            }
        }

        value.State = ResolveState.Done;
        _depth--;
    }

    // After this the value is text, one object, one array or nothing, but substitutions may remain below it.
    private void ResolveOwnPieces(HoconValue value, int offset)
    {
        if (value.State == ResolveState.OwnPieces)
            throw error("a substitution leads back to itself", offset);

        if (value.State != ResolveState.Open)
            return;

        Enter(offset);
        value.State = ResolveState.OwnPieces;
        var at = value.Values.OfType<HoconSubstitution>().FirstOrDefault()?.Offset ?? offset;
        var pieces = new List<IHoconElement>();
        foreach (var piece in value.Values)
        {
            if (piece is HoconSubstitution substitution)
                pieces.AddRange(Target(substitution));
            else
                pieces.Add(piece);
        }

        if (pieces.TrueForAll(p => p is HoconLiteral { IsQuoted: false } text && string.IsNullOrWhiteSpace(text.Value)))
            pieces.Clear();

        if (value.Overridden is { } earlier && (pieces.Count == 0 || pieces[0] is HoconObject))
        {
            ResolveOwnPieces(earlier, at);
            if (pieces.Count == 0 || earlier.IsObject())
                pieces.InsertRange(0, earlier.Values);
        }

        var joined = pieces.Count == 0 ? pieces : Concatenate(pieces, message => error(message, at));
        value.Values.Clear();
        value.Values.AddRange(joined);
        value.State = ResolveState.OwnPiecesDone;
        _depth--;
    }

    private List<IHoconElement> Target(HoconSubstitution substitution)
    {
        var target = _rootValue;
        foreach (var key in substitution.Path)
        {
            ResolveOwnPieces(target, substitution.Offset);
            target = target.GetChildObject(key);
            if (target is null)
                break;
        }

        if (target is not null)
        {
            Resolve(target, substitution.Offset);
            if (target.Values.Count > 0)
            {
                return Copy(target, 0, () => Count(substitution.Offset), () => error("substitutions nest too deep", substitution.Offset)).Values;
            }
        }

        var variable = string.Join('.', substitution.Path);
        if (!variable.Contains('=') && !variable.Contains('\0') && Environment.GetEnvironmentVariable(variable) is { } found)
            return [new HoconLiteral(found, isQuoted: true)];

        return substitution.IsOptional ? [] : throw error($"nothing is called '{variable}': neither a key nor an environment variable", substitution.Offset);
    }

    private void Enter(int offset)
    {
        if (++_depth > 4 * Parser.MaxDepth)
            throw error("substitutions chain too far", offset);
    }

    private void Count(int offset)
    {
        if (++_copies > MaxCopies)
            throw error($"substitutions copy more than {MaxCopies} values", offset);
    }

    private static HoconValue Copy(HoconValue value, int depth, Action count, Func<Exception> tooDeep)
    {
        if (depth > 2 * Parser.MaxDepth)
            throw tooDeep();

        var copy = new HoconValue { State = value.State };
        foreach (var piece in value.Values)
        {
            count();
            switch (piece)
            {
                case HoconObject keys:
                    var keysCopy = new HoconObject();
                    foreach (var (key, child) in keys.Items)
                        keysCopy.Items[key] = Copy(child, depth + 1, count, tooDeep);
                    copy.Values.Add(keysCopy);
                    break;
                case HoconArray array:
                    var arrayCopy = new HoconArray();
                    foreach (var child in array)
                        arrayCopy.Add(Copy(child, depth + 1, count, tooDeep));
                    copy.Values.Add(arrayCopy);
                    break;
                default:
                    copy.Values.Add(piece);
                    break;
            }
        }

        return copy;
    }
}
