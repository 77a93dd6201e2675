using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>monitors</c>: which there are, how the links to them are, and how to take one out of service.</summary>
internal static class MonitorsCommands
{
    private const string Listing = "monitors list";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(1);

    // One may have been on its way when the monitor was told.
    private const int FreshHeartbeats = 2;

    private static readonly Setting<string> Name = Setting.Text("name", "", "the monitor", "a monitor's name");
    private static readonly Setting<string?> Reason = Setting.OptionalText("reason", "why, for whoever looks at it", $"at most {Hold.MaxLength} characters on one line", JobsCommands.IsReason);
    private static readonly Setting<TimeSpan?> Wait = Setting.OptionalDuration("wait", TimeSpan.Zero, TimeSpan.FromHours(24), $"how long to wait until nothing runs there; {DurationText.Print(DefaultWait)} by default");

    public static IEnumerable<ShellCommand> Of(IActorRef manager, TimeProvider time)
    {
        var names = Candidates(manager);
        yield return new()
        {
            Palette = "monitors",
            Verb = "list",
            Summary = "the monitors and the links to them",
            Aliases = ["list_monitors"],
            Run = (_, cancellationToken) => ListAsync(manager, cancellationToken),
        };
        yield return new()
        {
            Palette = "monitors",
            Verb = "drain",
            Summary = "has a monitor start nothing more and waits until nothing runs there; slots are skipped (maintenance), over restarts too",
            Changes = true,
            Streams = true,
            Parameters = [ShellParameter.Argument(Name) with { Candidates = names }, ShellParameter.Option(Reason), ShellParameter.Option(Wait)],
            Run = (invocation, cancellationToken) => DrainAsync(manager, time, invocation, cancellationToken),
        };
        yield return new()
        {
            Palette = "monitors",
            Verb = "resume",
            Summary = "has a drained monitor run again, each job from its next slot on",
            Changes = true,
            Parameters = [ShellParameter.Argument(Name) with { Candidates = names }],
            Run = (invocation, cancellationToken) => ResumeAsync(manager, invocation, cancellationToken),
        };
    }

    /// <summary>The names of the monitors, for a prompt that completes them.</summary>
    public static Func<CancellationToken, Task<IReadOnlyCollection<string>>> Candidates(IActorRef manager) => async cancellationToken =>
    {
        var (links, _) = await LinksAsync(manager, cancellationToken);
        return [.. links.Select(link => link.Monitor)];
    };

    private static async IAsyncEnumerable<ShellOutput> ListAsync(IActorRef manager, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (links, problem) = await LinksAsync(manager, cancellationToken);
        if (problem is not null)
        {
            yield return new Failure(problem);
            yield break;
        }

        var (holds, unheld) = await Question.TryAsync<HoldState>(manager, GetHolds.Instance, Listing, cancellationToken);
        yield return new TableHeader(
            "name", "address", new ShellColumn("state", ColumnKind.State), new ShellColumn("since", ColumnKind.Instant),
            "location", "domain", new ShellColumn("round trip", ColumnKind.Duration), Number("queued"), Number("in flight"), Number("granted"),
            Number("sent"), Number("received"), "drained", "failure");
        foreach (var link in links)
        {
            var hold = holds?.Monitors.GetValueOrDefault(link.Monitor);
            yield return new TableRow(
                link.Monitor, link.Address, StateOf(link, hold), link.Since, link.Location, link.Domain, link.RoundTrip, (long)link.Queued, (long)link.InFlight,
                (long)link.Granted, link.Sent, link.Received, hold is null ? ShellValue.None : $"since {(ShellValue)hold.Since} {hold.Text}", link.LastFailure);
        }

        if (unheld is not null)
            yield return new Failure(unheld);
    }

