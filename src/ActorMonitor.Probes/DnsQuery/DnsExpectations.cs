using System.Collections.Immutable;
using System.Globalization;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>What a job expects of the answer, and the verdict on one.</summary>
internal sealed record DnsExpectations(ImmutableArray<string> Rcodes, ImmutableArray<string> Flags, ImmutableArray<string> NoFlags, int MinAnswers)
{
    private static readonly Setting<ImmutableArray<string>> Answer = Setting.TextList(
        "answer", "Record data that must be among the answers, each: an address, a name, \"10 mail.example\", a text with or without its quotes.");

    private static readonly Setting<string?> RcodeChoice = Setting.OptionalChoice(
        "rcode", "The response code that is Up; without it NOERROR. With another than NOERROR no answer is needed.", [.. DnsCodes.Rcodes.Select(known => known.Name)]);

    private static readonly Setting<ImmutableArray<string>> RcodeList = Setting.TextList(
        "rcodes", "Further response codes that are Up, such as REFUSED or RCODE11; with it alone, NOERROR is Up only when it is among them.", "a list of rcodes", DnsCodes.IsRcodeName);

    private static readonly Setting<ImmutableArray<string>> FlagList = Setting.TextList(
        "flags", "Header flags that must be set: aa (authoritative), ad (validated), ra (recursion available), tc, rd, cd.", "a list of aa, tc, rd, ra, ad, cd", DnsCodes.IsFlagName);

    private static readonly Setting<ImmutableArray<string>> NoFlagList = Setting.TextList(
        "noFlags", "Header flags that must not be set (ra on a server that should serve nobody's recursion).", "a list of aa, tc, rd, ra, ad, cd", DnsCodes.IsFlagName);

    private static readonly Setting<int> MinAnswerCount = Setting.Integer(
        "minAnswers", 1, 0, 1000, "How many records of the type asked for there must be; with 0 an existing name without such a record is Up.");

    private static readonly DnsSectionSettings AnswerSection = new("answers", "answer", Answer);
    private static readonly DnsSectionSettings AuthoritySection = new("authority", "authority");
    private static readonly DnsSectionSettings AdditionalSection = new("additional", "additional");

    private static readonly Setting<int?> TtlMin = Setting.OptionalInteger("ttl.min", 0, int.MaxValue, "The least time to live of an answer, in seconds.");

    private static readonly Setting<int?> TtlMax = Setting.OptionalInteger("ttl.max", 0, int.MaxValue, "The greatest time to live of an answer, in seconds.");

    private static readonly Setting<int?> SignatureDayCount = Setting.OptionalInteger(
        "signatureDays", 0, 3650, "With dnssec: for how many days each signature (RRSIG) among the answers has to be valid yet; fewer is Degraded, none or no signature is Down.");

    private static readonly Setting<int> Tolerance = Setting.Integer(
        "serialTolerance", 0, 0, 1_000_000, "With nameServers: how far apart the serials may be, while a change of the zone spreads.");

    private static readonly Setting<double?> Response = Setting.OptionalNumber(
        "responseMs", 0, 3_600_000, "How many milliseconds there may be from the query to the answer; more is Degraded.");

    /// <summary>What the expectations of a dns job can be.</summary>
    internal static readonly ImmutableArray<Setting> All =
    [
        .. AnswerSection.All, MinAnswerCount, RcodeChoice, RcodeList, FlagList, NoFlagList, TtlMin, TtlMax, .. AuthoritySection.All, .. AdditionalSection.All,
        SignatureDayCount, Tolerance, Response, .. TlsSettings.Expectations,
    ];

    internal required DnsSectionExpectations Answers { get; init; }

    internal required DnsSectionExpectations Authority { get; init; }

    internal required DnsSectionExpectations Additional { get; init; }

    internal (int Min, int Max) TtlSeconds { get; init; }

    internal int? SignatureDays { get; init; }

    internal int SerialTolerance { get; init; }

    internal double? ResponseMs { get; init; }

    internal static DnsExpectations Read(SettingMap map)
        => new([.. RcodeList.Read(map).Select(rcode => rcode.ToUpperInvariant()), .. RcodeChoice.Read(map) is { } rcode ? [rcode] : Array.Empty<string>()], FlagList.Read(map), NoFlagList.Read(map), MinAnswerCount.Read(map))
        {
            Answers = AnswerSection.Read(map),
            Authority = AuthoritySection.Read(map),
            Additional = AdditionalSection.Read(map),
            TtlSeconds = (TtlMin.Read(map) ?? 0, TtlMax.Read(map) ?? int.MaxValue),
            SignatureDays = SignatureDayCount.Read(map),
            SerialTolerance = Tolerance.Read(map),
            ResponseMs = Response.Read(map),
        };

