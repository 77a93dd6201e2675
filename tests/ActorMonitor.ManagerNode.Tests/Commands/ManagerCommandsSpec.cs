using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Commands;

public class ManagerCommandsSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    [Fact]
    public async Task Jobs_list_shows_each_job_on_each_monitor_in_the_order_of_the_file()
    {
        var manager = Start(Sample.Job("z", ["eu"]), Sample.Job("a", ["eu", "us"], intervalSeconds: 90));
        AwaitConnect();

        var (header, rows) = await RunAsync(manager, "jobs list");

        header.Columns.Length.ShouldBe(16);
        rows.Select(row => row.Values.Take(7).ToArray()).ShouldBe(
        [
            ["z", "tcp", "host.example:80", "10s", "eu", "running", ShellValue.None],
            ["a", "tcp", "host.example:80", "90s", "eu", "running", ShellValue.None],
            ["a", "tcp", "host.example:80", "90s", "us", "running", ShellValue.None],
        ]);
        rows.ShouldAllBe(row => row.Values.Length == header.Columns.Length && row.Values.Skip(7).All(count => count == 0));
    }

    [Fact]
    public async Task Monitors_list_shows_links_that_are_up_and_those_that_are_not()
    {
        var manager = Start(Sample.Job("job"));

        AwaitConnect();
        var before = (await RunAsync(manager, "monitors list")).Rows.ShouldHaveSingleItem();
        before.Values[..3].ShouldBe(["eu", Address.HostAndPort, "down"]);

        Monitor.IgnoreMessages(message => message is Credit or Grant);
        Monitor.Send(Link, Admission(new Epoch(7)));
        Monitor.ExpectMsg<Heartbeat>(Soon);
        Settle();
        var (header, rows) = await RunAsync(manager, "monitors list");
        var row = rows.ShouldHaveSingleItem();
        row.Values.Length.ShouldBe(header.Columns.Length);
        row.Values[..3].ShouldBe(["eu", Address.HostAndPort, "up"]);
        row.Values[4..6].ShouldBe(["Frankfurt", "dc-1"]);
    }

    private IActorRef Start(params JobDefinition[] jobs) => ManagerNodeHosting.Start(Sys, Parts(jobs));

    private static async Task<(TableHeader Header, List<TableRow> Rows)> RunAsync(IActorRef manager, string name)
    {
        var command = ManagerCommands.Of(manager, new NodeHealth(TimeProvider.System), Sample.Services, TimeProvider.System).Single(command => command.Name == name);
        var output = new List<ShellOutput>();
        await foreach (var line in command.Run(new ShellInvocation(SettingMap.Empty), CancellationToken.None))
            output.Add(line);
        return (output.OfType<TableHeader>().Single(), [.. output.OfType<TableRow>()]);
    }
}
