using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Matching;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>The settings and expectations of <c>udp</c>.</summary>
internal static class UdpSettings
{
    /// <summary>The most datagrams of one check; each has a socket of its own.</summary>
    public const int MaxCount = 100;

    private const int MaxPayloadBytes = 8 * 1024;

    public static readonly Setting<string?> Payload = Setting.OptionalText(
        "payload", "Text to send. Without it and `payloadHex`, one zero byte is sent.", $"a string of at most {MaxPayloadBytes} bytes",
        text => Encoding.UTF8.GetByteCount(text) <= MaxPayloadBytes);

    public static readonly Setting<string?> PayloadHex = Setting.OptionalText(
        "payloadHex", "Bytes to send, in hexadecimal.", $"at most {MaxPayloadBytes} bytes in hexadecimal, such as \"de ad be ef\"",
        text => HexText.TryParse(text, out var bytes) && bytes.Length <= MaxPayloadBytes);

    public static readonly Setting<int> Count = Setting.Integer(
        "count", 1, 1, MaxCount,
        "How many datagrams a check sends, each from a port of its own: an answer belongs to the datagram of the port that it comes to, whatever it says. It may be Up with some unanswered; see `lossPercent`.");

    public static readonly Setting<TimeSpan?> Gap = Setting.OptionalDuration(
        "gap", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), "The time from datagram to datagram; 100ms when left out.");

    public static readonly Setting<TimeSpan?> Wait = Setting.OptionalDuration(
        "wait", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1),
        "How long to wait for answers after the last datagram, when there are several; what is left of the timeout when left out.");

    public static readonly Setting<bool> Silence = Setting.Flag(
        "silence", false, "Whether no answer is the wanted outcome: then silence until the timeout is Up and an answer is Down.");

    public static readonly Setting<string?> AnswerContains = Setting.OptionalText(
        "answer.contains", "Text within the answer.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> AnswerHex = Setting.OptionalText(
        "answer.hex", "Bytes within the answer, in hexadecimal.", "one byte or more in hexadecimal, such as \"de ad be ef\"",
        text => HexText.TryParse(text, out var bytes) && bytes.Length > 0);

    public static readonly Setting<string?> AnswerMatches = Setting.OptionalText(
        "answer.matches", "A regular expression that matches within the answer, taken as Latin-1: \\x80 is the byte 80. Its named groups are shown as `capture.NAME`.",
        "a .NET regular expression without look-arounds and back-references, of at most 1024 characters",
        text => TextPattern.TryParse(text, out _));

    public static readonly Setting<double?> LossPercent = Setting.OptionalNumber(
        "lossPercent", 0, 100, "The greatest share of datagrams without an answer, in percent; a greater one makes it Degraded. None answered is Unknown whatever it says.");

    public static readonly Setting<double?> RttMs = Setting.OptionalNumber(
        "rttMs", 0.001, 600_000, "The longest mean round trip in milliseconds; a longer one makes it Degraded.");

    /// <summary>The service <c>udp</c>.</summary>
    public static readonly ServiceDefinition Definition = new(
        "udp", "Sends UDP datagrams: an answer is Up, an ICMP port-unreachable Down, silence Unknown unless it is expected.", DefaultPort: 0,
        [.. TargetResolver.Settings, .. SocketSettings.All, SocketSettings.TtlSetting, Payload, PayloadHex, Count, Gap, Wait],
        [Silence, AnswerContains, AnswerHex, AnswerMatches, LossPercent, RttMs])
    {
        Examples = UdpExchangeExamples.All,
    };
}
