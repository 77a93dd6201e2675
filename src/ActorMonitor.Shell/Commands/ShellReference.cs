using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>The reference page of pbm, made of the commands' declarations: <c>docs/reference/pbm.md</c>.</summary>
public static class ShellReference
{
    /// <summary>The page. Commands that all nodes have stand once, before those of each kind.</summary>
    /// <param name="nodes">The commands of each kind of node.</param>
    public static string Markdown(params ImmutableArray<ShellCommandSet> nodes)
    {
        var page = new StringBuilder("# pbm\n\n");
        page.Append("This page is made of the commands' declarations; a test holds it against them. `pbm help` and `help COMMAND` say the same at the prompt.\n\n");
        Block(page, PbmHelp.Text);
        var everywhere = nodes[0].Commands.Where(command => nodes.All(node => node.Commands.Any(other => other.Name == command.Name && other.Summary == command.Summary))).Select(command => command.Name).ToHashSet();
        Section(page, "Commands of every node", nodes[0].Commands.Where(command => everywhere.Contains(command.Name)));
        foreach (var node in nodes)
            Section(page, $"Commands of a {node.Kind}", node.Commands.Where(command => !everywhere.Contains(command.Name)));
        return page.ToString();
    }

    private static void Section(StringBuilder page, string title, IEnumerable<ShellCommand> commands)
    {
        page.Append("## ").Append(title).Append("\n\n");
        foreach (var command in commands)
        {
            page.Append("### ").Append(command.Name).Append("\n\n");
            if (command.Streams)
                page.Append("Goes on until Ctrl-C, or until it has what it was asked for.\n\n");
            Block(page, HelpText.OfCommand(command));
        }
    }

    private static void Block(StringBuilder page, string text) => page.Append("```\n").Append(text.ReplaceLineEndings("\n").TrimEnd('\n')).Append("\n```\n\n");
}
