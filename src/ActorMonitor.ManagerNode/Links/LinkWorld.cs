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
    Epoch Epoch,
    SlotClock Clock,
    IActorRef Jobs,
    IActorRef Results,
    IActorRef Supervisor,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>The name of every monitor's actor system.</summary>
    public const string MonitorSystem = "monitor";

    /// <summary>Tells the console about a monitor.</summary>
    public void Publish(ActorSystem system, bool success, string details)
        => system.EventStream.Publish(new NodeEvent(Clock.Now, "client", success, details, IsChange: true));
}

/// <summary>What is known of a monitor over the restarts of its link. Made by the parent; touched by the link, which is one at a time.</summary>
internal sealed class LinkMemory
{
    public LinkMemory(DateTimeOffset now) => Since = now;

    public bool IsUp { get; set; }

    public DateTimeOffset Since { get; set; }

    public Connected? Monitor { get; private set; }

    public TimeSpan? RoundTrip { get; set; }

    public int Queued { get; set; }

    public int InFlight { get; set; }

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
        IsUp ? RoundTrip : null, Queued, InFlight, Sent, Received, LastFailure);
}
