using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Checks;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>check</c> and <c>jobs run</c>: one check now, with all that it found. It is no slot.</summary>
internal sealed class CheckCommand
{
    private const string ChecksPath = "/user/manager/checks";

    private static readonly TimeSpan TellProgressEvery = TimeSpan.FromMilliseconds(500);

    private static readonly Setting<string> Service = Setting.Text("service", "", "what to check with: ping, https, dns ...", "a service");
    private static readonly Setting<string> Target = Setting.Text("target", "", "HOST, HOST:PORT, [IPV6]:PORT, or for http and https a URL", "a host");
    private static readonly Setting<string> Job = Setting.Text("job", "", "the job's name", "a job's name", JobId.IsValid);
    private static readonly Setting<string?> Monitor = Setting.OptionalText("monitor", "where from; without it the first monitor that is connected");
    private static readonly Setting<string?> JobMonitor = Setting.OptionalText("monitor", "where from; without it the first of the job's monitors that is connected");
    private static readonly Setting<int?> Port = Setting.OptionalInteger("port", 1, 65535, "the port; without it the target's, or the service's own");
    private static readonly Setting<TimeSpan?> Within = Setting.OptionalDuration("timeout", JobBounds.MinTimeout, JobBounds.MaxTimeout, "how long the check may take; without it 5s");
    private static readonly Setting<ImmutableArray<string>> Set = Setting.TextList("set", "a setting as key=value, nested by dots (auth.user=me), or a JSON object", "key=value");
    private static readonly Setting<ImmutableArray<string>> Expect = Setting.TextList(
        "expect", "an expectation as key=value (status=2xx, body.contains=ok) or a JSON object", "key=value");

    private readonly IActorRef _manager;
    private readonly IServiceCatalog _services;
    private readonly TimeProvider _time;
    private readonly ManagerNames _names;

    private CheckCommand(IActorRef manager, IServiceCatalog services, TimeProvider time)
        => (_manager, _services, _time, _names) = (manager, services, time, new ManagerNames(manager, time));

    public static ImmutableArray<ShellCommand> Of(IActorRef manager, IServiceCatalog services, TimeProvider time)
    {
        var command = new CheckCommand(manager, services, time);
        return [command.Check(), command.RunJob()];
    }

    private ShellCommand Check() => new()
    {
        Palette = "check",
        Summary = "one check now, from a monitor, with all that it found; it is no slot and is not kept; exit code 1 unless the target is Up or Degraded",
        Parameters =
        [
            ShellParameter.Argument(Service) with { Candidates = ServiceCandidatesAsync },
            ShellParameter.Argument(Target),
            ShellParameter.Option(Monitor) with { Candidates = _names.MonitorCandidatesAsync },
            ShellParameter.Option(Port), ShellParameter.Option(Within), ShellParameter.Option(Set), ShellParameter.Option(Expect),
        ],
        Changes = true,
        // Its own timeout bounds it, which may be longer than other commands have.
        Streams = true,
        Run = CheckAsync,
    };

    private ShellCommand RunJob() => new()
    {
        Palette = "jobs",
        Verb = "run",
        Summary = "a job's check once now, outside of its schedule: no slot, not in the ledger, not kept; exit code 1 unless the target is Up or Degraded",
        Parameters =
        [
            ShellParameter.Argument(Job) with { Candidates = _names.JobCandidatesAsync },
            ShellParameter.Option(JobMonitor) with { Candidates = _names.MonitorCandidatesAsync },
        ],
        Changes = true,
        Streams = true,
        Run = RunJobAsync,
    };

    private async IAsyncEnumerable<ShellOutput> CheckAsync(ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (check, problems) = new CheckArguments(invocation.Read(Service), invocation.Read(Target))
        {
            Port = invocation.Read(Port),
            Timeout = invocation.Read(Within),
            Settings = invocation.Read(Set),
            Expectations = invocation.Read(Expect),
        }.Read(_services);
        foreach (var problem in problems)
            yield return new Failure(problem);
        if (check is null)
            yield break;
        await foreach (var output in RunAsync("check", check, invocation.Read(Monitor) is { } monitor ? [monitor] : [], TargetOf(check), cancellationToken))
            yield return output;
    }

