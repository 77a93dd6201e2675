using System.Collections.Immutable;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary>
/// The questions of one command to a monitor's actors. They share one deadline: an actor that does not answer is named in a
/// failure, and whatever is stuck, the command ends.
/// </summary>
internal sealed class MonitorInquiry : IDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private const int MostSilencesNamed = 10;

    private readonly string _command;
    private readonly IActorRef _monitor;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _ends;
    private readonly CancellationToken _caller;

    public MonitorInquiry(string command, IActorRef monitor, TimeProvider time, CancellationToken cancellationToken)
    {
        (_command, _monitor, _caller) = (command, monitor, cancellationToken);
        _deadline = new CancellationTokenSource(Deadline, time);
        _ends = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
    }

    /// <summary>The monitor's parts, which can then be asked each by itself: a stuck one is named, and the others answer.</summary>
    public Task<Answer<MonitorParts>> PartsAsync() => AskAsync<MonitorParts>(_monitor, GetParts.Instance);

    public async Task<Answer<T>> AskAsync<T>(IActorRef actor, object question)
        where T : class
    {
        try
        {
            return new Answer<T>(await actor.Ask<T>(question, timeout: null, _ends.Token), null);
        }
        catch (Exception e) when (e is OperationCanceledException or AskTimeoutException && !_caller.IsCancellationRequested)
        {
            return new Answer<T>(null, new Failure($"{_command} timed out: {actor.Path.ToStringWithoutAddress()} did not answer within {Deadline.TotalSeconds} s."));
        }
    }

    /// <summary>The sessions that answer, by their clients' names, and a failure for each that does not.</summary>
    public async Task<ClientsReading> ClientsAsync(IActorRef clients)
    {
        var sessions = await AskAsync<ClientsActor.Sessions>(clients, ClientsActor.GetSessions.Instance);
        if (sessions.Failure is { } silent)
            return new ClientsReading([], [], [silent]);
        var refs = sessions.Value!.Refs;
        var answers = await Task.WhenAll(refs.Select(session => AskAsync<ClientStatus>(session, GetClientStatus.Instance)));
        var answered = refs.Zip(answers)
            .Where(pair => pair.Second.Value is not null)
            .Select(pair => new ClientReading(pair.First, pair.Second.Value!))
            .OrderBy(client => client.Status.Name, StringComparer.Ordinal).ThenBy(client => client.Status.Manager.ToString(), StringComparer.Ordinal);
        return new ClientsReading([.. answered], refs, Shortened([.. answers.Select(answer => answer.Failure).OfType<Failure>()]));
    }

    public void Dispose()
    {
        _ends.Dispose();
        _deadline.Dispose();
    }

    private ImmutableArray<Failure> Shortened(ImmutableArray<Failure> silences) => silences.Length <= MostSilencesNamed
        ? silences
        : [.. silences.Take(MostSilencesNamed), new Failure($"{_command} timed out: {silences.Length - MostSilencesNamed} more sessions did not answer.")];
}

/// <summary>An actor's answer, or that it gave none.</summary>
internal readonly record struct Answer<T>(T? Value, Failure? Failure)
    where T : class;

/// <summary>A client whose session has answered.</summary>
internal sealed record ClientReading(IActorRef Session, ClientStatus Status);

/// <summary>What the sessions said.</summary>
/// <param name="Clients">Those that answered.</param>
/// <param name="Sessions">All sessions.</param>
/// <param name="Failures">Who did not answer.</param>
internal sealed record ClientsReading(ImmutableArray<ClientReading> Clients, ImmutableArray<IActorRef> Sessions, ImmutableArray<Failure> Failures);
