using System.Collections.Concurrent;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Commands;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.MonitorNode.Tallies;
using ActorMonitor.Shell;
using Akka.Actor;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Commands;

public class MonitorCommandsSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { Probes = new PoolBounds(1, 4) })
{
    [Fact]
    public async Task Clients_list_shows_each_manager_by_name_with_what_it_is_owed()
    {
        var start = Time.GetUtcNow();
        var second = Connected(epoch: 8, name: "b");
        var first = Connected(epoch: 7, name: "a");
        first.Execute("job");
        NextRun().Up();
        first.NextResult();
        Pass(TimeSpan.FromSeconds(4), first);
        first.Execute("runs");
        NextRun();

        var said = await RunAsync("clients list");

        said.Header.Columns.Select(column => column.Name).ShouldBe(
            ["name", "address", "linked", "since", "epoch", "in flight", "outbox", "results", "dropped", "clock error", "id"]);
        said.Rows.Select(row => row.Values.ToArray()).ShouldBe(
        [
            ["a", first.Link.Ref.Path.Address.ToString(), true, start, 7, 1, 1, 1, 0, TimeSpan.FromSeconds(1), first.Id.ToString()],
            ["b", second.Link.Ref.Path.Address.ToString(), false, start + TimeSpan.FromSeconds(4), 8, 0, 0, 0, 0, ShellValue.None, second.Id.ToString()],
        ]);
        said.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Queues_list_shows_what_waits_and_runs_and_how_full_the_monitor_is()
    {
        var manager = Connected();
        for (var i = 0; i < 6; i++)
            manager.Execute($"job {i}");
        Settle();
        Pass(TimeSpan.FromSeconds(2), manager);

        var said = await RunAsync("queues list");

        said.Header.Columns.Select(column => column.Name).ShouldBe(
            ["client", "waiting", "bound", "oldest", "in flight", "refused", "repeated", "late answers", "wrong key"]);
        said.Rows.ShouldHaveSingleItem().Values.ShouldBe(["manager", 2, 1024, TimeSpan.FromSeconds(2), 4, 0, 0, 0, 0]);
        said.Lines.ShouldBe(["2 probe actors; 4 of 4 checks at a time; 2 waiting"]);
    }

    [Fact]
    public async Task Outbox_shows_what_each_manager_has_not_stored_yet_and_what_it_permits()
    {
        var manager = Connected();
        manager.Execute("job");
        NextRun().Up();
        manager.NextResult();

        var said = await RunAsync("outbox");

        said.Header.Columns.Select(column => column.Name).ShouldBe(
            ["client", "unacknowledged", "bytes", "oldest", "dropped", "credit", "granted jobs", "granted until", "journal"]);
        var row = said.Rows.ShouldHaveSingleItem();
        row.Values[..2].ShouldBe(["manager", 1]);
        row.Values[2].ShouldNotBe(0L);
        row.Values[3].ShouldNotBe(ShellValue.None);
        row.Values[4].ShouldBe(0);
        row.Values[6..].ShouldBe([0, ShellValue.None, "ok"]);
        said.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_managers_the_tables_are_empty()
    {
        (await RunAsync("clients list")).Rows.ShouldBeEmpty();
        (await RunAsync("outbox")).Rows.ShouldBeEmpty();
        (await RunAsync("queues list")).Lines.ShouldBe(["2 probe actors; 0 of 4 checks at a time; 0 waiting"]);
        (await RunAsync("probes stats")).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disconnected_manager_is_told_keeps_its_results_and_may_come_back()
    {
        var manager = Connected(name: "right");
        manager.Execute("job");
        NextRun().Up();
        var result = manager.NextResult();
        manager.Execute("runs on");
        var run = NextRun();

        var said = await RunAsync("clients disconnect", "right");

        said.Lines.ShouldBe([$"right ({manager.Id.ToString()[..8]}) is disconnected; it connects again by itself. 1 result waits for it in the outbox."]);
        manager.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.Disconnected);
        Clients().ShouldHaveSingleItem().IsLinked.ShouldBeFalse();
        run.Up();
        AwaitAssert(() => Clients().ShouldHaveSingleItem().Unacknowledged.ShouldBe(2));

        var again = Connected(manager.Id, name: "right");
        new[] { again.NextResult().Seq, again.NextResult().Seq }.ShouldBe([result.Seq, result.Seq + 1], ignoreOrder: true);
    }

    [Fact]
    public async Task A_manager_that_is_not_linked_cannot_be_disconnected()
    {
        var manager = Connected(name: "right");
        (await RunAsync("clients disconnect", "right")).Failures.ShouldBeEmpty();
        var since = Time.GetUtcNow();

        (await RunAsync("clients disconnect", "right")).Failures.ShouldBe(
            [$"right ({manager.Id.ToString()[..8]}) has not been linked since {(ShellValue)since}; there is nothing to disconnect."]);
    }

    [Fact]
    public async Task A_client_is_found_by_name_by_id_and_by_as_much_of_the_id_as_no_other_has()
    {
        var one = Connected(new NodeId(Guid.ParseExact("aa000000000000000000000000000001", "N")), name: "twin");
        Connected(new NodeId(Guid.ParseExact("ab000000000000000000000000000002", "N")), name: "twin");
        Connected(new NodeId(Guid.ParseExact("b0000000000000000000000000000003", "N")), name: "aa");

        (await RunAsync("clients disconnect", "x")).Failures.ShouldBe(["There is no client \"x\". There is aa (b0000000), twin (aa000000), twin (ab000000)."]);
        (await RunAsync("clients disconnect", "twin")).Failures.ShouldBe(["\"twin\" may be twin (aa000000), twin (ab000000): give more of the id."]);
        (await RunAsync("clients disconnect", "a")).Failures.ShouldBe(["\"a\" may be twin (aa000000), twin (ab000000): give more of the id."]);
        (await RunAsync("clients disconnect", "aa")).Lines.ShouldHaveSingleItem().ShouldStartWith("aa (b0000000) is disconnected");
        (await RunAsync("clients disconnect", "AA0")).Lines.ShouldHaveSingleItem().ShouldStartWith("twin (aa000000) is disconnected");
        (await RunAsync("clients disconnect", one.Id.ToString())).Failures.ShouldHaveSingleItem().ShouldStartWith("twin (aa000000) has not been linked since");
        (await CandidatesAsync("clients disconnect")).ShouldBe(
            ["aa", "twin", "aa000000000000000000000000000001", "ab000000000000000000000000000002", "b0000000000000000000000000000003"], ignoreOrder: true);
    }

    [Fact]
    public async Task Probes_list_shows_what_each_actor_is_at()
    {
        var start = Time.GetUtcNow();
        var manager = Connected();
        manager.Execute("done");
        NextRun().Up();
        manager.NextResult();
        manager.Execute("runs");
        NextRun();
        manager.Execute("runs too");
        NextRun();

        var said = await RunAsync("probes list");

        said.Header.Columns.Select(column => column.Name).ShouldBe(["probe", "state", "in flight", "done", "restarts", "idle since"]);
        said.Rows.Select(row => row.Values.ToArray()).ShouldBe(
            [["$a", "working", 1, 1, 0, ShellValue.None], ["$b", "working", 1, 0, 0, ShellValue.None]]);
        said.Lines.ShouldBe(["2 probe actors (1 to 4), following the load; 2 of 4 checks at a time"]);
        start.ShouldBe(Time.GetUtcNow());
    }

    [Fact]
    public async Task A_probe_actor_that_was_restarted_says_so_and_keeps_its_account()
    {
        var manager = Connected();
        manager.Execute("crashes");
        EventFilter.Exception<ProbeCrashedException>().ExpectOne(() => NextRun().Throw(new InvalidOperationException("a bug")));
        manager.NextResult();

        // The router's routees fail and restart together.
        AwaitAssert(() => Board().Read().Select(probe => probe.Restarts).ShouldBe([1, 1]));
        var rows = (await RunAsync("probes list")).Rows;
        rows.Select(row => row.Values[3]).ShouldBe([1, 0], ignoreOrder: true);
        rows.Select(row => row.Values[4]).ShouldBe([1, 1]);
        rows.ShouldAllBe(row => row.Values[5] == (ShellValue)Time.GetUtcNow());
    }

    [Fact]
    public async Task Probes_stats_shows_each_service_or_the_one_that_is_asked_for()
    {
        var manager = Connected();
        for (var i = 0; i < 4; i++)
        {
            manager.Execute($"job {i}");
            NextRun().Up();
            manager.NextResult();
        }

        Pass(TimeSpan.FromSeconds(2), manager);

        var said = await RunAsync("probes stats", service: "Scripted");

        said.Header.Columns.Select(column => column.Name).ShouldBe(["service", "rate 1/s", "count", "p50", "p95", "p99", "degraded", "failed", "causes"]);
        var values = said.Rows.ShouldHaveSingleItem().Values;
        values[..3].ShouldBe(["scripted", 2.0, 4]);
        values[6..].ShouldBe([0, 0, ShellValue.None]);
        said.Lines.ShouldHaveSingleItem().ShouldStartWith("Since ");
        (await RunAsync("probes stats", service: "scriptd")).Failures.ShouldBe(["This monitor has no service scriptd. Did you mean scripted? It has scripted."]);
    }

    [Fact]
    public async Task Top_shows_as_many_pictures_as_asked_for()
    {
        var manager = Connected();
        manager.Execute("job");
        NextRun();
        Settle();
        var said = new List<ShellOutput>();
        await foreach (var line in Command("top").Run(Given("every", "100ms", "count", "2"), CancellationToken.None))
        {
            said.Add(line);
            Scheduler.Advance(TimeSpan.FromMilliseconds(20));
        }

        said.Count(line => line is Frame).ShouldBe(2);
        said.OfType<Failure>().ShouldBeEmpty();
        var headers = said.OfType<TableHeader>().Select(header => header.Columns[0].Name).ToArray();
        headers[..4].ShouldBe(["uptime", "probes", "service", "client"]);
        said.OfType<TableRow>().Select(row => row.Values).ShouldContain(values => values[0] == (ShellValue)"manager" && values[4] == (ShellValue)1);
    }

    [Theory]
    [InlineData("clients list")]
    [InlineData("clients disconnect")]
    [InlineData("queues list")]
    [InlineData("outbox")]
    [InlineData("probes list")]
    [InlineData("probes scale")]
    [InlineData("probes stats")]
    public async Task A_monitor_that_is_stuck_is_named_when_five_seconds_are_over(string name)
    {
        var stuck = CreateTestProbe();
        var running = RunAsync(name, "1", monitor: stuck.Ref);
        Scheduler.Advance(TimeSpan.FromSeconds(4.9));
        running.IsCompleted.ShouldBeFalse();

        Scheduler.Advance(TimeSpan.FromSeconds(0.1));

        (await running).Failures.ShouldBe([$"{name} timed out: {stuck.Ref.Path.ToStringWithoutAddress()} did not answer within 5 s."]);
    }

    [Fact]
    public async Task Who_answers_is_shown_beside_the_failure_of_who_does_not()
    {
        var (gate, stuck) = (CreateTestProbe(), CreateTestProbe());
        var well = Connected(name: "well");
        var clients = Answering(new ClientsActor.Sessions([well.Session, stuck.Ref]));
        var monitor = Answering(new MonitorParts(clients, gate.Ref, ActorRefs.Nobody, new ProbeBoard(Time), new CheckTallies([], Time)));
        var running = RunAsync("queues list", monitor: monitor);
        stuck.ExpectMsg<GetClientStatus>();
        gate.ExpectMsg<GateActor.GetOccupancy>();
        _ = well.Status();

        Scheduler.Advance(TimeSpan.FromSeconds(5));

        var said = await running;
        said.Rows.ShouldHaveSingleItem().Values[0].ShouldBe("well");
        said.Failures.ShouldBe(
        [
            $"queues list timed out: {stuck.Ref.Path.ToStringWithoutAddress()} did not answer within 5 s.",
            $"queues list timed out: {gate.Ref.Path.ToStringWithoutAddress()} did not answer within 5 s.",
        ]);
    }

    [Fact]
    public async Task The_number_of_probe_actors_is_set_and_holds_whatever_the_load()
    {
        var manager = Connected();

        (await RunAsync("probes scale", "4")).Lines.ShouldBe(["4 probe actors (1 to 4), set by hand: probes scale auto lets it follow the load; there were 2."]);
        PoolSize().ShouldBe(4);
        Pass(TimeSpan.FromSeconds(90), manager);
        (PoolSize(), Occupancy().Capacity, Occupancy().IsFixed).ShouldBe((4, 8, true));

        (await RunAsync("probes scale", "AUTO")).Lines.ShouldBe(["4 probe actors (1 to 4), following the load."]);
        Pass(TimeSpan.FromSeconds(29), manager);
        PoolSize().ShouldBe(4);
        Pass(TimeSpan.FromSeconds(4), manager);
        (PoolSize(), Occupancy().IsFixed).ShouldBe((3, false));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("2000000000")]
    public async Task A_number_of_probe_actors_out_of_bounds_changes_nothing(string number)
    {
        (await RunAsync("probes scale", number)).Failures.ShouldBe(
            [$"{number} probe actors are out of bounds: expected 1 to 4 (actor-monitor.monitor.probes {{ min, max }}). There are still 2."]);

        (PoolSize(), Occupancy().IsFixed).ShouldBe((2, false));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public void What_is_no_number_of_probe_actors_is_refused_before_it_runs(string number)
        => Command("probes scale").Parameters.ShouldHaveSingleItem().Setting.Validate(SettingValue.Of(number)).ShouldBe("expected a whole number above 0, or auto");

    [Fact]
    public async Task Shrinking_waits_for_the_checks_of_the_actors_that_leave_and_loses_none()
    {
        var manager = Connected();
        await RunAsync("probes scale", "4");
        for (var i = 0; i < 8; i++)
            manager.Execute($"job {i}", intervalSeconds: 3_600, timeoutSeconds: 600);
        var runs = Enumerable.Range(0, 8).Select(_ => NextRun()).ToList();
        var said = new ConcurrentQueue<ShellOutput>();
        var running = Task.Run(async () =>
        {
            await foreach (var line in Command("probes scale").Run(Given("number", "1"), CancellationToken.None))
                said.Enqueue(line);
        });
        AwaitAssert(() => said.ShouldHaveSingleItem());

        runs.ForEach(run => run.Up());
        AwaitAssert(() =>
        {
            Board().Read().Sum(probe => probe.InFlight).ShouldBe(0);
            Scheduler.Advance(TimeSpan.FromMilliseconds(200));
            running.IsCompleted.ShouldBeTrue();
        });

        await running;
        said.ShouldBe(
        [
            new Progress("6 checks of probe actors that leave", 0),
            new TextLine("1 probe actor (1 to 4), set by hand: probes scale auto lets it follow the load; there were 4."),
        ]);
        Enumerable.Range(0, 8).Select(_ => manager.TakeResult().Result.Outcome).ShouldAllBe(outcome => outcome == Outcome.Up);
        (PoolSize(), manager.Status().LateAnswers).ShouldBe((1, 0));
        AwaitAssert(() => Board().Read().ShouldHaveSingleItem().Name.ShouldBe("$a"));
    }

    [Fact]
    public async Task Other_bounds_move_the_pool_into_them_and_a_number_set_by_hand_with_it()
    {
        (await SetBoundsAsync(new SetPoolBounds(3, 6, Size: null))).ShouldBe(new PoolBoundsSet(2, 3, IsFixed: false));
        (await SetBoundsAsync(new SetPoolBounds(1, 6, Size: 5))).ShouldBe(new PoolBoundsSet(3, 5, IsFixed: false));
        await RunAsync("probes scale", "6");
        (await SetBoundsAsync(new SetPoolBounds(1, 4, Size: 2))).ShouldBe(new PoolBoundsSet(6, 4, IsFixed: true));

        PoolSize().ShouldBe(4);
    }

    private async Task<PoolBoundsSet> SetBoundsAsync(SetPoolBounds bounds) => await Monitor.Ask<PoolBoundsSet>(bounds);

    private ProbeBoard Board()
    {
        var asking = CreateTestProbe();
        asking.Send(Monitor, GetParts.Instance);
        return asking.ExpectMsg<MonitorParts>().Board;
    }

    private IActorRef Answering(object answer) => Sys.ActorOf(Props.Create(() => new AnsweringActor(answer)));

    private ShellCommand Command(string name, IActorRef? monitor = null)
        => MonitorCommands.Of(monitor ?? Monitor, new NodeHealth(Time), Time).Single(command => command.Name == name);

    private static ShellInvocation Given(params string[] namesAndValues)
        => new(namesAndValues.Chunk(2).Aggregate(SettingMap.Empty, (map, pair) => map.With(pair[0], SettingValue.Of(pair[1]))));

    private async Task<Said> RunAsync(string name, string argument = "", string service = "", IActorRef? monitor = null)
    {
        var command = Command(name, monitor);
        var invocation = service.Length > 0 ? Given("service", service) : argument.Length > 0 && command.Parameters is [{ IsArgument: true } only] ? Given(only.Setting.Name, argument) : Given();
        var said = new List<ShellOutput>();
        await foreach (var line in command.Run(invocation, CancellationToken.None))
            said.Add(line);
        return new Said(said);
    }

    private async Task<IReadOnlyCollection<string>> CandidatesAsync(string name)
        => await Command(name).Parameters.Single().Candidates!(CancellationToken.None);

    private sealed record Said(IReadOnlyList<ShellOutput> All)
    {
        public TableHeader Header => All.OfType<TableHeader>().Single();

        public IReadOnlyList<TableRow> Rows => [.. All.OfType<TableRow>()];

        public IReadOnlyList<string> Lines => [.. All.OfType<TextLine>().Select(line => line.Text)];

        public IReadOnlyList<string> Failures => [.. All.OfType<Failure>().Select(failure => failure.Message)];
    }

    private sealed class AnsweringActor : ReceiveActor
    {
        public AnsweringActor(object answer) => ReceiveAny(_ => Sender.Tell(answer));
    }
}
