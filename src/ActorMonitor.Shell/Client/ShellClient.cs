using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace ActorMonitor.Shell;

/// <summary>Speaks to one node: sends lines, passes on what comes back, and turns every failure on the way into an exit code.</summary>
internal sealed class ShellClient(NodeAddress node, TokenSource tokens) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxResponseHeadersLength = 16,
    })
    {
        // A reply may take long; silence is bounded where it is read.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public NodeAddress Node => node;

    /// <summary>Runs a line on the node.</summary>
    /// <returns>The exit code; a failure has been written to the sink.</returns>
    public async Task<int> SendAsync(IReadOnlyList<string> line, IShellSink sink, CancellationToken cancellationToken)
    {
        var (exit, _) = await ExchangeAsync(line, sink, cancellationToken);
        return exit;
    }

    /// <summary>Asks the node what it is.</summary>
    /// <returns>The exit code, and with <see cref="ShellExit.Ok"/> the greeting.</returns>
    public Task<(int Exit, WireLine? Hello)> GreetAsync(IShellSink sink, CancellationToken cancellationToken) => ExchangeAsync([], sink, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<(int Exit, WireLine? Hello)> ExchangeAsync(IReadOnlyList<string> line, IShellSink sink, CancellationToken cancellationToken)
    {
        if (!WireRequest.IsBounded(line))
            return (await FailAsync(sink, ShellExit.Usage, $"A line has at most {WireRequest.MaxWords} words of at most {WireRequest.MaxWordLength} characters."), null);
        var reply = new Reply(sink);
        try
        {
            await PostAsync(new WireRequest([.. line]), reply, cancellationToken);
            if (reply.Challenge is { Nonce: { } nonce } challenge)
            {
                var (token, problem) = tokens.Find(node, challenge.TokenFile);
                if (token is null)
                    return (await FailAsync(sink, ShellExit.Refused, $"{node} wants its token for this: {problem}"), null);
                reply = new Reply(sink);
                await PostAsync(new WireRequest([.. line], nonce, TokenProof.Of(token, nonce, line)), reply, cancellationToken);
            }
        }
        catch (HttpRequestException e) when (!cancellationToken.IsCancellationRequested)
        {
            return (await FailAsync(sink, ShellExit.Unreachable, Unreachable(e)), null);
        }
        catch (InvalidDataException e)
        {
            return (await FailAsync(sink, ShellExit.Unreachable, $"{node} {e.Message}."), null);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return (await FailAsync(sink, ShellExit.Unreachable, $"{node} went away before the end."), null);
        }

        return reply.Exit is { } exit
            ? (exit, reply.Hello)
            : (await FailAsync(sink, ShellExit.Unreachable, $"{node} went away before the end."), null);
    }

    private async Task PostAsync(WireRequest body, Reply reply, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, node.Uri);
        request.Headers.Add(WireRequest.HeaderName, WireRequest.HeaderValue);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Default.WireRequest));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var silence = new CancellationTokenSource(WireReader.MaxSilence, TimeProvider.System);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ends.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidDataException($"said nothing for {(ShellValue)WireReader.MaxSilence}", e);
        }

        using (response)
        {
            if (response.Content.Headers.ContentType?.MediaType != "application/x-ndjson")
                throw new InvalidDataException($"answers HTTP {(int)response.StatusCode} without a reply for pbm");
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var line in WireReader.ReadAsync(stream, cancellationToken))
                await reply.TakeAsync(line);
        }
    }

    private string Unreachable(HttpRequestException exception)
    {
        var reason = exception switch
        {
            { HttpRequestError: HttpRequestError.NameResolutionError } => "the name has no address",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "connection refused",
            { InnerException: SocketException socket } => socket.Message,
            { InnerException: TimeoutException or OperationCanceledException } => "no answer to the connection",
            { HttpRequestError: HttpRequestError.InvalidResponse } => "what answers there is no HTTP server",
            { HttpRequestError: HttpRequestError.ResponseEnded } => "it closed the connection",
            _ => exception.Message,
        };
        return exception.HttpRequestError == HttpRequestError.NameResolutionError
            ? $"No node at {node}: {reason}."
            : $"No node at {node}: {reason}. Is it running? Managers listen on {NodeAddress.ManagerPort}, monitors on {NodeAddress.MonitorPort}.";
    }

    private static async Task<int> FailAsync(IShellSink sink, int exit, string message)
    {
        await sink.WriteAsync(new Failure(message));
        return exit;
    }

    /// <summary>What came back so far.</summary>
    private sealed class Reply(IShellSink sink)
    {
        private ImmutableArray<ShellColumn> _columns = [];

        public int? Exit { get; private set; }

        public WireLine? Hello { get; private set; }

        public WireLine? Challenge { get; private set; }

        public async Task TakeAsync(WireLine line)
        {
            switch (line.Kind)
            {
                case WireLine.EndKind:
                    // Shells keep eight bits: anything else must not look like success.
                    Exit = line.Exit is >= 0 and <= 255 ? line.Exit : ShellExit.Failed;
                    break;
                case WireLine.HelloKind:
                    Hello = line;
                    break;
                case WireLine.ChallengeKind:
                    Challenge = line;
                    break;
                default:
                    var output = line.ToOutput(_columns);
                    if (output is TableHeader header)
                        _columns = header.Columns;
                    if (output is not null)
                        await sink.WriteAsync(output);
                    break;
            }
        }
    }
}
