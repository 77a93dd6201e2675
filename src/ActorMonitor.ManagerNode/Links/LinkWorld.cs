using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.ManagerNode.Links;

/// <summary>What all links of a manager share.</summary>
internal sealed record LinkWorld(
    NodeId Manager,
    string ManagerName,
    CurrentEpoch Epoch,
    SlotClock Clock,
    IActorRef Jobs,
    IActorRef Results,
    IActorRef Supervisor,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>The name of every monitor's actor system.</summary>
    public const string MonitorSystem = "monitor";

    /// <summary>The most bytes of results that may be on the way from one monitor.</summary>
    public const long MostCredit = 1 << 20;

    private const long AllCredit = 64 << 20;

    /// <summary>For how long monitors go on without this manager; zero grants nothing.</summary>
    public TimeSpan Autonomy { get; init; }

    /// <summary>The most bytes of results that may be on the way from each monitor.</summary>
    public long Credit { get; init; } = MostCredit;

    /// <summary>What each monitor is to be granted, by its name; what is not here is granted nothing.</summary>
    public ImmutableDictionary<string, GrantBook> Grants { get; init; } = ImmutableDictionary<string, GrantBook>.Empty;

    /// <summary>The credit of each when there are so many.</summary>
    public static long CreditOf(int monitors) => Math.Min(MostCredit, AllCredit / Math.Max(1, monitors));

    /// <summary>Tells the console about a monitor.</summary>
    public void Publish(ActorSystem system, bool success, string details)
        => system.EventStream.Publish(new NodeEvent(Clock.Now, "client", success, details, IsChange: true));
}

/// <summary>The manager's epoch: a manager with a new store may take a higher one while it runs. Thread-safe.</summary>
internal sealed class CurrentEpoch(Epoch epoch)
{
    private long _value = epoch.Value;

    public Epoch Value
    {
        get => new(Volatile.Read(ref _value));
        set => Volatile.Write(ref _value, value.Value);
    }
}

/// <summary>What is known of a monitor over the restarts of its link. Made by the parent; touched by the link, which is one at a time.</summary>
internal sealed class LinkMemory
{
    public LinkMemory(DateTimeOffset now, GrantBook grants) => (Since, Grants) = (now, grants);

    public GrantBook Grants { get; }

    public bool IsUp { get; set; }

    public DateTimeOffset Since { get; set; }

    public Connected? Monitor { get; private set; }

    public TimeSpan? RoundTrip { get; set; }

    public int Queued { get; set; }

    public int InFlight { get; set; }

    public long Heartbeats { get; set; }

    public long Sent { get; set; }

    public long Unsent { get; set; }

    public long Received { get; set; }

    public long WrongKey { get; set; }

    public string? LastFailure { get; set; }

    public void Connected(Connected connected, DateTimeOffset now)
    {
        IsUp = true;
        Since = now;
        Monitor = connected;
        LastFailure = null;
        RoundTrip = null;
    }

    public LinkStatus Status(MonitorAddress monitor) => new(
        monitor.Name, monitor.HostAndPort, IsUp, Since, Monitor?.Monitor.ToString(), Monitor?.Location ?? monitor.Location, Monitor?.Domain ?? "",
        IsUp ? RoundTrip : null, Queued, InFlight, Sent, Received, LastFailure, Grants.Acknowledged, Heartbeats);
}