    /// <summary>The verdict on an answer to <paramref name="question"/>; the text is the detail of an Up, or what is wrong.</summary>
    internal (Outcome Outcome, Cause Cause, string Text) Judge(DnsQuestion question, DnsMessage answer, DateTimeOffset now)
    {
        var rcode = DnsCodes.RcodeName(answer.Rcode);
        if (!(Rcodes.IsEmpty ? answer.Rcode == DnsCodes.NoError : Rcodes.Contains(rcode)))
            return WrongRcode(question, answer, rcode);
        foreach (var flag in Flags)
        {
            if (!answer.Flags.HasFlag(DnsCodes.FlagOf(flag)))
                return Failed($"the flag {flag} is not set (set are: {string.Join(' ', DnsCodes.NamesOf(answer.Flags))})");
        }

        foreach (var flag in NoFlags)
        {
            if (answer.Flags.HasFlag(DnsCodes.FlagOf(flag)))
                return Failed($"the flag {flag} is set");
        }

        var ofType = answer.Answers.Where(record => record.IsOf(question)).ToList();
        if (answer.Rcode == DnsCodes.NoError && ofType.Count < MinAnswers)
        {
            return ofType.Count == 0
                ? (Outcome.Down, Cause.DnsNoData, NoData(question, answer))
                : Failed($"{ofType.Count} of at least {MinAnswers} records: {DnsSectionExpectations.Shown(ofType)}");
        }

        if ((Answers.Judge(answer.Answers, ofType) ?? Authority.Judge(answer.Authorities, answer.Authorities) ?? Additional.Judge(answer.Additionals, answer.Additionals)) is { } wrong)
            return Failed(wrong);
        if (answer.Answers.FirstOrDefault(record => record.TtlSeconds < TtlSeconds.Min || record.TtlSeconds > TtlSeconds.Max) is { } odd)
            return Failed($"the time to live of {odd} is not from {TtlSeconds.Min} to {TtlSeconds.Max} s");
        if (SignatureDays is { } days && JudgeSignatures(question, answer, days, now) is { } verdict)
            return verdict;
        if (answer.Rcode != DnsCodes.NoError)
            return (Outcome.Up, Cause.None, $"{question} {rcode}");
        return (Outcome.Up, Cause.None, ofType.Count == 0 ? $"{question}: no record" : $"{question} {DnsSectionExpectations.Shown(ofType)}");

        (Outcome, Cause, string) Failed(string text) => (Outcome.Down, Cause.ExpectationFailed, $"{question}: {text}");
    }

    /// <summary>What a time that is too long says; null for one that is not.</summary>
    internal string? JudgeTime(TimeSpan elapsed)
        => elapsed.TotalMilliseconds > ResponseMs ? string.Create(CultureInfo.InvariantCulture, $"the answer took {elapsed.TotalMilliseconds:F3} ms, more than {ResponseMs} ms") : null;

    private static (Outcome, Cause, string)? JudgeSignatures(DnsQuestion question, DnsMessage answer, int days, DateTimeOffset now)
    {
        var first = answer.Answers.Where(record => record.Expires is not null).MinBy(record => record.Expires);
        if (first is null)
            return (Outcome.Down, Cause.ExpectationFailed, $"{question}: no answer is signed");
        var left = (first.Expires!.Value - now).TotalDays;
        if (left >= days)
            return null;
        var text = string.Create(CultureInfo.InvariantCulture, $"{question}: the signature by {first.Signer} {(left < 0 ? $"expired {-left:F1} days ago" : $"expires in {left:F1} days, expected {days} or more")}");
        return (left < 0 ? Outcome.Down : Outcome.Degraded, Cause.ExpectationFailed, text);
    }

    private (Outcome Outcome, Cause Cause, string Text) WrongRcode(DnsQuestion question, DnsMessage answer, string rcode)
    {
        var why = answer.ExtendedErrors.IsEmpty ? "" : $" (extended error {answer.ExtendedErrors[0]})";
        if (!Rcodes.IsEmpty && !Rcodes.Contains("NOERROR"))
            return (Outcome.Down, Cause.ExpectationFailed, $"{question}: {rcode}{why} where {string.Join(" or ", Rcodes)} is expected");
        return answer.Rcode == DnsCodes.NameError
            ? (Outcome.Down, Cause.Nxdomain, $"{question}: the name does not exist (NXDOMAIN){why}")
            : (Outcome.Down, Cause.DnsRcode, $"{question}: the server answered {rcode}{why}");
    }

    private static string NoData(DnsQuestion question, DnsMessage answer)
    {
        var alias = answer.Answers.LastOrDefault(record => record.Type == (ushort)DnsType.CNAME);
        return $"{question}: the name has no record of this type" + (alias is null ? "" : $"; it is an alias of {alias.Data}");
    }
}
