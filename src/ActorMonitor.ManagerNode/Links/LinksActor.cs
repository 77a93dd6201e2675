// Owns the links, one a monitor, each under its own back-off. Supervised by ManagerSupervisor.
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Checks;
using ActorMonitor.Shell;
using Akka.Actor;
using Akka.Pattern;

namespace ActorMonitor.ManagerNode.Links;

/// <summary>Starts a link for each configured monitor, and knows what each said of itself last, also while it backs off.</summary>
internal sealed class LinksActor : ReceiveActor
{
    private static readonly TimeSpan MinBackoff = TimeSpan.FromSeconds(0.5);
    // With its jitter and the wait for an answer to Connect below 8 s: so long after any outage a link is there again, and
    // 10 s after it what was kept meanwhile has mostly arrived.
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(4);
    private const double BackoffJitter = 0.2;

    private readonly ImmutableArray<MonitorAddress> _monitors;
    private readonly LinkWorld _world;
    private readonly Dictionary<string, LinkStatus> _status = [];

    public LinksActor(ImmutableArray<MonitorAddress> monitors, LinkWorld world)
    {
        (_monitors, _world) = (monitors, world);
        Receive<HandOver>(OnHandOver);
        Receive<LinkStatus>(status => _status[status.Monitor] = status);
        Receive<GetLinks>(_ => Sender.Tell(new Links([.. _monitors.Where(monitor => _status.ContainsKey(monitor.Name)).Select(monitor => _status[monitor.Name])])));
    }

    public static Props Props(ImmutableArray<MonitorAddress> monitors, LinkWorld world) => Akka.Actor.Props.Create(() => new LinksActor(monitors, world));

    protected override void PreStart()
    {
        foreach (var monitor in _monitors)
        {
            var memory = new LinkMemory(_world.Clock.Now, _world.Grants.GetValueOrDefault(monitor.Name) ?? new GrantBook([], []));
            _status[monitor.Name] = memory.Status(monitor);
            var link = MonitorLink.Props(monitor, memory, _world, Self);
            var options = Backoff.OnFailure(link, "link", MinBackoff, MaxBackoff, BackoffJitter, -1).WithManualReset();
            _ = Context.ActorOf(BackoffSupervisor.Props(options), Uri.EscapeDataString(monitor.Name));
        }
    }

    private void OnHandOver(HandOver handOver)
    {
        var known = _monitors.Select(monitor => _status[monitor.Name]);
        var asked = handOver.Among.IsEmpty ? known : known.Where(status => handOver.Among.Contains(status.Monitor));
        if (asked.FirstOrDefault(status => status.IsUp) is { } up)
            Context.Child(Uri.EscapeDataString(up.Monitor)).Forward(handOver);
        else
            Sender.Tell(new OneShotFailed(NobodyIsThere(handOver, [.. asked])), Self);
    }

    private string NobodyIsThere(HandOver handOver, ImmutableArray<LinkStatus> asked) => asked switch
    {
        [] when handOver.Among is [var unknown] => $"There is no monitor \"{unknown}\".{ClosestNames.Question(unknown, _status.Keys)} Try: monitors list",
        [var one] => $"{one.Monitor} is not connected{(one.LastFailure is { } why ? $": {why}" : "")}. Try: monitors list",
        _ => $"None of {string.Join(", ", asked.Select(status => status.Monitor).DefaultIfEmpty("the monitors"))} is connected. Try: monitors list",
    };

    /// <summary>Asks for the <see cref="Links"/>.</summary>
    internal sealed record GetLinks
    {
        public static readonly GetLinks Instance = new();
    }

    /// <summary>The links in the order of the configuration.</summary>
    internal sealed record Links(ImmutableArray<LinkStatus> Statuses);
}
