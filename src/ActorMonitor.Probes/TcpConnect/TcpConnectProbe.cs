using System.Buffers;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>Opens a TCP connection, and says and hears something over it when the job asks for that.</summary>
internal sealed class TcpConnectProbe(ProbeEnvironment environment) : IProbe
{
    /// <summary>How much of what the peer sends is read for one expectation.</summary>
    internal const int MaxAnswerBytes = 64 * 1024;

    private static readonly Setting<string?> Send = Setting.OptionalText("send", "Text to send once connected (and once the banner has come, if one is expected).");

    private static readonly Setting<string?> BannerContains = Setting.OptionalText(
        "banner.contains", "Text within the first 64 KiB that the server sends by itself.", "a string that is not empty", text => text.Length > 0);

    private static readonly Setting<string?> AnswerContains = Setting.OptionalText(
        "answer.contains", "Text within the first 64 KiB that the server sends after `send`.", "a string that is not empty", text => text.Length > 0);

    /// <summary>The service <c>tcp</c>.</summary>
    public static readonly ServiceDefinition Definition = new(
        "tcp", "Opens a TCP connection and, when asked to, sends a text and looks for one in the answer.", DefaultPort: 0,
        [TargetResolver.Family, Send], [BannerContains, AnswerContains]);

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(environment, request, CheckAsync, cancellationToken);

    private static async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var (host, port, settings, expectations) = (run.Request.Host, run.Request.Port, run.Request.Settings, run.Request.Expectations);
        var send = Send.Read(settings);
        var banner = BannerContains.Read(expectations);
        var answer = AnswerContains.Read(expectations);

        var addresses = await run.Environment.Resolver.ResolveAsync(host, settings, cancellationToken);
        var started = run.Elapsed;
        using var socket = await TargetDialler.ConnectAsync(run, addresses, port, ordinal: 0, cancellationToken);
        var connected = run.Elapsed - started;

        if (banner is not null && await HearAsync(run, socket, "banner", banner, cancellationToken) is { } noBanner)
            return noBanner;
        if (send is not null)
            await SayAsync(run, socket, send, cancellationToken);
        if (answer is not null && await HearAsync(run, socket, "answer", answer, cancellationToken) is { } noAnswer)
            return noAnswer;
        return run.Up(connected);
    }

    private static async Task SayAsync(ProbeRun run, Socket socket, string text, CancellationToken cancellationToken)
    {
        run.Waiting = "sending";
        ReadOnlyMemory<byte> left = Encoding.UTF8.GetBytes(text);
        while (!left.IsEmpty)
            left = left[await socket.SendAsync(left, SocketFlags.None, cancellationToken)..];
    }

    /// <summary>Reads until the text has come; null when it has, else the result to report.</summary>
    private static async Task<ProbeResult?> HearAsync(ProbeRun run, Socket socket, string what, string text, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for \"{text}\" in the {what}";
        var started = run.Elapsed;
        var buffer = ArrayPool<byte>.Shared.Rent(MaxAnswerBytes);
        var heard = new Heard(buffer.AsMemory(0, MaxAnswerBytes), Encoding.UTF8.GetBytes(text));
        try
        {
            await heard.ReadAsync(socket, cancellationToken);
        }
        finally
        {
            if (heard.Length > 0)
                run.Note($"tcp.{what}", Encoding.UTF8.GetString(buffer, 0, Math.Min(heard.Length, 256)));
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!heard.IsFound)
            return NotHeard(run, heard, what, text);
        run.Measure(what, run.Elapsed - started);
        return null;
    }

    private static ProbeResult NotHeard(ProbeRun run, Heard heard, string what, string text)
    {
        if (!heard.IsClosed)
            return run.Ended(Outcome.Unknown, Cause.Oversize, $"the first {MaxAnswerBytes} bytes of the {what} do not contain \"{text}\", and no more are read");
        return heard.Length == 0
            ? run.Ended(Outcome.Down, Cause.ConnectionClosed, $"the peer closed the connection without a {what}")
            : run.Ended(Outcome.Down, Cause.ExpectationFailed, $"the peer closed the connection; its {what} of {heard.Length} bytes does not contain \"{text}\"");
    }

    /// <summary>What a peer says, up to the bytes that are looked for, the end of what it says, or the end of the buffer.</summary>
    private sealed class Heard(Memory<byte> buffer, byte[] wanted)
    {
        public int Length { get; private set; }

        public bool IsFound { get; private set; }

        public bool IsClosed { get; private set; }

        public async Task ReadAsync(Socket socket, CancellationToken cancellationToken)
        {
            while (!IsFound && !IsClosed && Length < buffer.Length)
            {
                var read = await socket.ReceiveAsync(buffer[Length..], SocketFlags.None, cancellationToken);

                // The bytes may straddle two reads, so the search begins where their first part could.
                var from = Math.Max(0, Length - wanted.Length + 1);
                Length += read;
                IsClosed = read == 0;
                IsFound = buffer.Span[from..Length].IndexOf(wanted) >= 0;
            }
        }
    }
}
