using System.Collections.Immutable;
using System.Text;

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
    private const int LongestError = 200;

    /// <summary>The authority section.</summary>
    internal ImmutableArray<DnsRecord> Authorities { get; init; } = [];

    /// <summary>The additional section without the OPT record.</summary>
    internal ImmutableArray<DnsRecord> Additionals { get; init; } = [];

    /// <summary>Whether the server speaks EDNS: there is an OPT record.</summary>
    internal bool HasEdns { get; init; }

    /// <summary>The extended errors (RFC 8914) as <c>18 Prohibited by policy</c>.</summary>
    internal ImmutableArray<string> ExtendedErrors { get; init; } = [];

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
        var additionals = ReadAdditionals(message, DnsText.UInt16(message, 10), ref offset, out var options);
        if (offset != message.Length)
            throw new DnsFormatException($"{message.Length - offset} bytes follow the last record");
        return this with
        {
            Rcode = Rcode | ((options?.UpperRcode ?? 0) << 4),
            Answers = answers,
            Authorities = authorities,
            Additionals = additionals,
            HasEdns = options is not null,
            ExtendedErrors = options?.Errors ?? [],
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
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            var frame = RecordFrame.Read(message, ref offset);
            records.Add(frame.ToRecord(message));
        }

        return records.ToImmutable();
    }

    private static ImmutableArray<DnsRecord> ReadAdditionals(ReadOnlySpan<byte> message, int count, ref int offset, out Options? options)
    {
        options = null;
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            var frame = RecordFrame.Read(message, ref offset);
            if (frame.Type != (ushort)DnsType.OPT)
            {
                records.Add(frame.ToRecord(message));
                continue;
            }

            if (options is not null || !frame.Name.IsRoot)
                throw new DnsFormatException("the OPT record is not the only one of the root");
            options = new Options((int)(frame.Ttl >> 24), ReadErrors(message.Slice(frame.DataOffset, frame.DataLength)));
        }

        return records.ToImmutable();
    }

    // RFC 6891 section 6.1.2: options of code, length, data; of these RFC 8914 section 2 (code 15) is read.
    private static ImmutableArray<string> ReadErrors(ReadOnlySpan<byte> options)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        while (!options.IsEmpty)
        {
            if (options.Length < 4 || options.Length - 4 < DnsText.UInt16(options, 2))
                throw new DnsFormatException("an EDNS option is cut short");
            int code = DnsText.UInt16(options, 0);
            var data = options.Slice(4, DnsText.UInt16(options, 2));
            options = options[(4 + data.Length)..];
            if (code != 15)
                continue;
            if (data.Length < 2)
                throw new DnsFormatException("an extended error is cut short");
            var text = Encoding.UTF8.GetString(data[2..Math.Min(data.Length, LongestError)]);
            errors.Add($"{DnsText.UInt16(data, 0)} {string.Concat(text.Where(c => !char.IsControl(c)))}".TrimEnd());
        }

        return errors.ToImmutable();
    }

    private sealed record Options(int UpperRcode, ImmutableArray<string> Errors);

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
