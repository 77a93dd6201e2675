using ActorMonitor.ManagerNode.Checks;
using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Commands;

/// <summary>One-shot checks from the typed line to the monitor and back, the monitor played by hand.</summary>
public class CheckCommandSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    private static readonly string[] Line = ["check", "tcp", "host.example:81", "--timeout", "2s"];

    [Fact]
    public async Task A_check_is_run_by_the_monitor_and_shown_with_all_its_evidence()
    {
        var (manager, link) = Linked();
        var running = Run(manager, Line);

        var once = Await<CheckOnce>();
        (once.Check.Service, once.Check.Host, once.Check.Port, once.Check.Timeout).ShouldBe(("tcp", "host.example", 81, TimeSpan.FromSeconds(2)));
        once.Epoch.ShouldBe(new Epoch(7));
        Monitor.Send(link, new OnceStarted(Key, once.Id));
        Monitor.Send(link, new OnceEnded(Key, once.Id, Result(once)));

        var (exit, text) = await running;
        text.ShouldBe("""
            TIME                  MONITOR  OUTCOME  CAUSE  ELAPSED  ADDRESS    MESSAGE
            2026-11-22 12:00:00Z  eu       Up       -         7 ms  127.0.0.1  7 ms

            TIMING      TOOK
            queue wait  1 ms
            connect     3 ms
            tls         4 ms
            tls [1]     12 s

            MEASUREMENT  VALUE  UNIT
            body.size       17  bytes

            ATTRIBUTE   VALUE
            timestamps  kernel

            """, StringCompareShould.IgnoreLineEndings);
        exit.ShouldBe(0);
    }

    [Fact]
    public async Task It_is_no_slot_and_nothing_of_it_is_stored()
    {
        var (manager, link) = Linked();
        var running = Run(manager, ["jobs", "run", "shop"]);

        var once = Await<CheckOnce>();
        Monitor.Send(link, new OnceEnded(Key, once.Id, Result(once)));

        (await running).Exit.ShouldBe(0);
        once.Check.Job.Name.ShouldBe("one-shot check of shop");
        once.Check.Interval.ShouldBe(TimeSpan.Zero);
        Disk.Lock(() => Disk.Lanes.Values.Sum(lane => lane.Records.Count)).ShouldBe(0);
    }

    [Theory]
    [InlineData(Outcome.Down, Cause.Refused, 1)]
    [InlineData(Outcome.Unknown, Cause.TargetDenied, 1)]
    [InlineData(Outcome.Skipped, Cause.Overload, 1)]
    [InlineData(Outcome.Degraded, Cause.ExpectationFailed, 0)]
    public async Task A_target_that_is_not_up_fails_the_command(Outcome outcome, Cause cause, int exit)
    {
        var (manager, link) = Linked();
        var running = Run(manager, Line);

        var once = Await<CheckOnce>();
        Monitor.Send(link, new OnceEnded(Key, once.Id, Result(once) with { Outcome = outcome, Cause = cause }));

        var run = await running;
        run.Exit.ShouldBe(exit);
        run.Text.Contains($"pbm: tcp host.example:81 is {outcome}: {cause.Name()}.", StringComparison.Ordinal).ShouldBe(exit == 1);
    }

    [Fact]
    public async Task A_monitor_of_an_older_version_is_not_asked()
    {
        var (manager, _) = Linked(oneShots: 0);

        (await Run(manager, Line)).ShouldBe((1, "pbm: eu runs an older version, which knows no one-shot checks: update it, or name another with --monitor.\n"));
    }

    [Fact]
    public async Task A_monitor_without_the_service_is_not_asked()
    {
        var (manager, _) = Linked();

        (await Run(manager, ["check", "ping", "host.example"])).ShouldBe((1, "pbm: eu has no service ping; it has tcp.\n"));
    }

    [Theory]
    [InlineData("pbm: eu is not connected. Try: monitors list\n", "check", "tcp", "host.example:81")]
    [InlineData("pbm: eu is not connected. Try: monitors list\n", "check", "tcp", "host.example:81", "--monitor", "eu")]
    [InlineData("pbm: There is no monitor \"ue\". Did you mean eu? Try: monitors list\n", "check", "tcp", "host.example:81", "--monitor", "ue")]
    [InlineData("pbm: eu is not connected. Try: monitors list\n", "jobs", "run", "shop")]
    [InlineData("pbm: There is no job \"shp\". Did you mean shop? Try: jobs list\n", "jobs", "run", "shp")]
    public async Task Without_the_monitor_that_is_asked_for_there_is_no_check(string said, params string[] line)
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop")));
        AwaitConnect();

        (await Run(manager, line)).ShouldBe((1, said));
    }

    [Fact]
    public async Task A_connection_that_is_lost_ends_the_check()
    {
        var (manager, link) = Linked();
        var running = Run(manager, Line);
        Await<CheckOnce>();

        Monitor.Send(link, new Refused(RefusalReason.Token, default, "no longer"));

        (await running).ShouldBe((1, "pbm: The connection to eu was lost before the check had ended.\n"));
    }

    [Fact]
    public async Task A_monitor_that_does_not_answer_is_not_waited_for_longer_than_it_may_take()
    {
        var (manager, link) = Linked();
        var running = Run(manager, Line);
        var once = Await<CheckOnce>();
        Monitor.Send(link, new OnceStarted(Key, once.Id));

        var cancelled = AwaitWhileTimePasses<Cancel>(link);

        cancelled.Id.ShouldBe(once.Id);
        (await running).ShouldBe((1, "pbm: check timed out: eu did not answer within 7s.\n"));
    }

    [Fact]
    public async Task Who_leaves_ends_the_check_on_the_monitor_too()
    {
        var (manager, _) = Linked();
        using var leaves = new CancellationTokenSource();
        var running = Run(manager, Line, leaves.Token);
        var once = Await<CheckOnce>();

        await leaves.CancelAsync();

        Await<Cancel>().Id.ShouldBe(once.Id);
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        AwaitAssert(() =>
        {
            Sys.ActorSelection($"/user/manager/checks/{once.Id}").Tell(new Identify(1), TestActor);
            ExpectMsg<ActorIdentity>().Subject.ShouldBeNull();
        });
    }

    [Fact]
    public async Task There_is_an_end_to_how_many_run_at_a_time()
    {
        var (manager, _) = Linked();
        using var leaves = new CancellationTokenSource();
        var running = Enumerable.Range(0, ChecksActor.MostAtOnce).Select(_ => Run(manager, Line, leaves.Token)).ToArray();
        for (var i = 0; i < ChecksActor.MostAtOnce; i++)
            Await<CheckOnce>();

        (await Run(manager, Line)).ShouldBe((1, "pbm: This manager runs 16 one-shot checks at a time, and has that many; try again.\n"));

        await leaves.CancelAsync();
        foreach (var each in running)
            await Should.ThrowAsync<OperationCanceledException>(() => each);
    }

    [Theory]
    [InlineData("check timed out: /user/manager/checks did not answer within 5s.", "check", "tcp", "host.example:81")]
    [InlineData("jobs run timed out: /user/manager/jobs did not answer within 5s.", "jobs", "run", "shop")]
    public async Task A_stuck_actor_is_named(string said, params string[] line)
    {
        var running = Run(CreateTestProbe().Ref, line);
        while (!running.IsCompleted)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await running).ShouldBe((1, $"pbm: {said}\n"));
    }

    [Fact]
    public async Task Before_the_store_is_open_there_is_an_answer_too()
    {
        Disk.OpenFault = Storage.StoreFault.ReadOnly;
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop")));
        AwaitAssert(() => Health.Checks.ShouldHaveSingleItem());

        var (exit, text) = await Run(manager, Line);

        exit.ShouldBe(1);
        text.ShouldStartWith("pbm: The manager has not begun: ");
        text.ShouldEndWith("Try: health\n");
    }

    [Fact]
    public async Task Mistakes_are_told_before_anybody_is_asked()
        => (await Run(CreateTestProbe().Ref, ["check", "tcp", "host.example", "--set", "times=0"])).ShouldBe(
            (1, "pbm: TARGET: the port is missing: expected a whole number from 1 to 65535, as tcp has no default\npbm: --set times: expected a whole number from 1 to 9, found 0\n"));

    private (IActorRef Manager, IActorRef Link) Linked(int oneShots = 16)
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop", intervalSeconds: 3_000)));
        var connect = AwaitConnect();
        Monitor.IgnoreMessages(message => message is Credit or Grant or Heartbeat or Execute);
        Monitor.Send(Link, Admission(connect.Epoch) with { OneShots = oneShots });
        Settle();
        return (manager, Link);
    }

    private T Await<T>()
        where T : class
        => Monitor.FishForMessage<T>(_ => true, Soon);

    private T AwaitWhileTimePasses<T>(IActorRef link)
        where T : class
    {
        T? found = null;
        AwaitAssert(
            () =>
            {
                while (found is null && Monitor.HasMessages)
                    found = Monitor.ReceiveOne(TimeSpan.Zero) as T;
                if (found is null)
                {
                    Monitor.Send(link, new Heartbeat(Key, 1, 1, 0, 0));
                    Scheduler.Advance(TimeSpan.FromMilliseconds(250));
                }

                found.ShouldNotBeNull();
            },
            Soon);
        return found!;
    }

    private async Task<(int Exit, string Text)> Run(IActorRef manager, string[] line, CancellationToken cancellationToken = default)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var commands = new ShellCommandSet("manager", ManagerCommands.Of(manager, Health, Sample.Services, Time));
        var exit = await Task.Run(() => commands.RunAsync(line, text, cancellationToken), CancellationToken.None);
        return (exit, text.ToString());
    }

    private static CheckResult Result(CheckOnce once) => new(
        once.Check.Job, new Slot(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()), Outcome.Up, Cause.None, new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero),
        TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(7), TimeSpan.Zero, "127.0.0.1", "7 ms")
    {
        Measurements = [new Measurement("connect", 0, 3, "ms"), new Measurement("body.size", 0, 17, "bytes"), new Measurement("tls", 0, 4, "ms"), new Measurement("tls", 1, 12_000, "ms")],
        Attributes = [new TextAttribute("timestamps", "kernel")],
        Attempts = [new Attempt(DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(7), Outcome.Up, Cause.None)],
    };
}
