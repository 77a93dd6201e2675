using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Matching;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>The settings of what a job expects of one section of the answer.</summary>
internal sealed class DnsSectionSettings
{
    private readonly string _name;
    private readonly Setting<ImmutableArray<string>> _contains;
    private readonly Setting<ImmutableArray<string>> _equals;
    private readonly Setting<ImmutableArray<string>> _matches;
    private readonly Setting<ImmutableArray<string>> _allMatch;
    private readonly Setting<ImmutableArray<string>> _excludes;
    private readonly Setting<int?>? _min;
    private readonly Setting<int?> _max;

    /// <summary>Those of a section.</summary>
    /// <param name="key">The beginning of their names.</param>
    /// <param name="name">The section's name.</param>
    /// <param name="contains">The setting for data that must be there, where it has a name of its own; the least number has one then too.</param>
    internal DnsSectionSettings(string key, string name, Setting<ImmutableArray<string>>? contains = null)
    {
        _name = name;
        _contains = contains ?? Setting.TextList($"{key}.contains", $"Record data that must be in the {name} section, written as in `answer`.");
        _equals = Setting.TextList(
            $"{key}.equals", contains is null ? $"The data of all records of the {name} section, in any order." : "The data of all records of the type asked for, in any order.");
        _matches = Patterns("matches", "of each, one record at least must match");
        _allMatch = Patterns("allMatch", "every record must match each");
        _excludes = Patterns("excludes", "no record may match any");
        _min = contains is null ? Setting.OptionalInteger($"{key}.min", 0, 65_535, $"How many records the {name} section must have at least.") : null;
        _max = Setting.OptionalInteger($"{key}.max", 0, 65_535, $"How many records the {name} section may have at most.");

        Setting<ImmutableArray<string>> Patterns(string kind, string meaning) => Setting.TextList(
            $"{key}.{kind}", $"Regular expressions over the records of the {name} section, each record as \"www.example.com. 300 IN A 192.0.2.1\": {meaning}.",
            "a list of regular expressions without look-around and back-references", text => TextPattern.TryParse(text, out _));
    }

    internal ImmutableArray<Setting> All => _min is null ? [_contains, _equals, _matches, _allMatch, _excludes, _max] : [_contains, _equals, _matches, _allMatch, _excludes, _min, _max];

    internal DnsSectionExpectations Read(SettingMap map) => new(
        _name, _contains.Read(map), _equals.Read(map), Regexes(_matches.Read(map)), Regexes(_allMatch.Read(map)), Regexes(_excludes.Read(map)), _min?.Read(map), _max.Read(map));

    private static ImmutableArray<Regex> Regexes(ImmutableArray<string> patterns)
        => patterns.IsEmpty ? [] : [.. patterns.Select(pattern => TextPattern.TryParse(pattern, out var regex) ? regex : throw new SettingException($"{pattern} is no regular expression"))];
}

/// <summary>What a job expects of one section of the answer.</summary>
internal sealed record DnsSectionExpectations(
    string Name,
    ImmutableArray<string> Contains,
    ImmutableArray<string> Equal,
    ImmutableArray<Regex> Matches,
    ImmutableArray<Regex> AllMatch,
    ImmutableArray<Regex> Excludes,
    int? Min,
    int? Max)
{
    private const int ShownRecords = 3;
    private const int ShownLength = 120;

    private readonly bool _readsText = !(Matches.IsEmpty && AllMatch.IsEmpty && Excludes.IsEmpty);

    /// <summary>What is wrong with a section; null when it is as expected.</summary>
    /// <param name="records">All its records.</param>
    /// <param name="compared">Those of which all data is expected.</param>
    internal string? Judge(ImmutableArray<DnsRecord> records, IReadOnlyList<DnsRecord> compared)
    {
        if (records.Length < Min)
            return $"{records.Length} of at least {Min} records in the {Name} section: {Shown(records)}";
        if (records.Length > Max)
            return $"{records.Length} of at most {Max} records in the {Name} section: {Shown(records)}";
        if (Contains.FirstOrDefault(expected => !records.Any(record => record.Holds(expected))) is { } absent)
            return $"{absent} is not among the {records.Length} records of the {Name} section: {Shown(records)}";
        if (!Equal.IsEmpty && Difference(compared) is { } difference)
            return difference;
        return _readsText ? JudgeTexts(records) : null;
    }

    /// <summary>The data of the first few records.</summary>
    internal static string Shown(IReadOnlyList<DnsRecord> records)
    {
        if (records.Count == 1 && records[0].Data.Length <= ShownLength)
            return records[0].Data;
        var text = string.Join(", ", records.Take(ShownRecords).Select(record => record.Data));
        if (text.Length > ShownLength)
            text = text[..ShownLength] + "...";
        return records.Count > ShownRecords ? $"{text} and {records.Count - ShownRecords} more" : text;
    }

    private string? Difference(IReadOnlyList<DnsRecord> records)
    {
        var missing = Equal.Where(expected => !records.Any(record => record.Holds(expected))).ToList();
        var others = records.Where(record => !Equal.Any(record.Holds)).ToList();
        if (missing.Count == 0 && others.Count == 0)
            return null;
        return string.Join(
            "; ",
            new[] { missing.Count == 0 ? null : $"missing are {string.Join(", ", missing.Take(ShownRecords))}", others.Count == 0 ? null : $"not expected are {Shown(others)}" }.OfType<string>());
    }

    private string? JudgeTexts(ImmutableArray<DnsRecord> records)
    {
        var texts = records.Select(record => record.ToString()).ToList();
        if (Matches.FirstOrDefault(pattern => !texts.Exists(pattern.IsMatch)) is { } unmatched)
            return $"no record of the {Name} section matches {unmatched}: {Shown(records)}";
        foreach (var pattern in AllMatch)
        {
            if (texts.Find(text => !pattern.IsMatch(text)) is { } other)
                return $"{other} in the {Name} section does not match {pattern}";
        }

        foreach (var pattern in Excludes)
        {
            if (texts.Find(pattern.IsMatch) is { } unwanted)
                return $"{unwanted} in the {Name} section matches {pattern}, which no record may";
        }

        return null;
    }
}
