// Owns the look into the books, once a minute. Supervised by ManagerSupervisor.
using System.Collections.Immutable;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>
/// Asks the store for the books of every lane, and says on the board when they do not add up. A difference is looked at again
/// before it counts: a decision may have been on its way to the store.
/// </summary>
internal sealed class LedgerWatch : ReceiveActor, IWithTimers
{
    private const int MostNamed = 3;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    private readonly NodeHealth _health;
    private readonly IActorRef _writer;
    private ImmutableHashSet<LaneKey> _suspects = [];

    public LedgerWatch(IActorRef writer, NodeHealth health)
    {
        (_writer, _health) = (writer, health);

        Receive<Look>(_ => writer.Tell(GetStore.Instance, Self));
        Receive<CurrentStore>(OnStore);
        Receive<Books>(books => OnBooks(books.Rows));
        Receive<NotRead>(read =>
        {
            _health.Report("ledger", HealthStatus.Warning, $"the books cannot be read: {read.Reason}");
            Arm(LookEvery);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef writer, NodeHealth health) => Akka.Actor.Props.Create(() => new LedgerWatch(writer, health));

    protected override void PreStart() => Arm(LookEvery);

    private void OnStore(CurrentStore current)
    {
        if (current.Store is not { } store || current.Failure is not null)
        {
            // What waits is not in the books; the store's own check says that it is not well.
            Arm(LookEvery);
            return;
        }

        _ = ReadAsync(store, current.Now).PipeTo(Self, Self);
    }

    private static Task<object> ReadAsync(IStore store, DateTimeOffset now) => Task.Run(async () =>
    {
        try
        {
            return (object)new Books(await store.LedgerAsync(null, now, CancellationToken.None));
        }
        catch (Exception e)
        {
            return new NotRead(StoreTasks.Failed.Of(e).Text);
        }
    });

    private void OnBooks(ImmutableArray<LedgerRow> rows)
    {
        var wrong = rows.Where(row => row.Difference != 0).ToList();
        var again = wrong.Where(row => _suspects.Contains(row.Lane)).ToList();
        _suspects = [.. wrong.Select(row => row.Lane)];
        if (again.Count > 0)
        {
            var first = string.Join(", ", again.Take(MostNamed).Select(row => $"{row.Lane.Job} on {row.Lane.Monitor} by {row.Difference:N0}"));
            var more = again.Count > MostNamed ? $" and {again.Count - MostNamed:N0} more" : "";
            _health.Report("ledger", HealthStatus.Failed, $"slots due and slots recorded differ: {first}{more}; look at pbm ledger");
        }
        else if (wrong.Count == 0)
        {
            _health.Report("ledger", HealthStatus.Ok, $"every slot of {rows.Length:N0} lanes is accounted for");
        }

        Arm(wrong.Count > again.Count ? LookAgainAfter : LookEvery);
    }

    private void Arm(TimeSpan after) => Timers.StartSingleTimer(Look.Instance, Look.Instance, after);

    private sealed record Books(ImmutableArray<LedgerRow> Rows);

    private sealed record NotRead(string Reason);

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }
}
