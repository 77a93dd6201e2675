using System.Net;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>HTTP/2 as .NET speaks it, over a connection that is already open.</summary>
internal static class Http2Handler
{
    public static SocketsHttpHandler Over(Stream stream)
    {
        var unused = stream;
        return new SocketsHttpHandler
        {
            // The handler asks for a second connection when the first ended without a word of a response.
            ConnectCallback = (_, _) => Interlocked.Exchange(ref unused!, null) is { } only
                ? ValueTask.FromResult(only)
                : ValueTask.FromException<Stream>(new HttpIOException(HttpRequestError.ResponseEnded)),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = HttpReader.MaxHeadBytes / 1024,
            MaxResponseDrainSize = 0,
        };
    }

    public static HttpRequestMessage RequestOf(HttpPlan plan, HttpTarget target)
    {
        var request = new HttpRequestMessage(target.Method, target.Uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (plan.Body is not null && target.SendsBody)
        {
            request.Content = new ByteArrayContent(plan.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; charset=utf-8");
        }

        foreach (var field in HttpRequestText.FieldsOf(plan, target))
        {
            if (request.Headers.TryAddWithoutValidation(field.Name, field.Value))
                continue;

            // What is no header of the request describes its content, and goes where that goes.
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.Remove(field.Name);
            request.Content.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        return request;
    }
}
