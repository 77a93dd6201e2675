using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Commands;

public class TopCommandSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    [Fact]
    public async Task A_picture_has_the_process_the_rates_the_outcomes_the_monitors_and_what_fails()
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop"), Sample.Job("mail")));
        AwaitConnect();
        Publish("shop", Outcome.Down, Cause.Refused);
        Publish("mail", Outcome.Up);
        Publish("gone", Outcome.Down, Cause.Refused);

        var outputs = await RunAsync(manager, "1");

        outputs[0].ShouldBeOfType<Frame>();
        var tables = Tables(outputs);
        tables.Select(table => table.Header.Columns[0].Name).ShouldBe(["uptime", "slots due/s", "last", "monitor", "failing job"]);
        tables[0].Rows.ShouldHaveSingleItem().Values[^2..].ShouldBe([2, "0 of 1"]);
        tables[2].Rows.ShouldHaveSingleItem().Values[..4].ShouldBe(["1 s", 1, 0, 2]);
        tables[3].Rows.ShouldHaveSingleItem().Values[..3].ShouldBe(["eu", "lost", ShellValue.None]);
        tables[4].Rows.ShouldHaveSingleItem().Values[..5].ShouldBe(["shop", "tcp", "eu", "Down", "refused"]);
        outputs.OfType<Failure>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_nothing_fails_that_is_said()
    {
        var manager = ManagerNodeHosting.Start(Sys, Parts(Sample.Job("shop")));
        AwaitConnect();

        (await RunAsync(manager, "1"))[^1].ShouldBe(new TextLine("No job fails."));
    }

    [Fact]
    public async Task A_manager_that_does_not_answer_is_a_line_for_each_part_and_no_hang()
    {
        var running = Task.Run(() => RunAsync(CreateTestProbe().Ref, "1"));
        while (!running.IsCompleted)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await running).OfType<Failure>().Select(failure => failure.Message).ShouldBe(
        [
            "top timed out: /user/manager/feed did not answer within 5s.", "top timed out: /user/manager/results did not answer within 5s.",
            "top timed out: /user/manager/monitors did not answer within 5s.", "top timed out: /user/manager/jobs did not answer within 5s.",
        ]);
    }

    private void Publish(string job, Outcome outcome, Cause cause = Cause.None)
    {
        var slot = new Slot(Time.GetUtcNow().ToUnixTimeMilliseconds());
        Sys.EventStream.Publish(new SlotRecord(new JobId(job), "eu", slot, outcome, cause, "m", Sample.Result(job, slot, outcome, cause), IsLate: false) { Service = "tcp", IsNewest = true });
    }

    private async Task<List<ShellOutput>> RunAsync(IActorRef manager, string count)
    {
        var command = ManagerCommands.Of(manager, Health, Sample.Services, Time).Single(command => command.Name == "top");
        var outputs = new List<ShellOutput>();
        await foreach (var each in command.Run(new ShellInvocation(SettingMap.Empty.With("count", count)), CancellationToken.None))
            outputs.Add(each);
        return outputs;
    }

    private static List<(TableHeader Header, List<TableRow> Rows)> Tables(List<ShellOutput> outputs)
    {
        var tables = new List<(TableHeader Header, List<TableRow> Rows)>();
        foreach (var each in outputs)
        {
            if (each is TableHeader header)
                tables.Add((header, []));
            else if (each is TableRow row)
                tables[^1].Rows.Add(row);
        }

        return tables;
    }
}
