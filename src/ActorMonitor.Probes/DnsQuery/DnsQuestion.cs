using System.Buffers.Binary;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>What is asked: the records of a type that a name has.</summary>
internal sealed record DnsQuestion(DnsName Name, ushort Type, ushort Class)
{
    /// <summary>The question as <c>www.example. A</c>.</summary>
    public override string ToString() => Class == DnsCodes.Internet ? $"{Name} {DnsCodes.TypeName(Type)}" : $"{Name} {DnsCodes.ClassName(Class)} {DnsCodes.TypeName(Type)}";

    /// <summary>The query (RFC 1035 section 4.1, with the OPT record of RFC 6891 section 6.1.2).</summary>
    /// <param name="id">The id that the answer has to repeat.</param>
    /// <param name="recursion">Whether the server should ask others.</param>
    /// <param name="payloadBytes">The largest answer taken over UDP, said in an OPT record; null for a query without one.</param>
    /// <param name="dnssec">The DO bit (RFC 3225): send signatures along.</param>
    /// <param name="checkingDisabled">The CD bit (RFC 4035 section 3.2.2): do not validate.</param>
    /// <param name="nsid">Ask which server it is that answers (RFC 5001); needs the OPT record.</param>
    internal byte[] Encode(ushort id, bool recursion, int? payloadBytes, bool dnssec, bool checkingDisabled = false, bool nsid = false)
    {
        const int OptLength = 11;
        const int NsidLength = 4;
        var name = Name.Wire;
        var query = new byte[DnsMessage.HeaderLength + name.Length + 4 + (payloadBytes is null ? 0 : OptLength + (nsid ? NsidLength : 0))];
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        // AD in a query says that the answer's AD is understood (RFC 6840 section 5.7).
        var flags = DnsFlags.AuthenticData | (recursion ? DnsFlags.RecursionDesired : DnsFlags.None) | (checkingDisabled ? DnsFlags.CheckingDisabled : DnsFlags.None);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(2), (ushort)flags);
        query[5] = 1;
        name.CopyTo(query.AsSpan(DnsMessage.HeaderLength));
        var rest = query.AsSpan(DnsMessage.HeaderLength + name.Length);
        BinaryPrimitives.WriteUInt16BigEndian(rest, Type);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], Class);
        if (payloadBytes is not { } payload)
            return query;

        // OPT: root name, type, payload size as class; extended rcode, version, DO and zeros as TTL; the options' length.
        query[11] = 1;
        var opt = rest[4..];
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], (ushort)DnsType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], (ushort)payload);
        opt[7] = dnssec ? (byte)0x80 : (byte)0;
        if (!nsid)
            return query;

        // An empty NSID option: code, length.
        BinaryPrimitives.WriteUInt16BigEndian(opt[9..], NsidLength);
        BinaryPrimitives.WriteUInt16BigEndian(opt[OptLength..], DnsEdns.NsidOption);
        return query;
    }
}
