using System.Collections.Immutable;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>A DNS message as a server sends it (RFC 1035 section 4.1).</summary>
/// <param name="Id">The query's id.</param>
/// <param name="Flags">The header's bits.</param>
/// <param name="Opcode">The kind of query; 0 for an ordinary one.</param>
/// <param name="Rcode">The response code, with the OPT record's upper bits (RFC 6891 section 6.1.3).</param>
/// <param name="Question">The question repeated; null when there is none.</param>
/// <param name="Answers">The answer section.</param>
internal sealed record DnsMessage(ushort Id, DnsFlags Flags, int Opcode, int Rcode, DnsQuestion? Question, ImmutableArray<DnsRecord> Answers)
{
    internal const int HeaderLength = 12;

    /// <summary>The authority section.</summary>
    internal ImmutableArray<DnsRecord> Authorities { get; init; } = [];

    /// <summary>The additional section without the OPT record.</summary>
    internal ImmutableArray<DnsRecord> Additionals { get; init; } = [];

    /// <summary>What the server's OPT record says; null when it does not speak EDNS.</summary>
    internal DnsEdns? Edns { get; init; }

    /// <summary>The extended errors (RFC 8914) as <c>18 Prohibited by policy</c>.</summary>
    internal ImmutableArray<string> ExtendedErrors => Edns?.Errors ?? [];

    /// <summary>Reads a message.</summary>
    /// <exception cref="DnsFormatException">The bytes are no DNS message.</exception>
    internal static DnsMessage Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength)
            throw new DnsFormatException($"the message has {message.Length} bytes, less than a header");
        var bits = DnsText.UInt16(message, 2);
        var questions = DnsText.UInt16(message, 4);
        if (questions > 1)
            throw new DnsFormatException($"the message has {questions} questions");

        var offset = HeaderLength;
        var question = questions == 1 ? ReadQuestion(message, ref offset) : null;
        const DnsFlags Known = DnsFlags.Response | DnsFlags.Authoritative | DnsFlags.Truncated | DnsFlags.RecursionDesired
            | DnsFlags.RecursionAvailable | DnsFlags.AuthenticData | DnsFlags.CheckingDisabled;
        var head = new DnsMessage(DnsText.UInt16(message, 0), (DnsFlags)bits & Known, (bits >> 11) & 0xF, bits & 0xF, question, []);
        try
        {
            return head.WithSections(message, offset);
        }
        catch (DnsFormatException) when (head.Flags.HasFlag(DnsFlags.Truncated))
        {
            // Some servers cut in the middle of a record. Its records are not for use anyway (RFC 2181 section 9).
            return head;
        }
    }

    private DnsMessage WithSections(ReadOnlySpan<byte> message, int offset)
    {
        var answers = ReadSection(message, DnsText.UInt16(message, 6), ref offset);
        var authorities = ReadSection(message, DnsText.UInt16(message, 8), ref offset);
        var additionals = ReadAdditionals(message, DnsText.UInt16(message, 10), ref offset, out var edns);
        if (offset != message.Length)
            throw new DnsFormatException($"{message.Length - offset} bytes follow the last record");
        return this with
        {
            Rcode = Rcode | ((edns?.UpperRcode ?? 0) << 4),
            Answers = answers,
            Authorities = authorities,
            Additionals = additionals,
            Edns = edns,
        };
    }

    private static DnsQuestion ReadQuestion(ReadOnlySpan<byte> message, ref int offset)
    {
        var name = DnsName.Read(message, ref offset);
        if (message.Length - offset < 4)
            throw new DnsFormatException("the question is cut short");
        var question = new DnsQuestion(name, DnsText.UInt16(message, offset), DnsText.UInt16(message, offset + 2));
        offset += 4;
        return question;
    }

    private static ImmutableArray<DnsRecord> ReadSection(ReadOnlySpan<byte> message, int count, ref int offset)
    {
        if (count == 0)
            return [];
        var records = ImmutableArray.CreateBuilder<DnsRecord>(Math.Min(count, 16));
        for (var i = 0; i < count; i++)
        {
            var frame = RecordFrame.Read(message, ref offset);
            records.Add(frame.ToRecord(message));
        }

        return records.ToImmutable();
    }

    private static ImmutableArray<DnsRecord> ReadAdditionals(ReadOnlySpan<byte> message, int count, ref int offset, out DnsEdns? edns)
    {
        edns = null;
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            var frame = RecordFrame.Read(message, ref offset);
            if (frame.Type != (ushort)DnsType.OPT)
            {
                records.Add(frame.ToRecord(message));
                continue;
            }

            if (edns is not null || !frame.Name.IsRoot)
                throw new DnsFormatException("the OPT record is not the only one of the root");
            edns = DnsEdns.Read(frame.Class, frame.Ttl, message.Slice(frame.DataOffset, frame.DataLength));
        }

        return records.ToImmutable();
    }

    /// <summary>A record's fixed part (RFC 1035 section 4.1.3), and where its data stands.</summary>
    private readonly record struct RecordFrame(DnsName Name, ushort Type, ushort Class, uint Ttl, int DataOffset, int DataLength)
    {
        internal static RecordFrame Read(ReadOnlySpan<byte> message, ref int offset)
        {
            var name = DnsName.Read(message, ref offset);
            if (message.Length - offset < 10)
                throw new DnsFormatException("a record is cut short");
            var length = DnsText.UInt16(message, offset + 8);
            var frame = new RecordFrame(
                name, DnsText.UInt16(message, offset), DnsText.UInt16(message, offset + 2), DnsText.UInt32(message, offset + 4), offset + 10, length);
            if (message.Length - frame.DataOffset < length)
                throw new DnsFormatException("a record's data is cut short");
            offset = frame.DataOffset + length;
            return frame;
        }

        // A TTL with its highest bit set counts as zero (RFC 2181 section 8).
        internal DnsRecord ToRecord(ReadOnlySpan<byte> message)
            => DnsRecord.Read(message, DataOffset, DataLength, Name, Type, Class, Ttl > int.MaxValue ? 0 : Ttl);
    }
}
