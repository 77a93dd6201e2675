using System.Diagnostics.Metrics;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>What the writer has done, in numbers.</summary>
internal static class ManagerMeter
{
    public const string Name = "ActorMonitor.Manager";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Writes = Meter.CreateCounter<long>("store.writes", description: "Results, decisions and other writes stored.");
    private static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram<double>("store.commit.duration", "s", "From the start of a transaction to its end on disk.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("store.failures", description: "Transactions that could not be stored, and upkeep that could not be done.");
    private static readonly Counter<long> Corrections = Meter.CreateCounter<long>("results.corrections", description: "Results that replaced a record made without them.");
    private static readonly Counter<long> Repeated = Meter.CreateCounter<long>("results.repeated", description: "Results of slots that had their record.");
    private static readonly Counter<long> TooOld = Meter.CreateCounter<long>("results.too_old", description: "Results older than what is kept.");
    private static readonly Counter<long> NotDue = Meter.CreateCounter<long>("results.not_due", description: "Results for instants that are no slot of their lane.");
    private static readonly Counter<long> Overrun = Meter.CreateCounter<long>("results.beyond_credit", description: "Results dropped because a monitor sent more than it may; it sends them again.");
    private static readonly Counter<long> GivenUp = Meter.CreateCounter<long>("decisions.given_up", description: "Decisions given up because the store could not be written for too long.");

    /// <summary>A transaction is stored.</summary>
    public static void Stored(int writes, TimeSpan duration)
    {
        Writes.Add(writes);
        CommitSeconds.Record(duration.TotalSeconds);
    }

    /// <summary>One was not.</summary>
    public static void Failed() => Failures.Add(1);

    /// <summary>A monitor sent more than it may.</summary>
    public static void BeyondCredit() => Overrun.Add(1);

    /// <summary>A result is for no slot.</summary>
    public static void NoSlot() => NotDue.Add(1);

    /// <summary>Decisions were given up.</summary>
    public static void GaveUp(int decisions) => GivenUp.Add(decisions);

    /// <summary>What became of a result.</summary>
    public static void Result(EffectKind kind)
    {
        switch (kind)
        {
            case EffectKind.Inserted:
                break;
            case EffectKind.Corrected:
                Corrections.Add(1);
                break;
            case EffectKind.Repeated:
                Repeated.Add(1);
                break;
            case EffectKind.TooOld:
                TooOld.Add(1);
                break;
            default:
                NotDue.Add(1);
                break;
        }
    }
}
