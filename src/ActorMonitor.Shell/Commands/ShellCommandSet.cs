using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorMonitor.Messages;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMonitor.Shell;

/// <summary>All commands of a node. <c>help</c> is built in.</summary>
public sealed class ShellCommandSet
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "help", "exit", "quit");

    private readonly FrozenDictionary<string, ImmutableArray<ShellCommand>> _palettes;
    private readonly FrozenDictionary<string, ShellCommand> _aliases;
    private readonly OtherNode? _other;

    /// <summary>Collects a node's commands.</summary>
    /// <param name="kind">What the node is: <c>manager</c> or <c>monitor</c>.</param>
    /// <param name="commands">Its commands, in the order in which help lists them.</param>
    /// <param name="other">The other kind of node, so that an operator at the wrong one is sent to the right one.</param>
    /// <exception cref="ArgumentException">Two commands have the same name, or one cannot be typed.</exception>
    public ShellCommandSet(string kind, IEnumerable<ShellCommand> commands, OtherNode? other = null)
    {
        Kind = kind;
        Commands = [.. commands];
        _other = other;
        foreach (var command in Commands)
            Check(command);
        foreach (var twice in Commands.GroupBy(command => command.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            throw new ArgumentException($"Two commands are called {twice.Key}.", nameof(commands));
        _palettes = Commands.GroupBy(command => command.Palette, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.OrdinalIgnoreCase);

        var aliases = new Dictionary<string, ShellCommand>(StringComparer.OrdinalIgnoreCase);
        foreach (var (command, alias) in Commands.SelectMany(command => command.Aliases, (command, alias) => (command, alias)))
        {
            if (Reserved.Contains(alias) || _palettes.ContainsKey(alias) || !aliases.TryAdd(alias, command))
                throw new ArgumentException($"The alias {alias} of {command.Name} is taken.", nameof(commands));
        }

        _aliases = aliases.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What the node is: <c>manager</c> or <c>monitor</c>.</summary>
    public string Kind { get; }

    /// <summary>The commands, in the order in which help lists them.</summary>
    public ImmutableArray<ShellCommand> Commands { get; }

    /// <summary>The first words of the commands, palettes and aliases: what an <see cref="OtherNode"/> wants to know.</summary>
    public ImmutableArray<string> FirstWords => [.. Commands.Select(command => command.Palette).Concat(Commands.SelectMany(command => command.Aliases)).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Runs a line in this process, without an endpoint and without a token, and prints what it says as text.</summary>
    /// <param name="line">The line's words.</param>
    /// <param name="output">Gets everything, failures included.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <returns>The exit code that pbm would have.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> line, TextWriter output, CancellationToken cancellationToken)
    {
        var sink = new TextRenderer(output, output);
        var exit = await new CommandRun(CommandRun.DefaultTimeout, TimeProvider.System, NullLogger.Instance).RunAsync(Resolve(line), sink, cancellationToken);
        await sink.EndAsync();
        return exit;
    }

    /// <summary>The second words of a palette.</summary>
    internal IEnumerable<string> VerbsOf(string palette) => _palettes.TryGetValue(palette, out var found) ? found.Select(command => command.Verb).Where(verb => verb.Length > 0) : [];

    /// <summary>The command that words begin with, and how many of them are its name; null when there is none yet.</summary>
    internal (ShellCommand Command, int Words)? Find(IReadOnlyList<string> words)
    {
        if (_aliases.TryGetValue(words[0], out var aliased))
            return (aliased, 1);
        if (!_palettes.TryGetValue(words[0], out var palette))
            return null;
        if (words.Count > 1 && palette.FirstOrDefault(command => command.Verb.Length > 0 && command.Verb.Equals(words[1], StringComparison.OrdinalIgnoreCase)) is { } named)
            return (named, 2);
        return palette.FirstOrDefault(command => command.Verb.Length == 0) is { } alone ? (alone, 1) : null;
    }

    /// <summary>Finds what a line means.</summary>
    /// <param name="line">The line's words.</param>
    /// <param name="calledHost">The host by which the caller reached this node, to name it in an advice.</param>
    /// <param name="caller">Who typed it.</param>
    internal ShellResolution Resolve(IReadOnlyList<string> line, string calledHost = "127.0.0.1", string caller = "")
    {
        var (words, wantsHelp) = TakeHelp(line);
        if (words.Count == 0)
            return ShellResolution.Help(HelpText.OfNode(Kind, Commands));

        var first = words[0];
        if (_aliases.TryGetValue(first, out var aliased))
            return Understood(aliased, words.Skip(1), wantsHelp, caller);
        if (!_palettes.TryGetValue(first, out var palette))
            return ShellResolution.Usage(Unknown(words, calledHost));

        var verb = words.Count > 1 ? words[1] : "";
        var named = palette.FirstOrDefault(command => command.Verb.Equals(verb, StringComparison.OrdinalIgnoreCase));
        if (named is not null && (verb.Length > 0 || !wantsHelp || palette.Length == 1))
            return Understood(named, words.Skip(verb.Length > 0 ? 2 : 1), wantsHelp, caller);
        if (wantsHelp && verb.Length == 0)
            return ShellResolution.Help(HelpText.OfPalette(palette));
        if (palette.FirstOrDefault(command => command.Verb.Length == 0) is { } alone && (alone.Parameters.Length > 0 || palette.Length == 1))
            return Understood(alone, words.Skip(1), wantsHelp, caller);

        var verbs = palette.Select(command => command.Verb).Where(v => v.Length > 0).ToArray();
        return ShellResolution.Usage(verb.Length == 0
            ? $"{palette[0].Palette} needs one of: {string.Join(", ", verbs)}. Try: help {palette[0].Palette}"
            : $"{palette[0].Palette} has no {Short(verb)}.{ClosestNames.Question(verb, verbs)} Try: help {palette[0].Palette}");
    }

    private static ShellResolution Understood(ShellCommand command, IEnumerable<string> arguments, bool wantsHelp, string caller)
    {
        if (wantsHelp)
            return ShellResolution.Help(HelpText.OfCommand(command));
        var (values, problem) = ArgumentReader.Read(command, [.. arguments]);
        return problem is null
            ? ShellResolution.Run(command, new ShellInvocation(values, caller))
            : ShellResolution.Usage($"{problem} Try: help {command.Name}");
    }

    private string Unknown(IReadOnlyList<string> words, string calledHost)
    {
        if (_other is not null && _other.Commands.Contains(words[0], StringComparer.OrdinalIgnoreCase))
            return $"{words[0]} is a command of a {_other.Kind}, and this node is a {Kind}. Try: pbm {calledHost}:{_other.Port} {string.Join(' ', words)}";
        return $"This {Kind} has no command {Short(words[0])}.{ClosestNames.Question(words[0], FirstWords.Append("help"))} Try: help";
    }

    // help may stand first, second, or as --help anywhere before a lone --.
    private static (List<string> Words, bool WantsHelp) TakeHelp(IReadOnlyList<string> line)
    {
        var words = new List<string>(line.Count);
        var (wantsHelp, optionsEnded) = (false, false);
        foreach (var token in line)
        {
            optionsEnded |= token == "--";
            if (!optionsEnded && (token is "--help" or "-h" or "-?" || (words.Count <= 1 && token.Equals("help", StringComparison.OrdinalIgnoreCase))))
                wantsHelp = true;
            else
                words.Add(token);
        }

        return (words, wantsHelp);
    }

    private static void Check(ShellCommand command)
    {
        if (!IsWord(command.Palette) || (command.Verb.Length > 0 && !IsWord(command.Verb)) || !command.Aliases.All(IsWord))
            throw new ArgumentException($"The command {command.Name} has a name that cannot be typed.");
        if (Reserved.Contains(command.Palette) || Reserved.Contains(command.Verb))
            throw new ArgumentException($"The command {command.Name} has the shell's own name.");

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var (sawOptional, sawList) = (false, false);
        foreach (var parameter in command.Parameters)
        {
            if (!names.Add(parameter.Setting.Name))
                throw new ArgumentException($"The command {command.Name} has two parameters {parameter.Setting.Name}.");
            if (!parameter.IsArgument)
                continue;
            if (sawList || (sawOptional && parameter.IsRequired))
                throw new ArgumentException($"The command {command.Name} has {parameter.Setting.Name} after an argument that may swallow it.");
            sawOptional |= !parameter.IsRequired;
            sawList |= parameter.Setting.Kind == SettingKind.TextList;
        }
    }

    private static bool IsWord(string name) => name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && name[0] != '-';

    private static string Short(string text) => $"\"{(text.Length <= 80 ? text : text[..80] + "...")}\"";
}
