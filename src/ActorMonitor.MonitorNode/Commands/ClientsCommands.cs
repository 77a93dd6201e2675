using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary><c>clients</c>: the managers, and the end of a link.</summary>
internal static class ClientsCommands
{
    private const int ShortId = 8;
    private const int MostListed = 10;

    private static readonly Setting<string> Id = Setting.Text("id", "", "the manager's name, its id, or as much of the id as no other has");

    public static ImmutableArray<ShellCommand> Of(IActorRef monitor, TimeProvider time) =>
    [
        new()
        {
            Palette = "clients",
            Verb = "list",
            Summary = "the managers that this monitor works for",
            Aliases = ["list_clients"],
            Run = (_, cancellationToken) => ListAsync(monitor, time, cancellationToken),
        },
        new()
        {
            Palette = "clients",
            Verb = "disconnect",
            Summary = "ends a manager's link; it connects again by itself, and what was found meanwhile waits for it",
            Changes = true,
            Parameters = [ShellParameter.Argument(Id) with { Candidates = cancellationToken => CandidatesAsync(monitor, time, cancellationToken) }],
            Run = (invocation, cancellationToken) => DisconnectAsync(monitor, time, invocation.Read(Id), cancellationToken),
        },
    ];

    private static async IAsyncEnumerable<ShellOutput> ListAsync(IActorRef monitor, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("clients list", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        var reading = await inquiry.ClientsAsync(parts.Value!.Clients);
        yield return new TableHeader(
            new ShellColumn("name"), new ShellColumn("address"), new ShellColumn("linked", ColumnKind.Flag), new ShellColumn("since", ColumnKind.Instant),
            new ShellColumn("epoch", ColumnKind.Number), new ShellColumn("in flight", ColumnKind.Number), new ShellColumn("outbox", ColumnKind.Number),
            new ShellColumn("results", ColumnKind.Number), new ShellColumn("dropped", ColumnKind.Number), new ShellColumn("clock error", ColumnKind.Duration),
            new ShellColumn("id"));
        foreach (var (_, client) in reading.Clients)
        {
            yield return new TableRow(
                client.Name, client.Address, client.IsLinked, client.Since, client.Epoch.Value, (long)client.InFlight, client.Unacknowledged, client.Completed,
                client.Dropped, client.IsLinked ? client.ClockError : ShellValue.None, client.Manager.ToString());
        }

        foreach (var failure in reading.Failures)
            yield return failure;
    }

    private static async IAsyncEnumerable<ShellOutput> DisconnectAsync(
        IActorRef monitor, TimeProvider time, string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("clients disconnect", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        var reading = await inquiry.ClientsAsync(parts.Value!.Clients);
        var (session, problem) = Find(reading, id);
        if (session is null)
        {
            // Who did not answer may be who is meant.
            foreach (var failure in reading.Failures)
                yield return failure;
            yield return new Failure(problem);
            yield break;
        }

        var answer = await inquiry.AskAsync<ClientSession.Disconnected>(session, ClientSession.Disconnect.Instance);
        if (answer.Value is not { Status: var client } disconnected)
            yield return answer.Failure!;
        else if (disconnected.WasLinked)
            yield return new TextLine($"{Named(client)} is disconnected; it connects again by itself. {Kept(client.Unacknowledged)}");
        else
            yield return new Failure($"{Named(client)} has not been linked since {(ShellValue)client.Since}; there is nothing to disconnect.");
    }

    private static (IActorRef? Session, string Problem) Find(ClientsReading reading, string id)
    {
        // A name may be shared, and may look like the beginning of an id; a whole id is nobody else's.
        var found = reading.Sessions.Where(session => session.Path.Name.Equals(id, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (found.Length == 0)
            found = [.. reading.Clients.Where(client => client.Status.Name == id).Select(client => client.Session)];
        if (found.Length == 0)
            found = [.. reading.Sessions.Where(session => session.Path.Name.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
        if (found.Length == 1)
            return (found[0], "");
        if (found.Length > 1)
            return (null, $"\"{id}\" may be {Listed(reading, found)}: give more of the id.");
        return (null, reading.Sessions.IsEmpty
            ? $"There is no client \"{id}\": this monitor has none."
            : $"There is no client \"{id}\". There is {Listed(reading, reading.Sessions)}.");
    }

    private static string Listed(ClientsReading reading, IReadOnlyCollection<IActorRef> sessions)
    {
        var names = sessions
            .Select(session => reading.Clients.FirstOrDefault(client => client.Session.Equals(session)) is { Status: var status } ? Named(status) : session.Path.Name)
            .Order(StringComparer.Ordinal).ToArray();
        return string.Join(", ", names.Take(MostListed)) + (names.Length > MostListed ? $" and {names.Length - MostListed} more" : "");
    }

    private static string Named(ClientStatus client) => $"{client.Name} ({client.Manager.ToString()[..ShortId]})";

    private static string Kept(long results) => results switch
    {
        0 => "Nothing waits for it in the outbox.",
        1 => "1 result waits for it in the outbox.",
        _ => $"{results} results wait for it in the outbox.",
    };

    private static async Task<IReadOnlyCollection<string>> CandidatesAsync(IActorRef monitor, TimeProvider time, CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("clients", monitor, time, cancellationToken);
        if ((await inquiry.PartsAsync()).Value is not { } parts)
            return [];
        var reading = await inquiry.ClientsAsync(parts.Clients);
        return [.. reading.Clients.Select(client => client.Status.Name).Concat(reading.Sessions.Select(session => session.Path.Name)).Distinct(StringComparer.Ordinal)];
    }
}
