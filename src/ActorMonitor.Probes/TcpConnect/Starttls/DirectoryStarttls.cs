using System.Security;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect.Starttls;

/// <summary>RFC 6120 section 5.4.</summary>
internal sealed class XmppStarttls : StarttlsProtocol
{
    private const string TlsNamespace = "urn:ietf:params:xml:ns:xmpp-tls";

    public override string Name => "xmpp";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        var to = SecurityElement.Escape(run.Request.Host);
        await wire.SayAsync(
            $"<?xml version='1.0'?><stream:stream to='{to}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", cancellationToken);
        run.Waiting = "waiting for the stream's features";
        var features = await UntilAsync(wire, ["</stream:features>", "<stream:features/>", "</stream:stream>"], cancellationToken);
        if (!features.Contains("<stream:stream", StringComparison.Ordinal))
            throw Garbage($"the answer is not XMPP: {Quote(features)}");
        if (!features.Contains(TlsNamespace, StringComparison.Ordinal))
            throw Refused($"the server does not offer STARTTLS: {Quote(features[features.LastIndexOf("<stream:", StringComparison.Ordinal)..])}");

        await wire.SayAsync($"<starttls xmlns='{TlsNamespace}'/>", cancellationToken);
        run.Waiting = "waiting for the answer to starttls";
        var answer = await UntilAsync(wire, [">"], cancellationToken);
        if (answer.TrimStart().StartsWith("<failure", StringComparison.Ordinal))
            throw Refused($"the server answers starttls with {Quote(answer.Trim())}");
        if (!answer.TrimStart().StartsWith("<proceed", StringComparison.Ordinal) || !answer.EndsWith("/>", StringComparison.Ordinal))
            throw Garbage($"the answer to starttls is not XMPP: {Quote(answer)}");
    }

    /// <summary>Takes off all up to the first of the ends.</summary>
    private static async Task<string> UntilAsync(TcpWire wire, string[] ends, CancellationToken cancellationToken)
    {
        var bytes = Array.ConvertAll(ends, Encoding.ASCII.GetBytes);
        var have = new List<byte>();
        while (!bytes.Any(end => have.Count >= end.Length && have[^1] == end[^1] && have.TakeLast(end.Length).SequenceEqual(end)))
        {
            have.AddRange(await wire.BytesAsync(1, cancellationToken));
            if (have.Count > TcpWire.MaxUnread)
                throw new TargetException(Outcome.Down, Cause.Oversize, $"{TcpWire.MaxUnread} bytes came without {ends[0]}");
        }

        return Encoding.UTF8.GetString([.. have]);
    }
}

/// <summary>RFC 4511 section 4.14.</summary>
internal sealed class LdapStarttls : StarttlsProtocol
{
    // LDAPMessage { messageID 1, [APPLICATION 23] { [0] 1.3.6.1.4.1.1466.20037 } }
    private static readonly byte[] Question = [0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16, .. "1.3.6.1.4.1.1466.20037"u8];

    private const int MaxAnswer = 4096;

    public override string Name => "ldap";

    public override async Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken)
    {
        await wire.SendAsync(Question, cancellationToken);
        run.Waiting = "waiting for the answer to StartTLS";
        var head = await wire.BytesAsync(2, cancellationToken);
        if (head[0] != 0x30)
            throw Garbage($"the answer to StartTLS is not LDAP: it begins with {Convert.ToHexStringLower(head)}");

        // BER: a length below 128 stands for itself, else for the number of bytes that hold it.
        var length = (int)head[1];
        if (head[1] is > 0x80 and <= 0x84)
            length = (await wire.BytesAsync(head[1] - 0x80, cancellationToken)).Aggregate(0, (sum, next) => sum > MaxAnswer ? sum : (sum << 8) | next);
        if (length is < 7 or > MaxAnswer || head[1] is 0x80 or > 0x84)
            throw Garbage("the answer to StartTLS has a length that LDAP does not have here");

        // messageID 1, then [APPLICATION 24] with resultCode ENUMERATED first; 0 is success.
        var body = await wire.BytesAsync(length, cancellationToken);
        var result = 5 + (body[4] > 0x80 ? body[4] - 0x80 : 0);
        if (!body.AsSpan().StartsWith((byte[])[0x02, 0x01, 0x01, 0x78]) || result + 2 >= body.Length || body[result] != 0x0a || body[result + 1] != 1)
            throw Garbage($"the answer to StartTLS is not LDAP's: {TcpWire.Evidence(body, isHex: true)}");
        if (body[result + 2] != 0)
            throw Refused($"the server answers StartTLS with the result code {body[result + 2]}");
    }
}