    private static async IAsyncEnumerable<ShellOutput> DrainAsync(IActorRef manager, TimeProvider time, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (link, problem) = await FindAsync(manager, invocation.Read(Name), cancellationToken);
        if (link is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        var (kept, refused) = await Question.TryAsync<HoldsKept>(
            manager, new DrainMonitor(link.Monitor, JobsCommands.By(invocation), invocation.Read(Reason)), "monitors drain", cancellationToken);
        if (refused is not null || kept?.Failure is not null)
        {
            foreach (var line in JobsCommands.Done(kept, refused, $"{link.Monitor} drains."))
                yield return line;
            yield break;
        }

        var wait = invocation.Read(Wait) ?? DefaultWait;
        var started = time.GetTimestamp();
        var most = 0;
        while (true)
        {
            var (now, _) = await FindAsync(manager, link.Monitor, cancellationToken);
            if (now is { IsUp: true } && now.Heartbeats >= link.Heartbeats + FreshHeartbeats && IsIdle(now))
            {
                yield return new TextLine($"{link.Monitor} is drained: nothing runs there. Try: monitors resume {link.Monitor}");
                yield break;
            }

            if (time.GetElapsedTime(started) >= wait)
            {
                yield return new Failure($"{link.Monitor} is not drained after {(ShellValue)wait}: {Left(now)}. It starts nothing more and goes on draining.");
                yield break;
            }

            if (now is not null)
            {
                var left = now.Granted + now.Queued + now.InFlight;
                most = Math.Max(most, left);
                yield return new Progress($"{link.Monitor}: {Left(now)}", most == 0 ? null : 1 - ((double)left / most));
            }

            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    private static async IAsyncEnumerable<ShellOutput> ResumeAsync(IActorRef manager, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = invocation.Read(Name);
        var (holds, unheld) = await Question.TryAsync<HoldState>(manager, GetHolds.Instance, "monitors resume", cancellationToken);
        if (holds is null)
        {
            yield return new Failure(unheld!);
            yield break;
        }

        if (!holds.Monitors.ContainsKey(name))
        {
            // One that is configured no longer may still be held.
            var (link, problem) = await FindAsync(manager, name, cancellationToken);
            yield return link is null ? new Failure(problem!) : new TextLine($"{name} is not drained.");
            yield break;
        }

        var (kept, refused) = await Question.TryAsync<HoldsKept>(manager, new ResumeMonitor(name, JobsCommands.By(invocation)), "monitors resume", cancellationToken);
        foreach (var line in JobsCommands.Done(kept, refused, $"{name} resumed."))
            yield return line;
    }

    private static string StateOf(LinkStatus link, Hold? hold)
    {
        if (!link.IsUp)
            return hold is null ? "down" : "down (draining)";
        return hold is null ? "up" : IsIdle(link) ? "drained" : "draining";
    }

    // What it is still granted it may start by itself.
    private static bool IsIdle(LinkStatus link) => link is { Granted: 0, Queued: 0, InFlight: 0 };

    private static string Left(LinkStatus? link)
    {
        if (link is not { IsUp: true })
            return "it is not connected, and may run what it was granted";
        List<string> left = [];
        if (link.InFlight > 0)
            left.Add($"{link.InFlight:N0} in flight");
        if (link.Queued > 0)
            left.Add($"{link.Queued:N0} queued");
        if (link.Granted > 0)
            left.Add($"{link.Granted:N0} grants not taken back yet");
        return left.Count == 0 ? "waiting for its word" : string.Join(", ", left);
    }

    private static async Task<(LinkStatus? Link, string? Problem)> FindAsync(IActorRef manager, string name, CancellationToken cancellationToken)
    {
        var (links, problem) = await LinksAsync(manager, cancellationToken);
        if (problem is not null)
            return (null, problem);
        return links.FirstOrDefault(link => link.Monitor == name) is { } found
            ? (found, null)
            : (null, $"There is no monitor \"{name}\".{ClosestNames.Question(name, links.Select(link => link.Monitor))} Try: {Listing}");
    }

    private static async Task<(ImmutableArray<LinkStatus> Links, string? Problem)> LinksAsync(IActorRef manager, CancellationToken cancellationToken)
    {
        var (links, problem) = await Question.TryAsync<LinksActor.Links>(manager, LinksActor.GetLinks.Instance, Listing, cancellationToken);
        return (links?.Statuses ?? [], problem);
    }

    private static ShellColumn Number(string name) => new(name, ColumnKind.Number);
}
