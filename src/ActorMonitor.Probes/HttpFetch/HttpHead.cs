using System.Globalization;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The head of a response: status line and header fields (RFC 9112 sections 4 and 5).</summary>
internal sealed record HttpHead(int Status, Version Version, HttpHeaders Headers)
{
    private const int MaxFields = 512;
    private const int MaxInterim = 16;

    /// <summary>Reads the final head; those of interim responses before it are left out (RFC 9110 section 15.2).</summary>
    /// <exception cref="TargetException">It is no head, too large, or incomplete.</exception>
    public static async ValueTask<HttpHead> ReadAsync(HttpReader reader, CancellationToken cancellationToken)
    {
        var budget = new HeadBudget();
        for (var interim = 0; interim <= MaxInterim; interim++)
        {
            var head = await ReadOneAsync(reader, budget, cancellationToken);
            if (head.Status is 101 or >= 200)
                return head;
        }

        throw Broken($"more than {MaxInterim} interim responses");
    }

    public static TargetException Broken(string what) => new(Outcome.Down, Cause.ProtocolError, $"the response breaks the protocol: {what}");

    private static async ValueTask<HttpHead> ReadOneAsync(HttpReader reader, HeadBudget budget, CancellationToken cancellationToken)
    {
        var beginning = reader.Beginning;
        if (!"HTTP/1.".StartsWith(beginning[..Math.Min(7, beginning.Length)], StringComparison.Ordinal))
            throw NotHttp(beginning);
        var (version, status) = StatusOf(await reader.ReadLineAsync(budget, cancellationToken));
        var headers = new HttpHeaders();
        while (await reader.ReadLineAsync(budget, cancellationToken) is { Length: > 0 } line)
        {
            if (headers.Count == MaxFields)
                throw new TargetException(Outcome.Down, Cause.Oversize, $"the response has more than {MaxFields} header fields");
            Add(headers, line);
        }

        return new HttpHead(status, version, headers);
    }

    private static (Version Version, int Status) StatusOf(string line)
    {
        var isOne = line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal);
        if (!isOne && !line.StartsWith("HTTP/1.0 ", StringComparison.Ordinal))
            throw NotHttp(line);
        if (line.Length < 12 || (line.Length > 12 && line[12] != ' ')
            || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 999)
        {
            throw Broken($"the status line is \"{line}\"");
        }

        return (isOne ? System.Net.HttpVersion.Version11 : System.Net.HttpVersion.Version10, status);
    }

    private static void Add(HttpHeaders headers, string line)
    {
        if (line[0] is ' ' or '\t')
        {
            if (headers.Count == 0)
                throw Broken("the first header field begins with a space");
            headers.Extend(Checked(line));
            return;
        }

        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !line.AsSpan(0, colon).ContainsOnlyTokenCharacters())
            throw Broken($"a header field is \"{line}\"");
        headers.Add(line[..colon], Checked(line[(colon + 1)..]));
    }

    // RFC 9110 section 5.5: what steers a terminal or ends a line elsewhere has no place in a value.
    private static string Checked(string value)
    {
        var trimmed = value.Trim(' ', '\t');
        return trimmed.Any(c => c is '\0' or '\r' or '\n') ? throw Broken("a header field holds a control character") : trimmed;
    }

    private static TargetException NotHttp(string beginning) => new(Outcome.Down, Cause.ProtocolError, $"the response is not HTTP/1: it begins with \"{beginning}\"");
}
