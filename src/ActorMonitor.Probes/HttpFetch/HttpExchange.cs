using System.Net;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>One request and its response, up to the headers of it; disposing it closes the connection unless it is to be kept.</summary>
internal sealed class HttpExchange : IDisposable
{
    private readonly HttpConnection _connection;
    private readonly IDisposable? _owner;
    private bool _isKept;

    private HttpExchange(HttpConnection connection, HttpHead head, Stream body, IDisposable? owner)
        => (_connection, Head, Body, _owner) = (connection, head, body, owner);

    public HttpHead Head { get; }

    public int Status => Head.Status;

    /// <summary>The body as it comes.</summary>
    public Stream Body { get; }

    public TlsSession? Tls => _connection.Tls;

    /// <summary>How many bytes came after the response, which belong to nothing.</summary>
    public int Surplus => Body is HttpFraming { IsAtEnd: true, EndsWithConnection: false } ? _connection.Reader.Left : 0;

    /// <summary>When the first byte came, since the check began.</summary>
    public TimeSpan Begun { get; private init; }

    /// <summary>Sends a request over a connection and reads the head of its response; the connection is the exchange's from now on.</summary>
    public static async Task<HttpExchange> SendAsync(
        ProbeRun run, HttpPlan plan, HttpTarget target, HttpConnection connection, int hop, CancellationToken cancellationToken)
    {
        try
        {
            run.Waiting = "waiting for the response";
            return plan.Version == HttpVersion.Version20
                ? await SendOverHttp2Async(run, plan, target, connection, hop, cancellationToken)
                : await SendOverHttp1Async(run, plan, target, connection, hop, cancellationToken);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The connection for another request; null when this response leaves it in no state for one.</summary>
    public HttpConnection? Keep()
    {
        var close = Head.Headers.Get("Connection") ?? "";
        _isKept = Body is HttpFraming { IsAtEnd: true, EndsWithConnection: false } && Surplus == 0 && Head.Version == HttpVersion.Version11
            && Status != 101 && !close.Contains("close", StringComparison.OrdinalIgnoreCase);
        return _isKept ? _connection : null;
    }

    public void Dispose()
    {
        _owner?.Dispose();
        if (!_isKept)
            _connection.Dispose();
    }

    private static async Task<HttpExchange> SendOverHttp1Async(
        ProbeRun run, HttpPlan plan, HttpTarget target, HttpConnection connection, int hop, CancellationToken cancellationToken)
    {
        var isToProxy = plan.Proxy is not null && !target.IsSecure;
        await SendBytesAsync(connection, HttpRequestText.BytesOf(plan, target, isToProxy), cancellationToken);
        var sent = run.Elapsed;
        if (!await IsAnsweredAsync(connection, cancellationToken))
            throw connection.IsReused ? new StaleConnectionException() : HttpReader.Ended();
        var begun = run.Elapsed;
        run.Measure("wait", begun - sent, hop);
        run.Waiting = "reading the response's headers";
        var head = await HttpHead.ReadAsync(connection.Reader, cancellationToken);
        if (isToProxy && head.Status == 407)
            throw HttpConnection.Refused(plan.Proxy!, head.Status, target.Authority);
        return new HttpExchange(connection, head, HttpFraming.Of(connection.Reader, head, target.Method == HttpMethod.Head), null) { Begun = begun };
    }

    private static async Task SendBytesAsync(HttpConnection connection, byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Stream.WriteAsync(request, cancellationToken);
        }
        catch (IOException) when (connection.IsReused)
        {
            throw new StaleConnectionException();
        }
    }

    private static async ValueTask<bool> IsAnsweredAsync(HttpConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Reader.HasMoreAsync(cancellationToken);
        }
        catch (IOException) when (connection.IsReused)
        {
            return false;
        }
    }

    private static async Task<HttpExchange> SendOverHttp2Async(
        ProbeRun run, HttpPlan plan, HttpTarget target, HttpConnection connection, int hop, CancellationToken cancellationToken)
    {
        var invoker = new HttpMessageInvoker(Http2Handler.Over(connection.Stream), disposeHandler: true);
        try
        {
            using var request = Http2Handler.RequestOf(plan, target);
            var started = run.Elapsed;
            var response = await invoker.SendAsync(request, cancellationToken);
            var begun = run.Elapsed;
            run.Measure("wait", begun - started, hop);
            var headers = new HttpHeaders();
            foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            {
                foreach (var value in values)
                    headers.Add(name, value);
            }

            var head = new HttpHead((int)response.StatusCode, response.Version, headers);
            return new HttpExchange(connection, head, await response.Content.ReadAsStreamAsync(cancellationToken), invoker) { Begun = begun };
        }
        catch
        {
            invoker.Dispose();
            throw;
        }
    }
}

/// <summary>A kept connection had been closed by the server before it was used again, which says nothing of the target.</summary>
internal sealed class StaleConnectionException : Exception;
