using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>top</c>: how the manager fares, a picture a second.</summary>
internal static class TopCommand
{
    private static readonly Setting<int> Failing = Setting.Integer("failing", 10, 0, 200, "the most failing jobs shown");

    public static ShellCommand Of(IActorRef manager, TimeProvider time) => new()
    {
        Palette = "top",
        Summary = "the manager live: what it takes, slots and results a second, lateness, the store, the monitors, the jobs that fail now",
        Parameters = [.. LiveView.Parameters, ShellParameter.Option(Failing)],
        Streams = true,
        Run = (invocation, cancellationToken) =>
        {
            var view = new View(manager, time, invocation.Read(Failing));
            return LiveView.RunAsync(invocation, time, view.PictureAsync, cancellationToken);
        },
    };

    /// <summary>One caller's view: rates are those since its previous picture.</summary>
    private sealed class View(IActorRef manager, TimeProvider time, int mostFailing)
    {
        private readonly ProcessFigures _process = new(time);
        private (long Timestamp, long Due, WriterStatus Writer)? _before;

        public async IAsyncEnumerable<ShellOutput> PictureAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            // Asked at once: a stuck actor costs a picture its part and one deadline.
            var asksPulse = AskAsync<Pulse>(GetPulse.Instance, "/user/manager/feed", cancellationToken);
            var asksWriter = AskAsync<WriterStatus>(GetWriterStatus.Instance, "/user/manager/results", cancellationToken);
            var asksLinks = AskAsync<LinksActor.Links>(LinksActor.GetLinks.Instance, "/user/manager/monitors", cancellationToken);
            var asksJobs = AskAsync<JobRefs>(GetJobs.Instance, "/user/manager/jobs", cancellationToken);
            var (pulse, noPulse) = await asksPulse;
            var (writer, noWriter) = await asksWriter;
            var (links, noLinks) = await asksLinks;
            var (jobs, noJobs) = await asksJobs;

            foreach (var output in Process(links, jobs))
                yield return output;
            foreach (var output in pulse is not null && writer is not null ? Rates(pulse, writer) : [])
                yield return output;
            foreach (var output in pulse is not null ? Outcomes(pulse.Minute) : [])
                yield return output;
            foreach (var output in links is not null ? Monitors(links, pulse) : [])
                yield return output;
            foreach (var output in pulse is not null ? FailingNow(pulse, jobs) : [])
                yield return output;
            if (writer?.Failure is { } failure)
                yield return new TextLine($"The store takes nothing at present: {failure}");
            foreach (var problem in new[] { noPulse, noWriter, noLinks, noJobs }.OfType<string>().Distinct())
                yield return new Failure(problem);
        }

        private Task<(T? Answer, string? Problem)> AskAsync<T>(object message, string answers, CancellationToken cancellationToken)
            where T : class
            => Question.AskAsync<T>("top", manager, message, answers, time, cancellationToken);

        private IEnumerable<ShellOutput> Process(LinksActor.Links? links, JobRefs? jobs)
        {
            yield return new TableHeader([.. ProcessFigures.Header.Columns, new ShellColumn("jobs", ColumnKind.Number), "monitors up"]);
            yield return new TableRow(
            [
                .. _process.Row().Values, jobs is null ? ShellValue.None : (long)jobs.Jobs.Length,
                links is null ? ShellValue.None : $"{links.Statuses.Count(link => link.IsUp)} of {links.Statuses.Length}",
            ]);
        }

