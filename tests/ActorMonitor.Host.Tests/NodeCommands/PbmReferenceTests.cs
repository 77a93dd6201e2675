using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Commands;
using ActorMonitor.Host.Composition;
using ActorMonitor.Host.NodeCommands;
using ActorMonitor.ManagerNode.Commands;
using ActorMonitor.MonitorNode.Commands;
using ActorMonitor.Shell;
using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.NodeCommands;

public sealed class PbmReferenceTests
{
    private const string Page = "docs/reference/pbm.md";

    [Fact]
    public async Task The_reference_page_is_what_the_commands_declare()
    {
        var source = new ConfigurationSource(new RunOptions(null, null, [], OutputFormat.Text, null), NodeRole.Up, "up");
        await using var run = NodeRun.OfNodes(source, source.Read(TextWriter.Null).ShouldNotBeNull(), CancellationToken.None);
        var health = new NodeHealth(TimeProvider.System);

        var generated = ShellReference.Markdown(
            Set(run, "manager", ManagerCommands.Of(ActorRefs.Nobody, health, Configured.Catalog, TimeProvider.System)),
            Set(run, "monitor", MonitorCommands.Of(ActorRefs.Nobody, health, TimeProvider.System)));

        var file = Path.Combine(Root(), Page);
        if (File.Exists(file) && await File.ReadAllTextAsync(file) == generated)
            return;
        var fresh = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "fresh")).FullName, Path.GetFileName(Page));
        await File.WriteAllTextAsync(fresh, generated);
        Assert.Fail($"{Page} is stale: cp {fresh} {Page}");
    }

    // Declarations ask nothing of the actor system; only what they run does.
    private static ShellCommandSet Set(NodeRun run, string kind, ImmutableArray<ShellCommand> commands)
        => new(kind, [.. commands, .. AnyNodeCommands.Of(kind, null!, run, "data", TimeProvider.System)]);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ActorMonitor.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
