using System.Text;

namespace ActorMonitor.Probes.Tests.DnsQuery;

/// <summary>Writes DNS messages for the tests, apart from the code under test.</summary>
internal static class DnsBytes
{
    /// <summary>A pointer to the question's name.</summary>
    public static readonly byte[] Asked = [0xC0, 12];

    public static byte[] Name(string name)
        => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]), 0];

    public static byte[] Number(int number) => [(byte)(number >> 8), (byte)number];

    public static byte[] Number32(long number) => [.. Number((int)(number >> 16)), .. Number((int)number)];

    /// <summary>The data of an SOA record.</summary>
    public static byte[] Start(uint serial) => [.. Name("ns1.example.com"), .. Name("hostmaster.example.com"), .. Number32(serial), .. Number32(3600), .. Number32(600), .. Number32(86400), .. Number32(60)];

    /// <summary>The data of an RRSIG record over an A record.</summary>
    public static byte[] Signature(DateTimeOffset expires)
        => [.. Number(1), 13, 3, .. Number32(300), .. Number32(expires.ToUnixTimeSeconds()), .. Number32(expires.ToUnixTimeSeconds() - 86400), .. Number(4711), .. Name("example.com"), 1, 2, 3];

    /// <summary>The type that a query asks for.</summary>
    public static int TypeOf(ReadOnlySpan<byte> query) => (query[QuestionEnd(query) - 4] << 8) | query[QuestionEnd(query) - 3];

    public static byte[] Record(byte[] name, int type, byte[] data, int ttl = 300, int @class = 1)
        => [.. name, .. Number(type), .. Number(@class), .. Number(ttl >> 16), .. Number(ttl), .. Number(data.Length), .. data];

    /// <summary>An A record of the question's name.</summary>
    public static byte[] Address(params byte[] address) => Record(Asked, 1, address);

    /// <summary>An answer to a query: its id and question, and records.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> query, byte[][] answers, int flags = 0x8180, byte[][]? authorities = null, byte[][]? additionals = null)
        => [
            .. query[..2], .. Number(flags), 0, 1, .. Number(answers.Length), .. Number(authorities?.Length ?? 0), .. Number(additionals?.Length ?? 0),
            .. query[12..QuestionEnd(query)], .. answers.SelectMany(b => b), .. authorities?.SelectMany(b => b) ?? [], .. additionals?.SelectMany(b => b) ?? [],
        ];

    /// <summary>An OPT record: the upper rcode, and options.</summary>
    public static byte[] Option(byte upperRcode = 0, params byte[] options) => [0, 0, 41, 4, 208, upperRcode, 0, 0, 0, .. Number(options.Length), .. options];

    /// <summary>A query for www.example. A with id 0x1234.</summary>
    public static byte[] Query(string name = "www.example", int type = 1) => [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name(name), .. Number(type), 0, 1];

    private static int QuestionEnd(ReadOnlySpan<byte> query)
    {
        var position = 12;
        while (query[position] != 0)
            position += 1 + query[position];
        return position + 5;
    }
}
