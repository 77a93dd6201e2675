using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>
/// Sends one datagram and judges what comes back. Only an answer or an ICMP message proves anything: silence is what a
/// firewall, a lost packet and most healthy services have in common.
/// </summary>
internal sealed class UdpExchangeProbe(ProbeEnvironment environment) : IProbe
{
    private const int MaxPayloadBytes = 8 * 1024;

    // The longest datagram that UDP can carry is shorter, so an answer is never cut.
    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly Setting<string?> Payload = Setting.OptionalText(
        "payload", "Text to send. Without it and `payloadHex`, one zero byte is sent.", $"a string of at most {MaxPayloadBytes} bytes",
        text => Encoding.UTF8.GetByteCount(text) <= MaxPayloadBytes);

    private static readonly Setting<string?> PayloadHex = Setting.OptionalText(
        "payloadHex", "Bytes to send, in hexadecimal.", $"at most {MaxPayloadBytes} bytes in hexadecimal, such as \"de ad be ef\"",
        text => HexText.TryParse(text, out var bytes) && bytes.Length <= MaxPayloadBytes);

    private static readonly Setting<bool> Silence = Setting.Flag(
        "silence", false, "Whether no answer is the wanted outcome: then silence until the timeout is Up and an answer is Down.");

    private static readonly Setting<string?> AnswerContains = Setting.OptionalText(
        "answer.contains", "Text within the answer.", "a string that is not empty", text => text.Length > 0);

    private static readonly Setting<string?> AnswerHex = Setting.OptionalText(
        "answer.hex", "Bytes within the answer, in hexadecimal.", "one byte or more in hexadecimal, such as \"de ad be ef\"",
        text => HexText.TryParse(text, out var bytes) && bytes.Length > 0);

    /// <summary>The service <c>udp</c>.</summary>
    public static readonly ServiceDefinition Definition = new(
        "udp", "Sends one UDP datagram: an answer is Up, an ICMP port-unreachable Down, silence Unknown unless it is expected.", DefaultPort: 0,
        [TargetResolver.Family, Payload, PayloadHex], [Silence, AnswerContains, AnswerHex]);

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(environment, request, (run, timeout) => CheckAsync(run, timeout, cancellationToken), cancellationToken);

    private static async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken timeout, CancellationToken cancellationToken)
    {
        var exchange = Exchange.Of(run.Request);
        var endpoint = new IPEndPoint(await run.ResolveAsync(timeout), run.Request.Port);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

        // Connected, the kernel passes on datagrams and ICMP errors of this peer and of no other.
        run.Waiting = $"sending to {endpoint}";
        await socket.ConnectAsync(endpoint, timeout);
        var sent = run.Elapsed;
        var buffer = ArrayPool<byte>.Shared.Rent(MaxAnswerBytes);
        try
        {
            await socket.SendAsync(exchange.Payload, SocketFlags.None, timeout);
            run.Waiting = $"waiting for an answer of {endpoint}";
            var length = await socket.ReceiveAsync(buffer.AsMemory(0, MaxAnswerBytes), SocketFlags.None, timeout);
            return Answered(run, exchange, buffer.AsSpan(0, length), run.Elapsed - sent);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return Unreachable(run, endpoint);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Silent(run, exchange);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ProbeResult Answered(ProbeRun run, Exchange exchange, ReadOnlySpan<byte> answer, TimeSpan roundTrip)
    {
        run.Measure("rtt", roundTrip);
        run.Measure("answer.size", answer.Length, "bytes");
        run.Note("udp.answer", Convert.ToHexStringLower(answer[..Math.Min(answer.Length, 64)]));
        if (exchange.WantsSilence)
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"an answer of {answer.Length} bytes came where silence is expected", roundTrip);
        if (exchange.WantedText is { } text && answer.IndexOf(Encoding.UTF8.GetBytes(text)) < 0)
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"the answer of {answer.Length} bytes does not contain \"{text}\"", roundTrip);
        if (exchange.WantedBytes is { } bytes && answer.IndexOf(bytes) < 0)
        {
            var message = $"the answer of {answer.Length} bytes does not contain {Convert.ToHexStringLower(bytes)}";
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, message, roundTrip);
        }

        return run.Up(roundTrip);
    }

    private static ProbeResult Unreachable(ProbeRun run, IPEndPoint endpoint)
    {
        // The system reports no other ICMP message by this error: RFC 792 type 3 code 3, RFC 4443 type 1 code 4.
        var (type, code) = endpoint.AddressFamily == AddressFamily.InterNetwork ? ("3", "3") : ("1", "4");
        run.Note("icmp.type", type);
        run.Note("icmp.code", code);
        return run.Ended(Outcome.Down, Cause.IcmpUnreachable, $"{endpoint} answered with ICMP port unreachable");
    }

    private static ProbeResult Silent(ProbeRun run, Exchange exchange)
        => exchange.WantsSilence
            ? run.Ended(Outcome.Up, Cause.None, $"silent for {DurationText.Print(run.Request.Timeout)}, as expected")
            : run.Ended(
                Outcome.Unknown,
                Cause.NoAnswer,
                $"no answer within {DurationText.Print(run.Request.Timeout)}, which proves nothing over UDP; "
                + "let `payload` be something that the service answers, or expect `silence`");

    private sealed record Exchange(byte[] Payload, bool WantsSilence, string? WantedText, byte[]? WantedBytes)
    {
        public static Exchange Of(ProbeRequest request)
        {
            var (text, hex) = (UdpExchangeProbe.Payload.Read(request.Settings), PayloadHex.Read(request.Settings));
            if (text is not null && hex is not null)
                throw new SettingException("payload and payloadHex are given; expected one of them");
            var payload = hex is not null ? HexText.Parse(hex) : text is not null ? Encoding.UTF8.GetBytes(text) : [0];
            var silence = Silence.Read(request.Expectations);
            var (wantedText, wantedHex) = (AnswerContains.Read(request.Expectations), AnswerHex.Read(request.Expectations));
            if (silence && (wantedText ?? wantedHex) is not null)
                throw new SettingException("silence and an answer are expected; expected one of them");
            return new Exchange(payload, silence, wantedText, wantedHex is null ? null : HexText.Parse(wantedHex));
        }
    }
}
