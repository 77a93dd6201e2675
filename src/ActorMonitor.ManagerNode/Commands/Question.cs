using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>Asks an actor for a command: what keeps it from answering is a line for people that names it, not an exception.</summary>
internal static class Question
{
    /// <summary>How long an actor may take.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>The answer of the actor that is asked, or what the command says instead.</summary>
    public static Task<(T? Answer, string? Problem)> TryAsync<T>(IActorRef actor, object message, string command, CancellationToken cancellationToken)
        where T : class
        => AskAsync<T>(command, actor, message, actor.Path.ToStringWithoutAddress(), TimeProvider.System, cancellationToken);

    /// <summary>The answer, or what the command says instead.</summary>
    /// <param name="command">The command's name.</param>
    /// <param name="to">Who is asked.</param>
    /// <param name="message">What.</param>
    /// <param name="answers">The path of the actor that answers.</param>
    /// <param name="time">The clock of the bound.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<(T? Answer, string? Problem)> AskAsync<T>(
        string command, IActorRef to, object message, string answers, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        using var bound = new CancellationTokenSource(Bound, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return await to.Ask<object>(message, Timeout.InfiniteTimeSpan, ends.Token) switch
            {
                T answer => (answer, null),
                NotStarted starting => (null, $"The manager has not begun: {starting.Failure ?? "its store is being opened; try again"}. Try: health"),
                var other => (null, $"{command} failed: {answers} answered {other.GetType().Name}."),
            };
        }
        catch (Exception e) when (e is OperationCanceledException or AskTimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"{command} timed out: {answers} did not answer within {DurationText.Print(Bound)}.");
        }
    }
}
