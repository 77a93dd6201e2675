using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace ActorMonitor.Shell;

/// <summary>Speaks to one node: sends lines, passes on what comes back, and turns every failure on the way into an exit code.</summary>
internal sealed class ShellClient : IDisposable
{
    /// <summary>How long a prompt waits for completions.</summary>
    public static readonly TimeSpan CompletionTime = TimeSpan.FromSeconds(1);

    private static readonly string User = Environment.UserName is { Length: > WireRequest.MaxUserLength } name ? name[..WireRequest.MaxUserLength] : Environment.UserName;

    private readonly TokenSource _tokens;
    private readonly NodeTrust _trust;
    private readonly Uri _uri;
    private readonly bool _usesTls;
    private readonly HttpClient _http;

    public ShellClient(NodeAddress node, bool usesTls, TokenSource tokens, NodeTrust trust)
    {
        (Node, _usesTls, _tokens, _trust) = (node, usesTls, tokens, trust);
        _uri = node.Uri(usesTls);
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxResponseHeadersLength = 16,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, shown, chain, errors) => trust.Accepts(shown as X509Certificate2, chain, errors),
            },
        })
        {
            // A reply may take long; silence is bounded where it is read.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public NodeAddress Node { get; }

    /// <summary>Runs a line on the node.</summary>
    /// <param name="line">Its words.</param>
    /// <param name="sink">Gets what it says.</param>
    /// <param name="mayChange">Whether it may change the node; if not, one that would is refused before it runs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code; a failure has been written to the sink.</returns>
    public async Task<int> SendAsync(IReadOnlyList<string> line, IShellSink sink, bool mayChange, CancellationToken cancellationToken)
        => (await ExchangeAsync(new WireRequest([.. line], User: User), sink, mayChange, cancellationToken)).Exit;

    /// <summary>Asks the node what it is.</summary>
    /// <returns>The exit code, and with <see cref="ShellExit.Ok"/> the greeting.</returns>
    public async Task<(int Exit, WireLine? Hello)> GreetAsync(IShellSink sink, CancellationToken cancellationToken)
    {
        var (exit, reply) = await ExchangeAsync(new WireRequest([], User: User), sink, mayChange: true, cancellationToken);
        return (exit, reply?.Hello);
    }

    /// <summary>Asks the node what the last word of a line could become. Whatever goes wrong, there is nothing: a prompt is no place for it.</summary>
    public async Task<IReadOnlyList<string>> CompleteAsync(IReadOnlyList<string> line, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(CompletionTime, TimeProvider.System);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var (_, reply) = await ExchangeAsync(new WireRequest([.. line], Complete: true, User: User), new NoSink(), mayChange: true, ends.Token);
            return [.. (reply?.Candidates ?? []).Where(candidate => candidate is { Length: <= WireRequest.MaxWordLength })];
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(int Exit, ReplyReader? Reply)> ExchangeAsync(WireRequest request, IShellSink sink, bool mayChange, CancellationToken cancellationToken)
    {
        var line = request.Line!;
        if (!WireRequest.IsBounded(line))
            return await FailAsync(sink, ShellExit.Usage, $"A line has at most {WireRequest.MaxWords} words of at most {WireRequest.MaxWordLength} characters.");
        var reply = new ReplyReader(sink);
        try
        {
            await PostAsync(request, reply, cancellationToken);
            if (reply.Challenge is { Nonce: { } nonce } challenge)
            {
                // An older node does not say why it asks; on loopback it asks for changes only.
                if (!mayChange && (challenge.Changes ?? Node.IsLoopback))
                    return await FailAsync(sink, ShellExit.Usage, $"{LineWords.Join(line)} changes the node, which --watch would do again and again. Run it once.");
                var (token, problem) = _tokens.Find(Node, challenge.TokenFile);
                if (token is null)
                    return await FailAsync(sink, ShellExit.Refused, $"{Node} wants its token for this: {problem}");
                reply = new ReplyReader(sink);
                await PostAsync(request with { Nonce = nonce, Proof = TokenProof.Of(token, nonce, line) }, reply, cancellationToken);
            }
        }
        catch (HttpRequestException e) when (!cancellationToken.IsCancellationRequested)
        {
            return await FailAsync(sink, ShellExit.Unreachable, Unreachable(e));
        }
        catch (InvalidDataException e)
        {
            return await FailAsync(sink, ShellExit.Unreachable, $"{Node} {e.Message}.");
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return await FailAsync(sink, ShellExit.Unreachable, $"{Node} went away before the end.");
        }

        return reply.Exit is { } exit ? (exit, reply) : await FailAsync(sink, ShellExit.Unreachable, $"{Node} went away before the end.");
    }

    private async Task PostAsync(WireRequest body, ReplyReader reply, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri);
        request.Headers.Add(WireRequest.HeaderName, WireRequest.HeaderValue);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Default.WireRequest));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await HeadersAsync(request, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType != "application/x-ndjson")
            throw new InvalidDataException($"answers HTTP {(int)response.StatusCode} without a reply for pbm");
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await reply.ReadAsync(stream, cancellationToken);
    }

    private async Task<HttpResponseMessage> HeadersAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(WireReader.MaxSilence, TimeProvider.System);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ends.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidDataException($"said nothing for {(ShellValue)WireReader.MaxSilence}", e);
        }
    }

    private string Unreachable(HttpRequestException exception)
    {
        if (exception.HttpRequestError == HttpRequestError.NameResolutionError)
            return $"No node at {Node}: the name has no address.";
        if (exception.HttpRequestError == HttpRequestError.SecureConnectionError || exception.InnerException is AuthenticationException)
        {
            return _trust.Problem is { } problem
                ? $"{Node} cannot be trusted, and was sent nothing: {problem}."
                : $"No node at {Node}: what answers there does not speak TLS{(Node.IsLoopback ? "; try without --tls" : "")}.";
        }

        var (reason, mayBeTls) = exception switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => ("connection refused", false),
            { InnerException: SocketException socket } => (socket.Message, false),
            { InnerException: TimeoutException or OperationCanceledException } => ("no answer to the connection", false),
            { HttpRequestError: HttpRequestError.InvalidResponse } => ("what answers there is no HTTP server", true),
            { HttpRequestError: HttpRequestError.ResponseEnded } => ("it closed the connection", true),
            { InnerException: IOException { InnerException: SocketException } } => ("it closed the connection", true),
            _ => (exception.Message, false),
        };
        return $"No node at {Node}: {reason}. Is it running? Managers listen on {NodeAddress.ManagerPort}, monitors on {NodeAddress.MonitorPort}."
            + (mayBeTls && !_usesTls ? " If it speaks TLS, add --tls." : "");
    }

    private static async Task<(int Exit, ReplyReader? Reply)> FailAsync(IShellSink sink, int exit, string message)
    {
        await sink.WriteAsync(new Failure(message));
        return (exit, null);
    }

    /// <summary>For requests whose answer is not shown.</summary>
    private sealed class NoSink : IShellSink
    {
        public ValueTask WriteAsync(ShellOutput output) => ValueTask.CompletedTask;

        public ValueTask FlushAsync() => ValueTask.CompletedTask;

        public ValueTask AliveAsync() => ValueTask.CompletedTask;

        public ValueTask EndAsync() => ValueTask.CompletedTask;
    }
}
