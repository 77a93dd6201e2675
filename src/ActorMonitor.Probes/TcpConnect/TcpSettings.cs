using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.TcpConnect.Starttls;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>The settings and expectations of <c>tcp</c>.</summary>
internal static class TcpSettings
{
    public static readonly Setting<string?> Send = Setting.OptionalText(
        "send", "Text to send once connected (and once the banner has come, if one is expected). For more than that, see `steps`.");

    public static readonly Setting<ImmutableArray<string>> Steps = Setting.TextList(
        "steps",
        "A dialogue. `expect` waits for a text, `expect-hex` for bytes; `match` waits for a line that a regular expression matches, whose named groups are shown as "
        + "`capture.NAME` and can be used in later texts as `${NAME}`; `send` and `send-hex` send, and what came before is not looked at any more; `starttls` goes on over TLS; "
        + "`close` waits until the peer closes. In texts, \\r \\n \\t \\\\ and \\xNN are escapes. Of what the peer sends, 64 KiB are read for each step.",
        TcpStep.Accepts,
        text => TcpStep.TryParse(text, out _),
        texts => TcpStep.TryParse(texts, out _));

    public static readonly Setting<string> Transport = Setting.Choice("transport", "tcp", "What is spoken from the start: `tls` is TLS over TCP.", "tcp", "tls");

    public static readonly Setting<string?> Starttls = Setting.OptionalChoice(
        "starttls", "The protocol whose own way into TLS is gone before `steps`, or all there is to check.", [.. StarttlsProtocols.Names]);

    public static readonly Setting<string?> BannerContains = Setting.OptionalText(
        "banner.contains", "Text within the first 64 KiB that the server sends by itself.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> AnswerContains = Setting.OptionalText(
        "answer.contains", "Text within the first 64 KiB that the server sends after `send`.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> Closed = Setting.OptionalChoice(
        "closed",
        "Expects that nobody can connect, because the host refuses (`refused`), because it stays silent until the timeout as behind a firewall that drops (`silent`), or because of either. "
        + "A connection is Down then.",
        "refused", "silent", "either");

    public static readonly Setting<double?> ConnectMs = Setting.OptionalNumber(
        "connectMs", 0, 3_600_000, "How many milliseconds the connection may take to open; more is Degraded.");

    public static readonly Setting<double?> ResponseMs = Setting.OptionalNumber(
        "responseMs", 0, 3_600_000, "How many milliseconds connection, TLS and dialogue may take together; more is Degraded.");

    /// <summary>The service <c>tcp</c>.</summary>
    public static readonly ServiceDefinition Definition = new(
        "tcp", "Opens a TCP connection and, when asked to, starts TLS and holds a dialogue over it.", DefaultPort: 0,
        [.. TargetResolver.Settings, .. SocketSettings.All, Transport, Starttls, Steps, Send, .. TlsSettings.Settings],
        [BannerContains, AnswerContains, Closed, ConnectMs, ResponseMs, .. TlsSettings.Expectations])
    {
        Examples = TcpConnectExamples.All,
    };
}
