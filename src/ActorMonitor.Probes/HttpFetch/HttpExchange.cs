using System.Text;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>One request on a connection of its own, up to the headers of its response; disposing it closes the connection.</summary>
internal sealed class HttpExchange : IDisposable
{
    private static readonly string UserAgent = $"ActorMonitor/{typeof(HttpExchange).Assembly.GetName().Version?.ToString(3)}";

    // After a redirect to another origin only these of the job's headers go along: they are no secrets.
    private static readonly string[] Harmless = ["User-Agent", "Accept", "Accept-Language", "Accept-Encoding"];

    private readonly HttpConnection _connection;
    private readonly HttpMessageInvoker _invoker;

    private HttpExchange(HttpConnection connection, HttpMessageInvoker invoker, HttpResponseMessage response)
        => (_connection, _invoker, Response) = (connection, invoker, response);

    public HttpResponseMessage Response { get; }

    public int Status => (int)Response.StatusCode;

    public TlsSession? Tls => _connection.Tls;

    public static async Task<HttpExchange> SendAsync(
        ProbeRun run, HttpPlan plan, HttpTarget target, int hop, CancellationToken cancellationToken)
    {
        var connection = await HttpConnection.OpenAsync(run, plan, target, hop, cancellationToken);
        var invoker = new HttpMessageInvoker(HandlerOver(connection.Stream), disposeHandler: true);
        try
        {
            run.Waiting = "waiting for the response";
            var started = run.Elapsed;
            using var request = RequestOf(plan, target);
            var response = await invoker.SendAsync(request, cancellationToken);
            run.Measure("ttfb", run.Elapsed - started, hop);
            return new HttpExchange(connection, invoker, response);
        }
        catch
        {
            invoker.Dispose();
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Response.Dispose();
        _invoker.Dispose();
        _connection.Dispose();
    }

    private static SocketsHttpHandler HandlerOver(Stream stream)
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
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0,
        };
    }

    private static HttpRequestMessage RequestOf(HttpPlan plan, HttpTarget target)
    {
        var request = new HttpRequestMessage(target.Method, Plain(plan, target)) { Version = plan.Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (plan.Body is not null && target.SendsBody)
            request.Content = new StringContent(plan.Body, Encoding.UTF8, "text/plain");
        if (target.IsOwnOrigin)
            request.Headers.Host = plan.HostHeader;
        request.Headers.Host ??= target.Uri.IsDefaultPort ? target.Uri.IdnHost : target.Uri.HostNameType == UriHostNameType.Dns ? $"{target.Uri.IdnHost}:{target.Uri.Port}" : target.Uri.Authority;
        foreach (var header in plan.Headers.Where(header => target.IsOwnOrigin || Harmless.Contains(header.Name, StringComparer.OrdinalIgnoreCase)))
            Add(request, header, target.SendsBody);
        AddDefault(request, new HeaderLine("User-Agent", UserAgent));
        AddDefault(request, new HeaderLine("Accept", "*/*"));
        AddDefault(request, new HeaderLine("Accept-Encoding", "identity"));
        return request;
    }

    // The handler would begin TLS of its own over a stream that is not .NET's.
    private static Uri Plain(HttpPlan plan, HttpTarget target)
        => plan.Version == System.Net.HttpVersion.Version11 && target.IsSecure ? new UriBuilder(target.Uri) { Scheme = Uri.UriSchemeHttp, Port = target.Uri.Port }.Uri : target.Uri;

    private static void Add(HttpRequestMessage request, HeaderLine header, bool sendsBody)
    {
        // What is no header of the request describes its content, and goes where that goes.
        if (request.Headers.TryAddWithoutValidation(header.Name, header.Value) || !sendsBody)
            return;
        request.Content ??= new ByteArrayContent([]);
        request.Content.Headers.Remove(header.Name);
        request.Content.Headers.TryAddWithoutValidation(header.Name, header.Value);
    }

    private static void AddDefault(HttpRequestMessage request, HeaderLine header)
    {
        if (!request.Headers.NonValidated.Contains(header.Name))
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
    }
}
