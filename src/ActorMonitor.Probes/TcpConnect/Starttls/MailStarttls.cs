using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect.Starttls;

/// <summary>Protocols that answer with a code of three digits, over several lines when a hyphen follows it (RFC 5321 section 4.2, RFC 959 section 4.2).</summary>
internal abstract class ReplyCodeStarttls : StarttlsProtocol
{
    /// <summary>Reads one reply: its code and its lines without it.</summary>
    protected static async Task<(int Code, List<string> Lines)> ReplyAsync(ProbeRun run, TcpWire wire, string to, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for {to}";
        var first = await wire.LineAsync(cancellationToken);
        if (first.Length < 3 || !first[..3].All(char.IsAsciiDigit) || (first.Length > 3 && first[3] is not (' ' or '-')))
            throw Garbage($"{to} is no reply of this protocol: {Quote(first)}");
        var lines = new List<string> { first.Length > 4 ? first[4..] : "" };

        // Lines between the first and the last need no code in FTP; the wire bounds what they may come to.
        var line = first;
        while (line.Length > 3 && !(line.StartsWith(first[..3], StringComparison.Ordinal) && line[3] == ' '))
        {
            line = await wire.LineAsync(cancellationToken);
            lines.Add(line.StartsWith(first[..3], StringComparison.Ordinal) && line.Length > 4 ? line[4..] : line);
            if (lines.Count > MaxLines)
                throw new TargetException(Outcome.Down, Cause.Oversize, $"{to} has more than {MaxLines} lines");
        }

        return (int.Parse(first.AsSpan(0, 3)), lines);
    }

    protected static async Task GreetedAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        var (code, lines) = await ReplyAsync(run, wire, "the greeting", cancellationToken);
        if (code != 220)
            throw new TargetException(Outcome.Down, Cause.ExpectationFailed, $"the server greets with {code} {Quote(lines[0])}, expected 220");
    }

    private const int MaxLines = 256;
}

/// <summary>RFC 3207.</summary>
internal sealed class SmtpStarttls : ReplyCodeStarttls
{
    public override string Name => "smtp";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        await GreetedAsync(run, wire, cancellationToken);

        // Who has no name of its own says its address (RFC 5321 section 4.1.3).
        var address = wire.LocalAddress;
        await wire.SayAsync($"EHLO [{(address?.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6:" : "")}{address}]\r\n", cancellationToken);
        var (code, lines) = await ReplyAsync(run, wire, "the answer to EHLO", cancellationToken);
        if (code != 250)
            throw Refused($"the server answers EHLO with {code} {Quote(lines[0])}, so it has no STARTTLS");
        if (!lines.Skip(1).Any(line => line.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            throw Refused("the server does not offer STARTTLS");

        await wire.SayAsync("STARTTLS\r\n", cancellationToken);
        (code, lines) = await ReplyAsync(run, wire, "the answer to STARTTLS", cancellationToken);
        if (code != 220)
            throw Refused($"the server answers STARTTLS with {code} {Quote(lines[0])}");
    }
}

/// <summary>RFC 4217 section 4.</summary>
internal sealed class FtpStarttls : ReplyCodeStarttls
{
    public override string Name => "ftp";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        await GreetedAsync(run, wire, cancellationToken);
        await wire.SayAsync("AUTH TLS\r\n", cancellationToken);
        var (code, lines) = await ReplyAsync(run, wire, "the answer to AUTH TLS", cancellationToken);
        if (code != 234)
            throw Refused($"the server answers AUTH TLS with {code} {Quote(lines[0])}");
    }
}

/// <summary>RFC 9051 section 6.2.1.</summary>
internal sealed class ImapStarttls : StarttlsProtocol
{
    private const int MaxLines = 256;

    public override string Name => "imap";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        run.Waiting = "waiting for the greeting";
        var greeting = await wire.LineAsync(cancellationToken);
        if (Is(greeting, "* PREAUTH"))
            throw Refused($"the server takes the connection for authenticated, where STARTTLS is not allowed: {Quote(greeting)}");
        if (Is(greeting, "* BYE"))
            throw new TargetException(Outcome.Down, Cause.ExpectationFailed, $"the server greets with {Quote(greeting)}, expected * OK");
        if (!Is(greeting, "* OK"))
            throw Garbage($"the greeting is not IMAP: {Quote(greeting)}");

        await wire.SayAsync("a1 STARTTLS\r\n", cancellationToken);
        run.Waiting = "waiting for the answer to STARTTLS";
        for (var i = 0; i < MaxLines; i++)
        {
            var line = await wire.LineAsync(cancellationToken);
            if (Is(line, "a1 OK"))
                return;
            if (Is(line, "a1 NO") || Is(line, "a1 BAD"))
                throw Refused($"the server answers STARTTLS with {Quote(line)}");

            // What is not asked for may come at any time (section 7).
            if (!line.StartsWith("* ", StringComparison.Ordinal))
                throw Garbage($"the answer to STARTTLS is not IMAP: {Quote(line)}");
        }

        throw new TargetException(Outcome.Down, Cause.Oversize, $"{MaxLines} lines came without an answer to STARTTLS");
    }

    private static bool Is(string line, string start)
        => line.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (line.Length == start.Length || line[start.Length] == ' ');
}

/// <summary>RFC 2595 section 4.</summary>
internal sealed class Pop3Starttls : StarttlsProtocol
{
    public override string Name => "pop3";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        run.Waiting = "waiting for the greeting";
        var greeting = await wire.LineAsync(cancellationToken);
        if (greeting.StartsWith("-ERR", StringComparison.Ordinal))
            throw new TargetException(Outcome.Down, Cause.ExpectationFailed, $"the server greets with {Quote(greeting)}, expected +OK");
        if (!greeting.StartsWith("+OK", StringComparison.Ordinal))
            throw Garbage($"the greeting is not POP3: {Quote(greeting)}");

        await wire.SayAsync("STLS\r\n", cancellationToken);
        run.Waiting = "waiting for the answer to STLS";
        var line = await wire.LineAsync(cancellationToken);
        if (line.StartsWith("-ERR", StringComparison.Ordinal))
            throw Refused($"the server answers STLS with {Quote(line)}");
        if (!line.StartsWith("+OK", StringComparison.Ordinal))
            throw Garbage($"the answer to STLS is not POP3: {Quote(line)}");
    }
}