    private async IAsyncEnumerable<ShellOutput> RunJobAsync(ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = invocation.Read(Job);
        var (jobs, problem) = await _names.JobsAsync("jobs run", cancellationToken);
        var found = jobs?.FirstOrDefault(job => job.Name == name).Ref;
        if (found is null)
        {
            yield return new Failure(problem ?? ManagerNames.NoJob(name, jobs!.Select(job => job.Name)));
            yield break;
        }

        (var status, problem) = await Question.AskAsync<JobStatus>("jobs run", found, GetJobStatus.Instance, found.Path.ToStringWithoutAddress(), _time, cancellationToken);
        if (status is not { Job: var job })
        {
            yield return new Failure(problem!);
            yield break;
        }

        // Under a name of its own: what a probe remembers of the job from check to check stays the slots'.
        var check = job.Check with { Job = OneShotOf(job.Job), Interval = TimeSpan.Zero };
        ImmutableArray<string> among = invocation.Read(JobMonitor) is { } monitor ? [monitor] : job.Monitors;
        await foreach (var output in RunAsync("jobs run", check, among, $"{name}, {TargetOf(check)},", cancellationToken))
            yield return output;
    }

    private async IAsyncEnumerable<ShellOutput> RunAsync(
        string command, CheckDefinition check, ImmutableArray<string> among, string subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The few news that there can be.
        var news = Channel.CreateBounded<CheckNews>(8);
        var (answer, timedOut) = await Question.AskAsync<CheckAnswer>(command, _manager, new RunCheck(check, among, news.Writer), ChecksPath, _time, cancellationToken);
        if (answer is not CheckTaken taken)
        {
            yield return new Failure((answer as CheckRefused)?.Reason ?? timedOut!);
            yield break;
        }

        var (where, state, since) = ("", "waits for a monitor", _time.GetTimestamp());
        try
        {
            while (true)
            {
                var isThere = news.Reader.WaitToReadAsync(cancellationToken).AsTask();
                while (await Task.WhenAny(isThere, Task.Delay(TellProgressEvery, _time, cancellationToken)) != isThere)
                    yield return ProgressOf(state, where, _time.GetElapsedTime(since), check.Timeout);
                if (!await isThere)
                {
                    yield return new Failure($"{command} failed: {taken.Check.Path.ToStringWithoutAddress()} ended without an answer. The node's log has the details.");
                    yield break;
                }

                while (news.Reader.TryRead(out var item))
                {
                    switch (item)
                    {
                        case CheckHandedOver handed:
                            (where, state, since) = (handed.Monitor, "queued", _time.GetTimestamp());
                            break;
                        case CheckRuns:
                            (state, since) = ("running", _time.GetTimestamp());
                            break;
                        case CheckFailed failed:
                            yield return new Failure(failed.Reason.StartsWith("timed out", StringComparison.Ordinal) ? $"{command} {failed.Reason}" : failed.Reason);
                            yield break;
                        case CheckDone done:
                            foreach (var output in Evidence(done.Result, where, subject))
                                yield return output;
                            yield break;
                    }

                    yield return ProgressOf(state, where, TimeSpan.Zero, check.Timeout);
                }
            }
        }
        finally
        {
            taken.Check.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        }
    }

    private static IEnumerable<ShellOutput> Evidence(CheckResult result, string monitor, string subject)
    {
        var record = new SlotRecord(result.Job, monitor, result.Slot, result.Outcome, result.Cause, result.Message, result, IsLate: false);
        foreach (var output in EvidenceTables.Of(record, isSlot: false))
            yield return output;
        if (result.Outcome is not (Outcome.Up or Outcome.Degraded))
            yield return new Failure($"{subject} is {result.Outcome}: {result.Cause.Name()}.");
    }

    private static Progress ProgressOf(string state, string monitor, TimeSpan elapsed, TimeSpan timeout)
    {
        if (state != "running")
            return new Progress(monitor.Length == 0 ? state : $"{state} on {monitor}");
        return new Progress(
            string.Create(CultureInfo.InvariantCulture, $"running on {monitor}: {elapsed.TotalSeconds:0.0} s of at most {timeout.TotalSeconds:0.###} s"),
            Math.Clamp(elapsed / timeout, 0, 1));
    }

    private static JobId OneShotOf(JobId job)
    {
        var name = $"{CheckArguments.Name} of {job.Name}";
        return new JobId(name.Length <= JobId.MaxLength ? name : name[..JobId.MaxLength]);
    }

    private static string TargetOf(CheckDefinition check)
    {
        var host = check.Host.Contains(':', StringComparison.Ordinal) ? $"[{check.Host}]" : check.Host;
        return string.Create(CultureInfo.InvariantCulture, $"{check.Service} {(check.Port == 0 ? check.Host : $"{host}:{check.Port}")}");
    }

    private Task<IReadOnlyCollection<string>> ServiceCandidatesAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyCollection<string>>([.. _services.Services.Select(service => service.Name)]);
}
