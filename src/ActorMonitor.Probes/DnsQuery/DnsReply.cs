using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>An answer, and how it came.</summary>
/// <param name="Message">The answer.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="StartedAt">When the query was first sent, or the connection for it begun; a timestamp of the clock.</param>
/// <param name="ArrivedAt">When the answer had come.</param>
/// <param name="IsKernelTime">Whether the kernel noted that.</param>
internal sealed record DnsReply(DnsMessage Message, int Bytes, long StartedAt, long ArrivedAt, bool IsKernelTime)
{
    /// <summary>What TLS leaves to be desired.</summary>
    internal ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>A message that is known to answer the question.</summary>
    /// <exception cref="DnsFormatException">It breaks the protocol all the same.</exception>
    internal static DnsMessage Checked(DnsMessage message)
    {
        if (!message.Flags.HasFlag(DnsFlags.Response))
            throw new DnsFormatException("with a query, not a response");
        if (message.Opcode != 0)
            throw new DnsFormatException($"the response has opcode {message.Opcode}, not that of the query");
        return message;
    }

    /// <summary>Whether a server from before EDNS answers FORMERR, or NOTIMP, and without an OPT record (RFC 6891 section 7).</summary>
    internal static bool RefusesEdns(DnsMessage answer, DnsSettings settings)
        => settings is { PayloadBytes: not null, Dnssec: false, AsksServerId: false }
            && answer.Edns is null
            && answer.Rcode is DnsCodes.FormatError or DnsCodes.NotImplemented;
}

/// <summary>A question and its answer over UDP.</summary>
internal static class DnsDatagrams
{
    // RFC 1035 section 4.2.1: what a server may send to a query without EDNS.
    internal const int PlainPayloadBytes = 512;

    /// <summary>Asks once.</summary>
    /// <param name="environment">Whose sockets to ask through.</param>
    /// <param name="server">Whom.</param>
    /// <param name="settings">What, and how.</param>
    /// <param name="patience">The time there is.</param>
    /// <param name="learned">Gets the ask when it is over, however it ended.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DnsFormatException">The answer breaks the protocol.</exception>
    internal static async Task<DnsReply> AskAsync(
        ProbeEnvironment environment, IPEndPoint server, DnsSettings settings, TimeSpan patience, Action<DnsAsk>? learned, CancellationToken cancellationToken)
    {
        var ask = new DnsAsk(server, settings.Encode())
        {
            Largest = settings.PayloadBytes ?? PlainPayloadBytes,
            SendAgainAfter = settings.Retransmit ? patience / 2 : null,
            ExactCase = settings.MixesCase,
            Prepare = settings.Sockets == SocketSettings.None ? null : settings.Sockets.Apply,
        };
        try
        {
            var datagram = await environment.Dns.AskAsync(ask, cancellationToken);
            if (datagram.IsOversize)
                throw new TargetException(Outcome.Down, Cause.Oversize, $"{server} answered with more than the {ask.Largest} bytes allowed over UDP");
            return new DnsReply(DnsReply.Checked(DnsMessage.Read(datagram.Bytes)), datagram.Bytes.Length, ask.SentAt, datagram.ArrivedAt, datagram.IsKernelTime);
        }
        finally
        {
            learned?.Invoke(ask);
        }
    }
}
