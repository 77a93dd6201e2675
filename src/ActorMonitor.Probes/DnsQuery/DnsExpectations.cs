using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>What a job expects of the answer, and the verdict on one.</summary>
internal sealed record DnsExpectations(ImmutableArray<string> Answers, string Rcode, ImmutableArray<string> Flags, int MinAnswers)
{
    private const int ShownAnswers = 3;
    private const int ShownLength = 120;

    private static readonly Setting<ImmutableArray<string>> Answer = Setting.TextList(
        "answer", "Record data that must be among the answers, each: an address, a name, \"10 mail.example\", a text with or without its quotes.");

    private static readonly Setting<string> RcodeChoice = Setting.Choice(
        "rcode", "NOERROR", "The response code; with another than NOERROR that code alone makes it Up.", [.. DnsCodes.Rcodes.Select(known => known.Name)]);

    private static readonly Setting<ImmutableArray<string>> FlagList = Setting.TextList(
        "flags", "Header flags that must be set: aa (authoritative), ad (validated), ra (recursion available), tc, rd, cd.", "a list of aa, tc, rd, ra, ad, cd", DnsCodes.IsFlagName);

    private static readonly Setting<int> MinAnswerCount = Setting.Integer(
        "minAnswers", 1, 0, 1000, "How many records of the type asked for there must be; with 0 an existing name without such a record is Up.");

    /// <summary>What the expectations of a dns job can be.</summary>
    internal static readonly ImmutableArray<Setting> All = [Answer, RcodeChoice, FlagList, MinAnswerCount];

    internal static DnsExpectations Read(SettingMap expectations)
        => new(Answer.Read(expectations), RcodeChoice.Read(expectations), FlagList.Read(expectations), MinAnswerCount.Read(expectations));

    /// <summary>The verdict on an answer to <paramref name="question"/>; the text is the detail of an Up, or what is wrong.</summary>
    internal (Outcome Outcome, Cause Cause, string Text) Judge(DnsQuestion question, DnsMessage answer)
    {
        var rcode = DnsCodes.RcodeName(answer.Rcode);
        if (rcode != Rcode)
            return WrongRcode(question, answer, rcode);
        if (Flags.FirstOrDefault(flag => !DnsCodes.NamesOf(answer.Flags).Contains(flag)) is { } missing)
            return Failed($"the flag {missing} is not set (set are: {string.Join(' ', DnsCodes.NamesOf(answer.Flags))})");
        if (answer.Rcode != DnsCodes.NoError)
            return (Outcome.Up, Cause.None, $"{question} {rcode}");

        var ofType = answer.Answers.Where(record => record.Type == question.Type && record.Class == question.Class).ToList();
        if (ofType.Count < MinAnswers)
        {
            return ofType.Count == 0
                ? (Outcome.Down, Cause.DnsNoData, NoData(question, answer))
                : Failed($"{ofType.Count} of at least {MinAnswers} records: {Shown(ofType)}");
        }

        if (Answers.FirstOrDefault(expected => !answer.Answers.Any(record => record.Holds(expected))) is { } absent)
            return Failed($"{absent} is not among the {answer.Answers.Length} answers: {Shown(answer.Answers)}");
        return (Outcome.Up, Cause.None, ofType.Count == 0 ? $"{question}: no record" : $"{question} {Shown(ofType)}");

        (Outcome, Cause, string) Failed(string text) => (Outcome.Down, Cause.ExpectationFailed, $"{question}: {text}");
    }

    private (Outcome Outcome, Cause Cause, string Text) WrongRcode(DnsQuestion question, DnsMessage answer, string rcode)
    {
        var why = answer.ExtendedErrors.IsEmpty ? "" : $" (extended error {answer.ExtendedErrors[0]})";
        if (Rcode != "NOERROR")
            return (Outcome.Down, Cause.ExpectationFailed, $"{question}: {rcode}{why} where {Rcode} is expected");
        return answer.Rcode == DnsCodes.NameError
            ? (Outcome.Down, Cause.Nxdomain, $"{question}: the name does not exist (NXDOMAIN){why}")
            : (Outcome.Down, Cause.DnsRcode, $"{question}: the server answered {rcode}{why}");
    }

    private static string NoData(DnsQuestion question, DnsMessage answer)
    {
        var alias = answer.Answers.LastOrDefault(record => record.Type == (ushort)DnsType.CNAME);
        return $"{question}: the name has no record of this type" + (alias is null ? "" : $"; it is an alias of {alias.Data}");
    }

    private static string Shown(IReadOnlyList<DnsRecord> records)
    {
        var text = string.Join(", ", records.Take(ShownAnswers).Select(record => record.Data));
        if (text.Length > ShownLength)
            text = text[..ShownLength] + "...";
        return records.Count > ShownAnswers ? $"{text} and {records.Count - ShownAnswers} more" : text;
    }
}
