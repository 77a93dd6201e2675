using System.Globalization;
using System.Text;

namespace ActorMonitor.LoopbackTargets;

/// <summary>Answers one HTTP/1.1 request a connection (RFC 9112), without reading its content.</summary>
internal sealed class HttpTarget(TimeProvider time)
{
    private const int LongestHead = 8 * 1024;

    internal async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[LongestHead];
        var length = 0;
        while (head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            if (length == LongestHead)
            {
                await stream.WriteAsync(Response(431, "the request's head is too long", "", withContent: true), cancellationToken);
                return;
            }

            var count = await stream.ReadAsync(head.AsMemory(length), cancellationToken);
            if (count == 0)
                return;
            length += count;
        }

        await stream.WriteAsync(Answer(Encoding.Latin1.GetString(head, 0, head.AsSpan(0, length).IndexOf("\r\n"u8))), cancellationToken);
    }

    private byte[] Answer(string requestLine)
    {
        var parts = requestLine.Split(' ');
        if (parts.Length != 3 || !parts[1].StartsWith('/') || parts[2] is not ("HTTP/1.1" or "HTTP/1.0"))
            return Response(400, "this is no HTTP/1 request", "", withContent: true);
        var withContent = parts[0] != "HEAD";
        if (parts[0] is not ("GET" or "HEAD"))
            return Response(405, "only GET and HEAD", "Allow: GET, HEAD\r\n", withContent);

        var path = parts[1].Split('?')[0];
        return path switch
        {
            "/" => Response(200, "a loopback target of ActorMonitor", "", withContent),
            "/health" => Response(200, "ok", "", withContent),
            "/redirect" => Response(302, "see /", "Location: /\r\n", withContent),
            _ when StatusIn(path) is { } status => Response(status, $"status {status}", "", withContent && status is not (204 or 304)),
            _ => Response(404, "not found", "", withContent),
        };
    }

    private static int? StatusIn(string path)
        => path.StartsWith("/status/", StringComparison.Ordinal)
            && int.TryParse(path.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && status is >= 200 and <= 599
            ? status
            : null;

    // The reason phrase may be empty (RFC 9112 section 4).
    private byte[] Response(int status, string text, string headers, bool withContent)
    {
        var content = text + "\n";
        var length = status == 204 ? "" : $"Content-Length: {content.Length}\r\nContent-Type: text/plain; charset=utf-8\r\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} \r\nDate: {time.GetUtcNow():R}\r\nServer: loopback\r\nConnection: close\r\n{length}{headers}\r\n{(withContent ? content : "")}");
    }
}
