using ActorMonitor.Messages;

namespace ActorMonitor.Shell;

/// <summary>What the unfinished last word of a line may become: commands, options, choices, and what the node has by name.</summary>
internal sealed class Completion(ShellCommandSet commands)
{
    /// <summary>More are not listed: who has more to choose from types another letter.</summary>
    public const int MaxCandidates = 5_000;

    private const int MaxCharacters = 256 * 1024;

    /// <summary>The candidates in order; none when nothing is known or the node does not say in time.</summary>
    /// <param name="line">The words; the last one is unfinished and may be empty.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<string[]> OfAsync(IReadOnlyList<string> line, CancellationToken cancellationToken)
    {
        if (line.Count == 0)
            return [];
        var unfinished = line[^1];
        var before = line.Take(line.Count - 1).ToList();
        if (before is [var help, ..] && help.Equals("help", StringComparison.OrdinalIgnoreCase))
            before.RemoveAt(0);
        var characters = 0;
        return
        [
            .. (await WordsAsync(before, unfinished, cancellationToken))
                .Where(word => word.StartsWith(unfinished, StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.Ordinal)
                .Take(MaxCandidates)
                .TakeWhile(word => (characters += word.Length) <= MaxCharacters),
        ];
    }

    private async Task<IEnumerable<string>> WordsAsync(List<string> before, string unfinished, CancellationToken cancellationToken)
    {
        if (before.Count == 0)
        {
            // The names of the first version are offered to those alone who begin to type one.
            var aliases = unfinished.Length == 0 ? [] : commands.Commands.SelectMany(command => command.Aliases);
            return commands.Commands.Select(command => command.Palette).Append("help").Concat(aliases);
        }

        if (commands.Find(before) is { } found)
            return await ParametersAsync(found.Command, before.Skip(found.Words).ToList(), unfinished, cancellationToken);
        return before.Count == 1 ? commands.VerbsOf(before[0]) : [];
    }

    private async Task<IEnumerable<string>> ParametersAsync(ShellCommand command, List<string> given, string unfinished, CancellationToken cancellationToken)
    {
        // The verbs of a palette whose name alone is a command stand beside what that command takes.
        var verbs = command.Verb.Length == 0 && given.Count == 0 ? commands.VerbsOf(command.Palette) : [];
        if (unfinished.StartsWith('-'))
            return verbs.Concat(command.Parameters.Where(parameter => !parameter.IsArgument && !given.Contains(Option(parameter))).Select(Option));
        if (given.Count > 0 && command.Parameters.FirstOrDefault(parameter => Option(parameter) == given[^1] && parameter.Setting.Kind != SettingKind.Flag) is { } awaiting)
            return await ValuesAsync(awaiting, cancellationToken);

        var places = command.Parameters.Where(parameter => parameter.IsArgument).ToList();
        var taken = 0;
        for (var i = 0; i < given.Count; i++)
        {
            if (!given[i].StartsWith("--", StringComparison.Ordinal))
                taken++;
            else if (command.Parameters.FirstOrDefault(parameter => Option(parameter) == given[i]) is { Setting.Kind: not SettingKind.Flag })
                i++;
        }

        var place = taken < places.Count ? places[taken] : places.LastOrDefault(parameter => parameter.Setting.Kind == SettingKind.TextList);
        return place is null ? verbs : verbs.Concat(await ValuesAsync(place, cancellationToken));
    }

    private static async Task<IEnumerable<string>> ValuesAsync(ShellParameter parameter, CancellationToken cancellationToken)
        => parameter.Candidates is { } candidates ? (await candidates(cancellationToken)).Order(StringComparer.OrdinalIgnoreCase) : parameter.Setting.Choices;

    private static string Option(ShellParameter parameter) => "--" + parameter.Setting.Name;
}
