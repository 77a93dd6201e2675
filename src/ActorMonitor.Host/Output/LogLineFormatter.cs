using ActorMonitor.ManagerNode.Links;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ActorMonitor.Host.Output;

/// <summary>
/// A log entry as one line on standard error, with the stack of an unexpected exception under it. A lost link is no entry:
/// it is an event, which the console shows and the link's own log event names.
/// </summary>
internal sealed class LogLineFormatter : ConsoleFormatter
{
    public const string FormatterName = "actormonitor";

    public LogLineFormatter()
        : base(FormatterName)
    {
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.Exception is LinkLostException)
            return;
        var now = TimeProvider.System.GetLocalNow();
        textWriter.WriteLine($"[{now:yyyy-MM-dd HH:mm:ss}] [{Text(logEntry.LogLevel)}] [{Source(logEntry.Category)}] {logEntry.Formatter(logEntry.State, logEntry.Exception)}");
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine(exception);
    }

    // What the actor system logs in its own name comes as a text's class.
    private static string Source(string category) => category is "string" or "System.String" ? "akka" : category;

    private static string Text(LogLevel level) => level switch
    {
        LogLevel.Critical => "critical",
        LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Debug => "debug",
        LogLevel.Trace => "trace",
        _ => "info",
    };
}
