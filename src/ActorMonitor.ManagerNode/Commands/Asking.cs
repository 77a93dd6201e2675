using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>Asks an actor for a command: one that does not answer in time is a line for people, never an exception.</summary>
internal static class Asking
{
    /// <summary>For how long an actor is waited for.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>The answer, or which actor gave none.</summary>
    public static async Task<(T? Answer, string? Problem)> TryAsync<T>(IActorRef actor, object question, string command, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await actor.Ask<T>(question, Bound, cancellationToken), null);
        }
        catch (AskTimeoutException)
        {
            return (null, $"{command} timed out: {actor.Path.ToStringWithoutAddress()} did not answer within {(ShellValue)Bound}.");
        }
    }
}
