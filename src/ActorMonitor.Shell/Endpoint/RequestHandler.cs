using System.Net;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
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

    private readonly Challenges _challenges = new(time);
    private int _running;

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
            if (running > settings.MaxConcurrentCommands)
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

        var resolution = commands.Resolve(line, context.Request.Host.Host);
        if (NeedsProof(context, resolution) && !await IsProvenAsync(context, reply, request, line))
            return;
        if (line.Length == 0)
            await GreetAsync(reply);
        else
            await RunAsync(context, reply, resolution);
    }

    // From another machine everything needs the proof, looking included.
    private static bool NeedsProof(HttpContext context, ShellResolution resolution)
        => resolution.Changes || !IsLocal(context);

    private static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);

    private async Task<bool> IsProvenAsync(HttpContext context, WireWriter reply, WireRequest request, string[] line)
    {
        if (request is { Nonce: { } nonce, Proof: { } proof } && _challenges.Take(nonce))
        {
            if (TokenProof.IsRight(token, nonce, line, proof))
                return true;
            LogWrongToken(logger, context.Connection.RemoteIpAddress);
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

    private async Task RunAsync(HttpContext context, WireWriter reply, ShellResolution resolution)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        int exit;
        try
        {
            if (resolution is { Changes: true, Command: { } command })
                LogChange(logger, command.Name, context.Connection.RemoteIpAddress);
            exit = await new CommandRun(settings.CommandTimeout, time, logger).RunAsync(resolution, reply, ends.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await reply.WriteAsync(new Failure("The node is stopping."));
            exit = ShellExit.Failed;
        }

        await EndAsync(reply, exit);
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

    [LoggerMessage(911, LogLevel.Information, "pbm: {Command} from {Remote}")]
    private static partial void LogChange(ILogger logger, string command, IPAddress? remote);

    [LoggerMessage(912, LogLevel.Debug, "pbm: refused {Remote} with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, IPAddress? remote, int status, string reason);

    [LoggerMessage(913, LogLevel.Warning, "pbm: a changing command from {Remote} with a wrong token")]
    private static partial void LogWrongToken(ILogger logger, IPAddress? remote);

    [LoggerMessage(914, LogLevel.Debug, "pbm: the caller left before the command ended")]
    private static partial void LogCallerLeft(ILogger logger);
}
