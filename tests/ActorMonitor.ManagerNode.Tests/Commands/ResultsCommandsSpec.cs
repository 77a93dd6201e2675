using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Commands;

public class ResultsCommandsSpec(ITestOutputHelper output) : TestKit(VirtualTime.Config, output: output)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly Answers _answers = new();

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private TimeProvider Time => TestSchedulerTime.Of(Sys);

    [Fact]
    public async Task A_tail_shows_what_there_was_and_then_what_comes_and_leaves_nothing_behind()
    {
        var (manager, feed) = Manager(["shop", "mail"]);
        Publish("shop", 1, Outcome.Up);
        Publish("shop", 2, Outcome.Down, Cause.Refused);
        await using var tail = new Tail(Command(manager, "results tail"), [("last", "1")]);
        (await tail.NextAsync()).ShouldBeOfType<TableHeader>().Columns[4].Kind.ShouldBe(ColumnKind.State);
        (await tail.NextAsync()).ShouldBeOfType<TableRow>().Values.ShouldBe(Row(2, "shop", "Down", "refused", "127.0.0.1 - 7 ms"));

        Publish("mail", 3, Outcome.Up, isLate: true);

        (await tail.NextAsync()).ShouldBeOfType<TableRow>().Values.ShouldBe(Row(3, "mail", "Up", null, "127.0.0.1 - 7 ms (late)"));
        GetPulse(feed).Tails.ShouldBe(1);
        await tail.LeaveAsync();
        AwaitAssert(() => GetPulse(feed).Tails.ShouldBe(0));
    }

    [Fact]
    public async Task A_tail_ends_after_as_many_new_rows_as_asked_for()
    {
        var (manager, feed) = Manager(["shop"]);
        Publish("shop", 1, Outcome.Up);
        Publish("shop", 2, Outcome.Up);
        await using var tail = new Tail(Command(manager, "results tail"), [("count", "1")]);
        for (var i = 0; i < 3; i++)
            await tail.NextAsync();

        Publish("shop", 3, Outcome.Down);

        (await tail.NextAsync()).ShouldBeOfType<TableRow>().Values[4].ShouldBe("Down");
        (await tail.NextAsync()).ShouldBeNull();
        AwaitAssert(() => GetPulse(feed).Tails.ShouldBe(0));
    }

    [Fact]
    public async Task A_reader_that_does_not_keep_up_is_told_how_many_it_missed()
    {
        var (manager, feed) = Manager(["shop"]);
        await using var tail = new Tail(Command(manager, "results tail"), [("last", "0")]);
        await tail.NextAsync();
        for (var i = 0; i < ResultsCommands.RowsWaiting + 50; i++)
            Publish("shop", i, Outcome.Up);
        _ = GetPulse(feed);
        for (var i = 0; i < ResultsCommands.RowsWaiting; i++)
            (await tail.NextAsync()).ShouldBeOfType<TableRow>();

        Publish("shop", 5_000, Outcome.Up);

        (await tail.NextAsync()).ShouldBe(new TextLine("50 results left out: this reader did not keep up. They are stored: history JOB"));
        (await tail.NextAsync()).ShouldBeOfType<TableHeader>();
        (await tail.NextAsync()).ShouldBeOfType<TableRow>();
    }

    [Fact]
    public async Task A_tail_whose_feed_is_gone_says_so()
    {
        var (manager, feed) = Manager(["shop"]);
        await using var tail = new Tail(Command(manager, "results tail"), []);
        await tail.NextAsync();

        Sys.Stop(feed);

        (await tail.NextAsync()).ShouldBeOfType<Failure>().Message.ShouldStartWith("The feed of results was started again");
    }

    [Fact]
    public async Task Names_that_are_none_are_told_all_at_once()
    {
        var (manager, _) = Manager(["shop"], ["eu"]);

        (await RunAsync(manager, "results", "tail", "--job", "shpo", "--monitor", "ue", "--service", "tpc")).ShouldBe((1, """
            pbm: There is no job "shpo". Did you mean shop? Try: jobs list
            pbm: There is no monitor "ue". Did you mean eu? Try: monitors list
            pbm: There is no service "tpc": expected one of tcp, ping, https.

            """.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task Tab_offers_the_names_there_are()
    {
        var (manager, _) = Manager(["shop", "a b/ü"], ["eu", "us"]);
        var parameters = Command(manager, "results tail").Parameters.ToDictionary(parameter => parameter.Setting.Name);

        (await parameters["job"].Candidates!(default)).ShouldBe(["shop", "a b/ü"]);
        (await parameters["monitor"].Candidates!(default)).ShouldBe(["eu", "us"]);
        (await parameters["service"].Candidates!(default)).ShouldBe(["tcp", "ping", "https"]);
    }

    [Fact]
    public async Task The_newest_record_of_each_lane_is_shown_with_what_was_measured()
    {
        var (manager, _) = Manager(["shop", "mail", "new"]);

        var (exit, text) = await RunAsync(manager, "results", "last");

        exit.ShouldBe(0);
        text.ShouldBe("""
            TIME                  JOB   SERVICE  MONITOR  OUTCOME  CAUSE    ELAPSED  MESSAGE  MEASUREMENTS
            2026-11-22 12:00:01Z  shop  tcp      eu       Up       -           7 ms  7 ms     connect 3 ms, body.size 17 bytes
            2026-11-22 12:00:02Z  mail  tcp      eu       Down     refused     7 ms  7 ms     connect 3 ms, body.size 17 bytes

            """, StringCompareShould.IgnoreLineEndings);
    }

    [Theory]
    [InlineData("mail", "results", "last", "--failed")]
    [InlineData("shop", "results", "last", "--limit", "1")]
    [InlineData("mail", "results", "last", "m*")]
    public async Task The_newest_records_are_bounded_as_asked(string jobs, params string[] line)
    {
        var (manager, _) = Manager(["shop", "mail", "new"]);

        var (_, text) = await RunAsync(manager, line);

        string.Join(' ', text.Split('\n').Where(row => row.StartsWith("2026", StringComparison.Ordinal)).Select(row => row[22..26])).ShouldBe(jobs);
    }

    [Fact]
    public async Task The_whole_evidence_is_that_of_one_job()
    {
        var (manager, _) = Manager(["shop", "mail", "new"]);

        (await RunAsync(manager, "results", "last", "mail", "--full")).Text.ShouldBe("""
            SLOT                  MONITOR  OUTCOME  CAUSE    ELAPSED  ADDRESS    MESSAGE
            2026-11-22 12:00:02Z  eu       Down     refused     7 ms  127.0.0.1  7 ms

            TIMING          TOOK
            start lateness  2 ms
            queue wait      0 ms
            connect         3 ms

            MEASUREMENT  VALUE  UNIT
            body.size       17  bytes

            """, StringCompareShould.IgnoreLineEndings);
        (await RunAsync(manager, "results", "last", "new", "--full")).ShouldBe((0, "new on eu has no record yet.\n"));
        (await RunAsync(manager, "results", "last", "m*", "--full")).Text.ShouldBe("pbm: --full shows the evidence of one job: results last NAME --full\n");
        (await RunAsync(manager, "results", "last", "mial")).ShouldBe((1, "pbm: There is no job \"mial\". Did you mean mail? Try: jobs list\n"));
    }

    [Fact]
    public async Task Ten_thousand_jobs_are_shown_and_one_that_is_stuck_is_a_line_of_its_own()
    {
        var (manager, _) = Manager([.. Enumerable.Range(0, 10_000).Select(i => i == 5_000 ? "stuck" : $"job {i}")]);
        var running = RunAsync(manager, "results", "last");
        // All of the twenty chunks that are asked by then, but one.
        AwaitAssert(() => _answers.Count.ShouldBe((20 * 256) - 1), TimeSpan.FromSeconds(60));
        Scheduler.Advance(TimeSpan.FromSeconds(5));

        var (exit, text) = await running;

        exit.ShouldBe(1);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Count(line => line.StartsWith("2026", StringComparison.Ordinal)).ShouldBe(9_999);
        lines[^1].ShouldEndWith("/jobs/stuck did not answer within 5s.");
        lines[^1].ShouldStartWith("pbm: results last timed out: /user/");
    }

    private (IActorRef Manager, IActorRef Feed) Manager(string[] jobs, string[]? monitors = null)
    {
        var time = Time;
        var feed = Sys.ActorOf(FeedActor.Props(new SlotMeter(), time));
        var (known, answers) = (monitors ?? ["eu"], _answers);
        var manager = Sys.ActorOf(Props.Create(() => new FakeManager(jobs, known, feed, answers)));
        _ = GetPulse(feed);
        return (manager, feed);
    }

    private Pulse GetPulse(IActorRef feed)
    {
        feed.Tell(ManagerNode.Feed.GetPulse.Instance, TestActor);
        return ExpectMsg<Pulse>();
    }

    private void Publish(string job, int second, Outcome outcome, Cause cause = Cause.None, bool isLate = false)
        => Sys.EventStream.Publish(FakeJob.Record(job, second, outcome, cause) with { Service = "tcp", IsNewest = true, IsLate = isLate });

    private static ShellValue[] Row(int second, string job, string outcome, string? cause, string details)
        => [Noon.AddSeconds(second), job, "tcp", "eu", outcome, cause, TimeSpan.FromMilliseconds(7), details];

    private ShellCommand Command(IActorRef manager, string name)
        => ManagerCommands.Of(manager, new NodeHealth(Time), Sample.Services, Time).Single(command => command.Name == name);

    private async Task<(int Exit, string Text)> RunAsync(IActorRef manager, params string[] line)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var commands = new ShellCommandSet("manager", ManagerCommands.Of(manager, new NodeHealth(Time), Sample.Services, Time));
        var exit = await Task.Run(() => commands.RunAsync(line, text, CancellationToken.None));
        return (exit, text.ToString());
    }

    /// <summary>Somebody who reads a tail row by row.</summary>
    private sealed class Tail : IAsyncDisposable
    {
        private readonly CancellationTokenSource _leaves = new();
        private readonly IAsyncEnumerator<ShellOutput> _outputs;

        public Tail(ShellCommand command, (string Name, string Value)[] options)
        {
            var values = options.Aggregate(SettingMap.Empty, (map, option) => map.With(option.Name, option.Value));
            _outputs = command.Run(new ShellInvocation(values), _leaves.Token).GetAsyncEnumerator(_leaves.Token);
        }

        public async Task<ShellOutput?> NextAsync()
            => await _outputs.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15)) ? _outputs.Current : null;

        public async Task LeaveAsync()
        {
            var next = _outputs.MoveNextAsync().AsTask();
            await _leaves.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => next);
        }

        public async ValueTask DisposeAsync()
        {
            await _leaves.CancelAsync();
            await _outputs.DisposeAsync();
            _leaves.Dispose();
        }
    }

    /// <summary>How many jobs have answered.</summary>
    private sealed class Answers
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class FakeManager : ReceiveActor
    {
        public FakeManager(string[] jobs, string[] monitors, IActorRef feed, Answers answers)
        {
            var keeper = Context.ActorOf(Props.Create(() => new FakeJobs(jobs, answers)), "jobs");
            Receive<GetJobs>(get => keeper.Forward(get));
            Receive<FeedRequest>(request => feed.Forward(request));
            Receive<LinksActor.GetLinks>(_ => Sender.Tell(new LinksActor.Links(
                [.. monitors.Select(name => new LinkStatus(name, "127.0.0.1:1", true, Noon, null, "", "", null, 0, 0, 0, 0, null))])));
        }
    }

    private sealed class FakeJobs : ReceiveActor
    {
        public FakeJobs(string[] jobs, Answers answers)
        {
            var refs = jobs.Select((name, i) => new JobRef(Sample.Job(name), Context.ActorOf(Props.Create(() => new FakeJob(name, i, answers)), Uri.EscapeDataString(name)))).ToImmutableArray();
            Receive<GetJobs>(_ => Sender.Tell(new JobRefs(refs)));
        }
    }

    private sealed class FakeJob : ReceiveActor
    {
        public FakeJob(string name, int place, Answers answers)
        {
            var last = name == "new" ? null : Record(name, place + 1, name == "mail" ? Outcome.Down : Outcome.Up, name == "mail" ? Cause.Refused : Cause.None);
            Receive<GetJobStatus>(_ =>
            {
                if (name == "stuck")
                    return;
                Sender.Tell(new JobStatus(Sample.Job(name), [new LaneStatus("eu", default, last, default)]));
                answers.Add();
            });
        }

        public static SlotRecord Record(string name, int second, Outcome outcome, Cause cause)
        {
            var slot = new Slot(Noon.AddSeconds(second).ToUnixTimeMilliseconds());
            var started = slot.Due.AddMilliseconds(2);
            var result = Sample.Result(name, slot, outcome, cause) with
            {
                Started = started,
                Measurements = [new Measurement("connect", 0, 3, "ms"), new Measurement("body.size", 0, 17, "bytes")],
                Attempts = [new Attempt(started, TimeSpan.FromMilliseconds(7), outcome, cause)],
            };
            return new SlotRecord(new JobId(name), "eu", slot, outcome, cause, "7 ms", result, IsLate: false);
        }
    }
}
