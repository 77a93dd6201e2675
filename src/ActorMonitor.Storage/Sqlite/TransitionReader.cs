using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Finds where a lane's state changed. An hour whose records all show the state that is known already is not looked into.</summary>
internal sealed class TransitionReader(LaneReader lanes)
{
    public ImmutableArray<StateTransition> Read(LaneKey key, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        var (start, end) = (Instants.MillisecondsUp(from), Instants.MillisecondsUp(to));
        if (end <= start || limit < 1 || lanes.Find(key) is not { } lane)
            return [];
        var found = ImmutableArray.CreateBuilder<StateTransition>();
        var state = StateBefore(lane, start, cancellationToken);
        foreach (var hour in Hours(lane, start, end))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (hour.Only is { } only && (only == state || only == Outcome.Unknown))
                continue;
            foreach (var row in lanes.Records(lane, Math.Max(start, hour.From), Math.Min(end, hour.To), newestFirst: false))
            {
                if (!Tells(row.Outcome) || row.Outcome == state)
                    continue;
                found.Add(new StateTransition(new Slot(row.Slot), state, row.Outcome, row.Cause, row.Record(key.Job).Message));
                if (found.Count == limit)
                    return found.ToImmutable();
                state = row.Outcome;
            }
        }

        return found.ToImmutable();
    }

    private Outcome? StateBefore(long lane, long instant, CancellationToken cancellationToken)
    {
        foreach (var hour in Hours(lane, long.MinValue, instant).Reverse())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (hour.Only == Outcome.Unknown)
                continue;
            foreach (var row in lanes.Records(lane, hour.From, Math.Min(instant, hour.To), newestFirst: true))
            {
                if (Tells(row.Outcome))
                    return row.Outcome;
            }
        }

        return null;
    }

    private IEnumerable<Look> Hours(long lane, long from, long to)
    {
        var unsealed = lanes.HotHours(lane, from, to);
        var looks = unsealed.Select(hour => new Look(hour, null));
        foreach (var hour in lanes.Hours(lane, Instants.HourOf(from), Instants.HourOf(to - 1)))
        {
            if (!unsealed.Contains(hour.Hour))
                looks = looks.Append(new Look(hour.Hour, Only(hour)));
        }

        return looks.OrderBy(look => look.Hour);
    }

    // The one state that an hour's records show, Unknown when they show none, null when they show several.
    private static Outcome? Only(SealedHour hour) => (hour.Up > 0, hour.Degraded > 0, hour.Down > 0) switch
    {
        (false, false, false) => Outcome.Unknown,
        (true, false, false) => Outcome.Up,
        (false, true, false) => Outcome.Degraded,
        (false, false, true) => Outcome.Down,
        _ => null,
    };

    private static bool Tells(Outcome outcome) => outcome is Outcome.Up or Outcome.Degraded or Outcome.Down;

    private readonly record struct Look(long Hour, Outcome? Only)
    {
        public long From => Hour * Instants.Hour;

        public long To => From + Instants.Hour;
    }
}