        private IEnumerable<ShellOutput> Rates(Pulse pulse, WriterStatus writer)
        {
            var now = time.GetTimestamp();
            var (due, stored, commits, took) = (ShellValue.None, ShellValue.None, ShellValue.None, ShellValue.None);
            if (_before is var (then, dueThen, writerThen) && time.GetElapsedTime(then, now) is { TotalSeconds: > 0 } elapsed)
            {
                due = PerSecond(pulse.Due - dueThen, elapsed);
                stored = PerSecond(writer.Stored - writerThen.Stored, elapsed);
                commits = PerSecond(writer.Commits - writerThen.Commits, elapsed);
                took = writer.Commits > writerThen.Commits ? (writer.CommitTime - writerThen.CommitTime) / (writer.Commits - writerThen.Commits) : ShellValue.None;
            }

            _before = (now, pulse.Due, writer);
            yield return new TableHeader(
                Number("slots due/s"), Number("results/s"), Number("stored/s"), Number("commits/s"), Time("write time"), Number("waiting"), Number("readers"));
            yield return new TableRow(due, Math.Round(pulse.Minute.Rate, 1), stored, commits, took, (long)writer.Waiting, (long)pulse.Tails);
        }

        private static IEnumerable<ShellOutput> Outcomes(MinuteSummary minute)
        {
            yield return new TableHeader(
                "last", Number("up"), Number("degraded"), Number("down"), Number("unknown"), Number("skipped"), Number("lost"), Number("not running"),
                Time("late p50"), Time("late p99"), Time("late max"));
            var late = minute.Lateness;
            yield return new TableRow(
                minute.Seconds >= 60 ? "minute" : $"{minute.Seconds} s", minute.Outcomes[Outcome.Up], minute.Outcomes[Outcome.Degraded], minute.Outcomes[Outcome.Down],
                minute.Outcomes[Outcome.Unknown], minute.Outcomes[Outcome.Skipped], minute.Outcomes[Outcome.Lost], minute.Outcomes[Outcome.NotRunning],
                late?.P50, late?.P99, late?.Max);
        }

        private static IEnumerable<ShellOutput> Monitors(LinksActor.Links links, Pulse? pulse)
        {
            yield return new TableHeader(
                "monitor", new ShellColumn("state", ColumnKind.State), Time("round trip"), Number("queued"), Number("in flight"), Number("results/s"), "failure");
            foreach (var link in links.Statuses)
            {
                yield return new TableRow(
                    link.Monitor, link.IsUp ? "linked" : "lost", link.RoundTrip, (long)link.Queued, (long)link.InFlight,
                    pulse is null ? ShellValue.None : Math.Round(pulse.Minute.RateOf.GetValueOrDefault(link.Monitor), 1), link.IsUp ? null : link.LastFailure);
            }
        }

        private IEnumerable<ShellOutput> FailingNow(Pulse pulse, JobRefs? jobs)
        {
            // A job that has been taken out of the configuration since fails no more.
            var known = jobs is null || pulse.Failing.IsEmpty ? null : jobs.Jobs.Select(job => job.Job.Job.Name).ToHashSet(StringComparer.Ordinal);
            var failing = pulse.Failing.Where(lane => known is null || known.Contains(lane.Lane.Job.Name)).ToImmutableArray();
            if (failing.IsEmpty)
            {
                yield return new TextLine("No job fails.");
                yield break;
            }

            yield return new TableHeader(
                "failing job", "service", "monitor", new ShellColumn("outcome", ColumnKind.State), "cause", new ShellColumn("since", ColumnKind.Instant), "message");
            foreach (var lane in failing.Take(mostFailing))
            {
                yield return new TableRow(
                    lane.Lane.Job.Name, lane.Service, lane.Lane.Monitor, lane.Outcome.ToString(), EvidenceTables.CauseOf(lane.Cause), lane.Since.Due, lane.Message);
            }

            var more = pulse.FailingCount - pulse.Failing.Length + failing.Length - Math.Min(failing.Length, mostFailing);
            if (more > 0)
                yield return new TextLine($"{more} more fail: results last --failed");
        }

        private static ShellValue PerSecond(long count, TimeSpan elapsed) => Math.Round(count / elapsed.TotalSeconds, 1);
    }

    private static ShellColumn Number(string name) => new(name, ColumnKind.Number);

    private static ShellColumn Time(string name) => new(name, ColumnKind.Duration);
}
