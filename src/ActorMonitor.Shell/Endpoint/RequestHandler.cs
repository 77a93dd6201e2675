using System.Net;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.Shell;

/// <summary>Serves one request after the other, each from its rules to its last line.</summary>
internal sealed partial class RequestHandler(
    ShellEndpointSettings settings,
    IPAddress listensOn,
    string token,
    ShellCommandSet commands,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping)
{
    public static readonly string Version =
        typeof(RequestHandler).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromMilliseconds(800);

    private readonly Challenges _challenges = new(time);
    private readonly AuditLog _audit = new(settings.AuditFile, time);
    private readonly Completion _completion = new(commands);
    private int _running;
    private int _streaming;

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        using var reply = new WireWriter(context.Response.BodyWriter);
        try
        {
            if (RequestRules.Refusal(context.Request, settings.Host, listensOn) is { } refusal)
                await RefuseAsync(context, reply, refusal.Status, refusal.Reason, ShellExit.Refused);
            else
                await CountedAsync(context, reply);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            LogCallerLeft(logger);
        }
    }

    private async Task CountedAsync(HttpContext context, WireWriter reply)
    {
        var running = Interlocked.Increment(ref _running);
        try
        {
            if (running - Volatile.Read(ref _streaming) > settings.MaxConcurrentCommands)
                await RefuseAsync(context, reply, StatusCodes.Status503ServiceUnavailable, $"The node is busy with {settings.MaxConcurrentCommands} other commands; try again.", ShellExit.Refused);
            else
                await ServeAsync(context, reply);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task ServeAsync(HttpContext context, WireWriter reply)
    {
        WireRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.WireRequest, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await RefuseAsync(context, reply, e.StatusCode, $"The line is longer than {WireRequest.MaxBytes / 1024} KiB.", ShellExit.Usage);
            return;
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            await RefuseAsync(context, reply, StatusCodes.Status400BadRequest, "The body is not {\"line\": [\"word\", ...]}.", ShellExit.Usage);
            return;
        }

        if (request?.Line is not { } line || !WireRequest.IsBounded(line))
        {
            await RefuseAsync(context, reply, StatusCodes.Status400BadRequest, $"A line has at most {WireRequest.MaxWords} words of at most {WireRequest.MaxWordLength} characters.", ShellExit.Usage);
            return;
        }

        var caller = CallerOf(context, request);
        var resolution = request.Complete ? null : commands.Resolve(line, context.Request.Host.Host, caller);
        var changes = resolution is { Changes: true };
        if ((changes || !IsLocal(context)) && !await IsProvenAsync(context, reply, request, line, changes, caller))
            return;
        if (resolution is null)
            await CompleteAsync(context, reply, line);
        else if (line.Length == 0)
            await GreetAsync(reply);
        else if (resolution.Command is { Streams: true })
            await StreamAsync(context, reply, resolution, line, caller);
        else
            await RunAsync(context, reply, resolution, line, caller);
    }

    private static string CallerOf(HttpContext context, WireRequest request)
    {
        var user = request.User is { Length: > 0 and <= WireRequest.MaxUserLength } given && given.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '\\' or '$') ? given : "unknown";
        var remote = context.Connection.RemoteIpAddress;
        return $"{user}@{(remote is { IsIPv4MappedToIPv6: true } ? remote.MapToIPv4() : remote)}";
    }

    private static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);

    // From another machine everything needs the proof, looking included.
    private async Task<bool> IsProvenAsync(HttpContext context, WireWriter reply, WireRequest request, string[] line, bool changes, string caller)
    {
        if (request is { Nonce: { } nonce, Proof: { } proof } && _challenges.Take(nonce))
        {
            if (TokenProof.IsRight(token, nonce, line, proof))
                return true;
            LogWrongToken(logger, context.Connection.RemoteIpAddress);
            if (changes)
                Audited(_audit.Refused(caller, line, "wrong token"));
            await RefuseAsync(context, reply, StatusCodes.Status403Forbidden, "The token is not this node's.", ShellExit.Refused);
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Pbm";
        await reply.WriteAsync(new WireLine
        {
            Kind = WireLine.ChallengeKind,
            Nonce = _challenges.Open(),
            TokenFile = IsLocal(context) ? Path.GetFullPath(settings.TokenFile) : null,
            Changes = changes,
        });
        await EndAsync(reply, ShellExit.Refused);
        return false;
    }

    private async Task GreetAsync(WireWriter reply)
    {
        await reply.WriteAsync(new WireLine
        {
            Kind = WireLine.HelloKind,
            Node = commands.Kind,
            Version = Version,
            Commands = [.. commands.Commands.Select(command => command.Name)],
        });
        await EndAsync(reply, ShellExit.Ok);
    }

    private async Task CompleteAsync(HttpContext context, WireWriter reply, string[] line)
    {
        using var timer = new CancellationTokenSource(CompletionTimeout, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, context.RequestAborted, stopping);
        string[] candidates;
        try
        {
            candidates = await _completion.OfAsync(line, ends.Token).WaitAsync(ends.Token);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Nobody has asked for more than a hint.
            LogNoCandidates(logger, e.Message);
            candidates = [];
        }

        await reply.WriteAsync(new WireLine { Kind = WireLine.CandidatesKind, Candidates = candidates });
        await EndAsync(reply, ShellExit.Ok);
    }

    private async Task StreamAsync(HttpContext context, WireWriter reply, ShellResolution resolution, string[] line, string caller)
    {
        var streaming = Interlocked.Increment(ref _streaming);
        try
        {
            if (streaming > settings.MaxConcurrentStreams)
            {
                await RefuseAsync(context, reply, StatusCodes.Status503ServiceUnavailable, $"The node serves {settings.MaxConcurrentStreams} live views already; end one and try again.", ShellExit.Refused);
                return;
            }

            // Who stops the scrolling of a tail reads slowly by intent; the command is held back meanwhile.
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            await RunAsync(context, reply, resolution, line, caller);
        }
        finally
        {
            Interlocked.Decrement(ref _streaming);
        }
    }

    private async Task RunAsync(HttpContext context, WireWriter reply, ShellResolution resolution, string[] line, string caller)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var began = time.GetTimestamp();
        long? audited = null;
        var exit = ShellExit.Failed;
        try
        {
            if (resolution is { Changes: true, Command: { } command })
            {
                LogChange(logger, command.Name, caller);
                var (number, problem) = _audit.Began(caller, line);
                audited = number;

                // A full disk is no reason to keep an operator from steering the node that suffers from it.
                if (Audited(problem))
                    await reply.WriteAsync(new TextLine($"Not in the audit log: {problem}"));
            }

            exit = await new CommandRun(settings.CommandTimeout, time, logger).RunAsync(resolution, reply, ends.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await reply.WriteAsync(new Failure("The node is stopping."));
        }
        finally
        {
            if (audited is { } number)
                Audited(_audit.Ended(number, context.RequestAborted.IsCancellationRequested ? ShellExit.Interrupted : exit, time.GetElapsedTime(began)));
        }

        await EndAsync(reply, exit);
    }

    private bool Audited(string? problem)
    {
        if (problem is null)
            return false;
        LogNotAudited(logger, problem);
        return true;
    }

    private async Task RefuseAsync(HttpContext context, WireWriter reply, int status, string reason, int exit)
    {
        LogRefused(logger, context.Connection.RemoteIpAddress, status, reason);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers.Allow = HttpMethods.Post;
        await reply.WriteAsync(new Failure(reason));
        await EndAsync(reply, exit);
    }

    private static async Task EndAsync(WireWriter reply, int exit)
    {
        await reply.WriteAsync(new WireLine { Kind = WireLine.EndKind, Exit = exit });
        await reply.EndAsync();
    }

    [LoggerMessage(911, LogLevel.Information, "pbm: {Command} by {Caller}")]
    private static partial void LogChange(ILogger logger, string command, string caller);

    [LoggerMessage(912, LogLevel.Debug, "pbm: refused {Remote} with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, IPAddress? remote, int status, string reason);

    [LoggerMessage(913, LogLevel.Warning, "pbm: a changing command from {Remote} with a wrong token")]
    private static partial void LogWrongToken(ILogger logger, IPAddress? remote);

    [LoggerMessage(914, LogLevel.Debug, "pbm: the caller left before the command ended")]
    private static partial void LogCallerLeft(ILogger logger);

    [LoggerMessage(915, LogLevel.Error, "pbm: a change is not in the audit log: {Problem}")]
    private static partial void LogNotAudited(ILogger logger, string problem);

    [LoggerMessage(916, LogLevel.Debug, "pbm: nothing to complete with: {Reason}")]
    private static partial void LogNoCandidates(ILogger logger, string reason);
}
