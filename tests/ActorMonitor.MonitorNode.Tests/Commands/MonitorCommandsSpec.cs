using ActorMonitor.MonitorNode.Commands;
using ActorMonitor.Shell;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Commands;

public class MonitorCommandsSpec(ITestOutputHelper output) : MonitorSpec(output)
{
    [Fact]
    public async Task Clients_list_shows_each_manager_by_name_with_what_it_is_owed()
    {
        var second = Connected(epoch: 8, name: "b");
        var first = Connected(epoch: 7, name: "a");
        first.Execute("job");
        NextRun().Up();
        first.NextResult();
        Pass(TimeSpan.FromSeconds(4), first);

        var (header, rows, lines) = await RunAsync("clients list");

        header.Columns.Select(column => column.Name).ShouldBe(["name", "address", "linked", "epoch", "results", "unacknowledged", "dropped", "clock error", "id"]);
        rows.Select(row => row.Values.ToArray()).ShouldBe(
        [
            ["a", first.Link.Ref.Path.Address.ToString(), true, 7, 1, 1, 0, TimeSpan.FromSeconds(1), first.Id.ToString()],
            ["b", second.Link.Ref.Path.Address.ToString(), false, 8, 0, 0, 0, ShellValue.None, second.Id.ToString()],
        ]);
        lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Queues_list_shows_what_waits_and_runs_and_how_full_the_monitor_is()
    {
        var manager = Connected();
        for (var i = 0; i < 6; i++)
            manager.Execute($"job {i}");
        Settle();

        var (header, rows, lines) = await RunAsync("queues list");

        header.Columns.Length.ShouldBe(7);
        rows.ShouldHaveSingleItem().Values.ShouldBe(["manager", 2, 1024, 4, 0, 0, 0]);
        lines.ShouldBe(["2 probe actors; 4 of 4 checks at a time; 2 waiting"]);
    }

    [Fact]
    public async Task Outbox_shows_what_each_manager_has_not_stored_yet_and_what_it_permits()
    {
        var manager = Connected();
        manager.Execute("job");
        NextRun().Up();
        manager.NextResult();

        var (header, rows, lines) = await RunAsync("outbox");

        header.Columns.Select(column => column.Name).ShouldBe(
            ["client", "unacknowledged", "bytes", "oldest", "dropped", "credit", "granted jobs", "granted until", "journal"]);
        var row = rows.ShouldHaveSingleItem();
        row.Values[..2].ShouldBe(["manager", 1]);
        row.Values[2].ShouldNotBe(0L);
        row.Values[3].ShouldNotBe(ShellValue.None);
        row.Values[4].ShouldBe(0);
        row.Values[6..].ShouldBe([0, ShellValue.None, "written"]);
        lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_managers_the_tables_are_empty()
    {
        (await RunAsync("clients list")).Rows.ShouldBeEmpty();
        (await RunAsync("outbox")).Rows.ShouldBeEmpty();
        (await RunAsync("queues list")).Lines.ShouldBe(["2 probe actors; 0 of 4 checks at a time; 0 waiting"]);
    }

    private async Task<(TableHeader Header, List<TableRow> Rows, List<string> Lines)> RunAsync(string name)
    {
        var command = MonitorCommands.Of(Monitor, new NodeHealth(Time)).Single(command => command.Name == name);
        var said = new List<ShellOutput>();
        await foreach (var line in command.Run(null!, CancellationToken.None))
            said.Add(line);
        return (said.OfType<TableHeader>().Single(), [.. said.OfType<TableRow>()], [.. said.OfType<TextLine>().Select(line => line.Text)]);
    }
}
