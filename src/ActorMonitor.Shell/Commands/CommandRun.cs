using Microsoft.Extensions.Logging;

namespace ActorMonitor.Shell;

/// <summary>Runs a resolved line under its bounds and turns whatever happens into outputs and an exit code.</summary>
internal sealed partial class CommandRun(TimeSpan timeout, TimeProvider time, ILogger logger)
{
    public const int MaxLines = 100_000;

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>After so long without a word the caller is told that the command still runs.</summary>
    public static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(15);

    /// <summary>Writes everything the line says; the exit code is what it came to.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<int> RunAsync(ShellResolution resolution, IShellSink sink, CancellationToken cancellationToken)
    {
        foreach (var output in resolution.Answer)
            await sink.WriteAsync(output);
        if (resolution is not { Command: { } command, Invocation: { } invocation })
            return resolution.Exit;

        using var timer = new CancellationTokenSource(command.Streams ? Timeout.InfiniteTimeSpan : timeout, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await DrainAsync(command, command.Run(invocation, ends.Token), sink, ends.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            LogTimedOut(logger, command.Name, timeout);
            await sink.WriteAsync(new Failure($"{command.Name} did not end within {(ShellValue)timeout} and was given up."));
        }
        catch (Exception e)
        {
            // A command's failure is an answer to the operator, never the end of the endpoint.
            LogFailed(logger, e, command.Name);
            await sink.WriteAsync(new Failure($"{command.Name} failed: {e.Message} The node's log has the details."));
        }

        return ShellExit.Failed;
    }

    private async Task<int> DrainAsync(ShellCommand command, IAsyncEnumerable<ShellOutput> outputs, IShellSink sink, CancellationToken cancellationToken)
    {
        var exit = ShellExit.Ok;
        var columns = -1;
        var enumerator = outputs.GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(true);
        try
        {
            for (var lines = 0; ; lines++)
            {
                next = enumerator.MoveNextAsync().AsTask();
                if (!next.IsCompleted)
                    await sink.FlushAsync();

                // A command that does not heed its token is left behind, not waited for.
                if (!await AwaitAsync(next, sink, cancellationToken))
                    return exit;
                if (lines == MaxLines && !command.Streams)
                {
                    await sink.WriteAsync(new Failure($"{command.Name} said more than {MaxLines} lines; the rest is left out."));
                    return ShellExit.Failed;
                }

                var output = enumerator.Current;
                if (output is TableHeader header)
                    columns = header.Columns.Length;
                else if (output is TableRow row && row.Values.Length != columns)
                    throw new InvalidOperationException($"A row has {row.Values.Length} values for {Math.Max(0, columns)} columns.");
                else if (output is Failure)
                    exit = ShellExit.Failed;
                await sink.WriteAsync(output);
            }
        }
        finally
        {
            if (next.IsCompleted)
                await enumerator.DisposeAsync();
            else
                _ = DisposeLaterAsync(command, enumerator, next);
        }
    }

    private async Task<bool> AwaitAsync(Task<bool> next, IShellSink sink, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(AliveEvery, time, cancellationToken);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                await sink.AliveAsync();
            }
        }
    }

    // An enumerator may not be disposed while it is being moved.
    private async Task DisposeLaterAsync(ShellCommand command, IAsyncEnumerator<ShellOutput> enumerator, Task<bool> next)
    {
        try
        {
            await next;
        }
        catch (OperationCanceledException)
        {
            LogLeft(logger, command.Name);
        }
        catch (Exception e)
        {
            LogFailed(logger, e, command.Name);
        }

        await enumerator.DisposeAsync();
    }

    [LoggerMessage(901, LogLevel.Error, "pbm: {Command} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string command);

    [LoggerMessage(902, LogLevel.Warning, "pbm: {Command} did not end within {Timeout}")]
    private static partial void LogTimedOut(ILogger logger, string command, TimeSpan timeout);

    [LoggerMessage(903, LogLevel.Debug, "pbm: {Command} ended after its caller had left")]
    private static partial void LogLeft(ILogger logger, string command);
}
