using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using ActorMonitor.Probes.Matching;
using ActorMonitor.Probes.UdpExchange;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>What a step does.</summary>
internal enum TcpStepKind
{
    /// <summary>Waits for bytes.</summary>
    Expect,

    /// <summary>Waits for a line that matches.</summary>
    Match,

    /// <summary>Sends bytes.</summary>
    Send,

    /// <summary>Starts TLS.</summary>
    Starttls,

    /// <summary>Waits for the peer to close.</summary>
    Close,
}

/// <summary>One step of a dialogue over TCP.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Text">It as messages name it.</param>
internal sealed record TcpStep(TcpStepKind Kind, string Text)
{
    /// <summary>The grammar, as it completes "expected ...".</summary>
    public const string Accepts = "steps such as \"expect 220\", \"match ^250[ -](?<name>.*)\", \"expect-hex 53\", \"send QUIT\\\\r\\\\n\" (with ${name} of an earlier match), "
        + "\"send-hex 0d 0a\", one \"starttls\", and \"close\" at the end";

    /// <summary>The bytes to send or to wait for.</summary>
    public TcpText? Bytes { get; init; }

    /// <summary>What a line has to match.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>The pattern's named groups.</summary>
    public ImmutableArray<string> Captures { get; init; } = [];

    /// <summary>Whether its bytes are shown in hexadecimal.</summary>
    public bool IsHex { get; init; }

    /// <summary>The name of the expectation that it stands for (<c>banner</c>, <c>answer</c>); null for a step of a list.</summary>
    public string? Expectation { get; init; }

    /// <summary>Whether it stands for the setting <c>send</c>.</summary>
    public bool IsSetting { get; init; }

    /// <summary>Reads one step.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TcpStep? step)
    {
        step = null;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var (verb, rest) = space < 0 ? (text, null) : (text[..space], text[(space + 1)..]);
        if (rest is { Length: 0 })
            return false;
        step = (verb, rest) switch
        {
            ("starttls", null) => new TcpStep(TcpStepKind.Starttls, text),
            ("close", null) => new TcpStep(TcpStepKind.Close, text),
            ("expect", { } wanted) => TcpText.TryParse(wanted, out var bytes) ? new TcpStep(TcpStepKind.Expect, text) { Bytes = bytes } : null,
            ("send", { } said) => TcpText.TryParse(said, out var bytes) ? new TcpStep(TcpStepKind.Send, text) { Bytes = bytes } : null,
            ("expect-hex", { } wanted) => OfHex(TcpStepKind.Expect, text, wanted),
            ("send-hex", { } said) => OfHex(TcpStepKind.Send, text, said),
            ("match", { } pattern) => OfPattern(text, pattern),
            _ => null,
        };
        return step is not null;
    }

    /// <summary>Whether steps follow each other as they can: captures come before their use, TLS starts once, nothing comes after the end.</summary>
    public static bool AreInOrder(ImmutableArray<TcpStep> steps)
    {
        var captures = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Bytes is { } bytes && !bytes.Captures.All(captures.Contains))
                return false;
            captures.UnionWith(steps[i].Captures);
            if (steps[i].Kind == TcpStepKind.Close && i < steps.Length - 1)
                return false;
        }

        return steps.Count(step => step.Kind == TcpStepKind.Starttls) <= 1;
    }

    /// <summary>Reads a list of steps.</summary>
    public static bool TryParse(ImmutableArray<string> texts, out ImmutableArray<TcpStep> steps)
    {
        var parsed = ImmutableArray.CreateBuilder<TcpStep>(texts.Length);
        foreach (var text in texts)
        {
            if (TryParse(text, out var step))
                parsed.Add(step);
        }

        steps = parsed.ToImmutable();
        return steps.Length == texts.Length && AreInOrder(steps);
    }

    /// <summary>The step that an expectation or the setting <c>send</c> stands for; its text is taken as it is.</summary>
    public static TcpStep Literal(TcpStepKind kind, string text, string? expectation)
        => new(kind, text) { Bytes = TcpText.Of(Encoding.UTF8.GetBytes(text)), Expectation = expectation, IsSetting = expectation is null };

    private static TcpStep? OfHex(TcpStepKind kind, string text, string hex)
        => HexText.TryParse(hex, out var bytes) && bytes.Length > 0 ? new TcpStep(kind, text) { Bytes = TcpText.Of(bytes), IsHex = true } : null;

    private static TcpStep? OfPattern(string text, string pattern)
        => TextPattern.TryParse(pattern, out var regex)
            ? new TcpStep(TcpStepKind.Match, text) { Pattern = regex, Captures = [.. regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))] }
            : null;
}
