using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>The texts of <c>help</c>.</summary>
internal static class HelpText
{
    public const string Marks = "* changes the node and needs its token, which pbm reads by itself on the node's machine.";

    /// <summary>All commands of a node.</summary>
    public static string OfNode(string kind, IReadOnlyCollection<ShellCommand> commands)
    {
        var text = new StringBuilder($"Commands of this {kind}:\n\n");
        List(text, commands);
        text.Append("\nhelp COMMAND explains one with its options; --output json prints objects instead of tables; exit leaves the shell.");
        return text.ToString();
    }

    /// <summary>The commands that share a first word.</summary>
    public static string OfPalette(IReadOnlyCollection<ShellCommand> commands)
    {
        var text = new StringBuilder();
        List(text, commands);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>One command in full.</summary>
    public static string OfCommand(ShellCommand command)
    {
        var text = new StringBuilder($"{command.Name}: {command.Summary}\n\nUsage: {Usage(command)}\n");
        if (!command.Aliases.IsEmpty)
            text.Append("Also:  ").AppendJoin(", ", command.Aliases).Append('\n');
        if (!command.Parameters.IsEmpty)
        {
            text.Append('\n');
            Columns(text, [.. command.Parameters.Select(parameter => (Left(parameter), Meaning(parameter)))]);
        }

        if (command.Changes)
            text.Append("\nIt changes the node and needs its token, which pbm reads by itself on the node's machine.");
        return text.ToString().TrimEnd('\n');
    }

    private static void List(StringBuilder text, IReadOnlyCollection<ShellCommand> commands)
    {
        Columns(text, [.. commands.Select(command => (Short(command), command.Summary + (command.Changes ? " *" : "")))]);
        if (commands.Any(command => command.Changes))
            text.Append('\n').Append(Marks).Append('\n');
    }

    // In lists the options would drown the names.
    private static string Short(ShellCommand command) => string.Join(' ', command.Parameters.Where(p => p.IsArgument).Select(p => p.Usage).Prepend(command.Name));

    private static string Usage(ShellCommand command)
        => string.Join(' ', command.Parameters.Where(p => p.IsArgument).Concat(command.Parameters.Where(p => !p.IsArgument)).Select(p => p.Usage).Prepend(command.Name));

    private static string Left(ShellParameter parameter)
    {
        if (parameter.IsArgument)
            return parameter.Setting.Name.ToUpperInvariant();
        return parameter.Setting.Kind == SettingKind.Flag ? "--" + parameter.Setting.Name : $"--{parameter.Setting.Name} {parameter.Placeholder}";
    }

    private static string Meaning(ShellParameter parameter)
    {
        var setting = parameter.Setting;
        var notes = new List<string>();
        if (setting.Kind is SettingKind.Integer or SettingKind.Number or SettingKind.Duration)
            notes.Add(setting.Accepts);
        else if (setting.Kind == SettingKind.Choice && parameter.IsArgument)
            notes.Add(setting.Accepts);
        else if (setting.Kind == SettingKind.TextList && !parameter.IsArgument)
            notes.Add("may be given several times");
        if (!parameter.IsRequired && setting.Kind != SettingKind.Flag && setting.Default is { } @default && @default.ToString().Length > 0)
            notes.Add($"{@default} by default");
        if (parameter.Changes)
            notes.Add("changes the node and needs its token");
        return string.Join("; ", notes.Prepend(setting.Description));
    }

    // A long left column gets a line of its own, so that one long usage does not push all texts to the right.
    private static void Columns(StringBuilder text, (string Left, string Right)[] lines)
    {
        const int WidestLeft = 38;
        var width = lines.Where(line => line.Left.Length <= WidestLeft).Select(line => line.Left.Length).DefaultIfEmpty(8).Max();
        foreach (var (left, right) in lines)
        {
            text.Append("  ").Append(left.PadRight(width));
            if (left.Length > width)
                text.Append('\n').Append(' ', width + 2);
            text.Append("  ").Append(right).Append('\n');
        }
    }
}
