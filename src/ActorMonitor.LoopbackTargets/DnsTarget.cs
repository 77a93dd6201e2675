using System.Buffers.Binary;
using System.Text;

namespace ActorMonitor.LoopbackTargets;

/// <summary>Answers DNS queries from <see cref="DnsZone"/> (RFC 1035), with EDNS where the query has it (RFC 6891).</summary>
internal static class DnsTarget
{
    private const int HeaderLength = 12;
    private const int PlainPayload = 512;
    private const int MostPayload = 1232;
    private const int MostQueries = 100;
    private const int TimeToLive = 60;
    private const ushort Truncated = 0x0200;
    private const ushort FormatError = 1;
    private const ushort NameError = 3;
    private const ushort NotImplemented = 4;
    private const ushort Refused = 5;

    internal static byte[]? RespondToDatagram(ReadOnlySpan<byte> query) => Respond(query, overDatagram: true);

    /// <summary>Queries over TCP, each with its length before it.</summary>
    internal static async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        for (var i = 0; i < MostQueries; i++)
        {
            if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, cancellationToken) < 2)
                return;
            var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(query, cancellationToken);
            if (Respond(query, overDatagram: false) is not { } answer)
                return;
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
            await stream.WriteAsync((byte[])[.. length, .. answer], cancellationToken);
        }
    }

    private static byte[]? Respond(ReadOnlySpan<byte> query, bool overDatagram)
    {
        // Nothing answers a response: two servers would go on for ever.
        if (query.Length < HeaderLength || (query[2] & 0x80) != 0)
            return null;
        if ((query[2] & 0x78) != 0)
            return Header(query, NotImplemented);
        if (!TryReadQuestion(query, out var question))
            return Header(query, FormatError);
        if (question.Class != 1)
            return Message(query, question, Refused, [], []);

        var found = DnsZone.Find(question.Name, question.Type);
        var rcode = found.Count > 0 || DnsZone.Has(question.Name) ? (ushort)0 : NameError;
        var answer = Message(query, question, rcode, found, found.Count > 0 ? [] : [DnsZone.Authority]);
        var most = question.Payload is { } payload ? Math.Clamp((int)payload, PlainPayload, MostPayload) : PlainPayload;
        return overDatagram && answer.Length > most ? Message(query, question, Truncated, [], []) : answer;
    }

    /// <summary>Reads the one question, which is never compressed, and the OPT record behind it.</summary>
    private static bool TryReadQuestion(ReadOnlySpan<byte> query, out Question question)
    {
        question = default;
        if (BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1)
            return false;
        var name = new StringBuilder();
        var position = HeaderLength;
        while (position < query.Length && query[position] != 0)
        {
            int length = query[position];
            if (length > 63 || position + 1 + length >= query.Length || name.Length + length > 253)
                return false;
            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.Latin1.GetString(query.Slice(position + 1, length)).ToLowerInvariant());
            position += 1 + length;
        }

        if (position + 5 > query.Length)
            return false;
        var end = position + 5;
        var type = BinaryPrimitives.ReadUInt16BigEndian(query[(position + 1)..]);
        var @class = BinaryPrimitives.ReadUInt16BigEndian(query[(position + 3)..]);
        var hasOption = query.Length >= end + 11 && query[end] == 0 && BinaryPrimitives.ReadUInt16BigEndian(query[(end + 1)..]) == 41;
        question = new Question(name.ToString(), type, @class, end, hasOption ? BinaryPrimitives.ReadUInt16BigEndian(query[(end + 3)..]) : null);
        return true;
    }

    private static byte[] Header(ReadOnlySpan<byte> query, ushort rcode) => [query[0], query[1], (byte)(0x80 | (query[2] & 0x79)), (byte)rcode, 0, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] Message(
        ReadOnlySpan<byte> query, Question question, ushort flags, List<(string Name, ushort Type, byte[] Data)> answers, List<(string Name, ushort Type, byte[] Data)> authorities)
    {
        var message = new List<byte>(PlainPayload);
        message.AddRange(query[..2]);
        // QR and AA are ours, RD is the query's.
        Append16(message, 0x8400 | ((query[2] & 1) << 8) | flags);
        Append16(message, 1);
        Append16(message, answers.Count);
        Append16(message, authorities.Count);
        Append16(message, question.Payload is null ? 0 : 1);
        message.AddRange(query[HeaderLength..question.End]);
        foreach (var (name, type, data) in answers.Concat(authorities))
        {
            // The question's name stands at byte 12: a pointer to it stands for it.
            message.AddRange(name == question.Name ? [0xC0, HeaderLength] : DnsZone.Name(name));
            Append16(message, type);
            Append16(message, 1);
            Append16(message, 0);
            Append16(message, TimeToLive);
            Append16(message, data.Length);
            message.AddRange(data);
        }

        if (question.Payload is not null)
            message.AddRange((ReadOnlySpan<byte>)[0, 0, 41, MostPayload >> 8, MostPayload & 0xFF, 0, 0, 0, 0, 0, 0]);
        return [.. message];
    }

    private static void Append16(List<byte> message, int number)
    {
        message.Add((byte)(number >> 8));
        message.Add((byte)number);
    }

    private readonly record struct Question(string Name, ushort Type, ushort Class, int End, ushort? Payload);
}
