using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>A text of a step: what is sent or waited for, with escapes, and with captures of earlier steps as <c>${name}</c>.</summary>
internal sealed partial class TcpText
{
    private readonly ImmutableArray<Piece> _pieces;

    private TcpText(ImmutableArray<Piece> pieces) => _pieces = pieces;

    /// <summary>The names of the captures that it takes in.</summary>
    public IEnumerable<string> Captures => _pieces.Where(piece => piece.Capture is not null).Select(piece => piece.Capture!);

    /// <summary>These bytes and no others.</summary>
    public static TcpText Of(byte[] bytes) => new([new Piece(bytes, null)]);

    /// <summary>Reads <c>\r \n \t \\ \xNN</c> and <c>${name}</c>; every other character stands for its UTF-8 bytes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TcpText? parsed)
    {
        parsed = null;
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\\')
            {
                if (Escape().Match(text, i) is not { Success: true } escape)
                    return false;
                bytes.Add(Unescape(escape.ValueSpan));
                i += escape.Length;
            }
            else if (text[i] == '$' && Capture().Match(text, i) is { Success: true } capture)
            {
                pieces.Add(new Piece([.. bytes], capture.Groups["name"].Value));
                bytes.Clear();
                i += capture.Length;
            }
            else
            {
                var next = text.AsSpan(i + 1).IndexOfAny('\\', '$');
                var end = next < 0 ? text.Length : i + 1 + next;
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i..end]));
                i = end;
            }
        }

        pieces.Add(new Piece([.. bytes], null));
        parsed = new TcpText(pieces.ToImmutable());
        return true;
    }

    /// <summary>The bytes, with captures filled in.</summary>
    public byte[] Fill(IReadOnlyDictionary<string, string> captures)
        => _pieces is [{ Capture: null } only]
            ? only.Bytes
            : [.. _pieces.SelectMany(piece => piece.Capture is null ? piece.Bytes : piece.Bytes.Concat(Encoding.UTF8.GetBytes(captures[piece.Capture])))];

    private static byte Unescape(ReadOnlySpan<char> escape) => escape[1] switch
    {
        'r' => (byte)'\r',
        'n' => (byte)'\n',
        't' => (byte)'\t',
        'x' => byte.Parse(escape[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        _ => (byte)'\\',
    };

    [GeneratedRegex(@"\G\\(?:[rnt\\]|x[0-9A-Fa-f]{2})", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Escape();

    [GeneratedRegex(@"\G\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Capture();

    /// <summary>Bytes, and the capture that follows them.</summary>
    private sealed record Piece(byte[] Bytes, string? Capture);
}
