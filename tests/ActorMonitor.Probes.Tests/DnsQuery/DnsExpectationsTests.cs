using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsExpectationsTests
{
    private const int NameError = 0x8183;
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private const int ServerFailure = 0x8182;

    [Fact]
    public void A_record_is_Up()
        => Judge(SettingMap.Empty, DnsBytes.Address(192, 0, 2, 1)).ShouldBe((Outcome.Up, Cause.None, "www.example. A 192.0.2.1"));

    [Fact]
    public void No_such_name_is_Down()
        => Judge(SettingMap.Empty, NameError).ShouldBe((Outcome.Down, Cause.Nxdomain, "www.example. A: the name does not exist (NXDOMAIN)"));

    [Fact]
    public void Another_rcode_is_Down()
        => Judge(SettingMap.Empty, ServerFailure).ShouldBe((Outcome.Down, Cause.DnsRcode, "www.example. A: the server answered SERVFAIL"));

    [Fact]
    public void A_name_without_the_record_is_Down()
        => Judge(SettingMap.Empty).ShouldBe((Outcome.Down, Cause.DnsNoData, "www.example. A: the name has no record of this type"));

    [Fact]
    public void An_alias_that_leads_nowhere_is_no_record()
        => Judge(SettingMap.Empty, DnsBytes.Record(DnsBytes.Asked, 5, DnsBytes.Name("b.example")))
            .ShouldBe((Outcome.Down, Cause.DnsNoData, "www.example. A: the name has no record of this type; it is an alias of b.example."));

    [Fact]
    public void With_no_answer_needed_a_name_alone_is_Up()
        => Judge(ProbeSetup.Map(("minAnswers", "0"))).ShouldBe((Outcome.Up, Cause.None, "www.example. A: no record"));

    [Fact]
    public void The_rcode_that_is_expected_is_Up()
        => Judge(ProbeSetup.Map(("rcode", "nxdomain")), NameError).ShouldBe((Outcome.Up, Cause.None, "www.example. A NXDOMAIN"));

    [Fact]
    public void Another_rcode_than_the_expected_fails_the_expectation()
    {
        Judge(ProbeSetup.Map(("rcode", "REFUSED")), NameError).Cause.ShouldBe(Cause.ExpectationFailed);
        Judge(ProbeSetup.Map(("rcode", "NXDOMAIN")), DnsBytes.Address(192, 0, 2, 1)).Cause.ShouldBe(Cause.ExpectationFailed);
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.3", false)]
    [InlineData("two", false)]
    public void Each_expected_answer_must_be_there(string expected, bool isUp)
        => Judge(SettingMap.Empty.WithList("answer", "192.0.2.2", expected), DnsBytes.Address(192, 0, 2, 1), DnsBytes.Address(192, 0, 2, 2))
            .Cause.ShouldBe(isUp ? Cause.None : Cause.ExpectationFailed);

    [Theory]
    [InlineData(28, "20010DB8000000000000000000000001", "2001:DB8:0::1", true)]
    [InlineData(5, "0378797A00", "XYZ", true)]
    [InlineData(5, "0378797A00", "xyz.", true)]
    [InlineData(15, "000A0378797A00", "10 xyz", true)]
    [InlineData(15, "000A0378797A00", "20 xyz", false)]
    [InlineData(16, "0361206200", "a b", true)]
    [InlineData(16, "0361206200", "\"a b\" \"\"", true)]
    [InlineData(16, "0361206200", "A B", false)]
    [InlineData(257, "000569737375656361", "0 issue \"ca\"", true)]
    [InlineData(65_280, "01FF", "\\# 2 01ff", true)]
    public void Data_is_compared_as_its_type_demands(int type, string data, string expected, bool holds)
        => DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Record(DnsBytes.Asked, type, Convert.FromHexString(data))]))
            .Answers[0].Holds(expected).ShouldBe(holds);

    [Fact]
    public void A_flag_that_is_expected_must_be_set()
    {
        Judge(SettingMap.Empty.WithList("flags", "ra", "rd"), DnsBytes.Address(192, 0, 2, 1)).Outcome.ShouldBe(Outcome.Up);
        Judge(SettingMap.Empty.WithList("flags", "ra", "ad"), DnsBytes.Address(192, 0, 2, 1))
            .ShouldBe((Outcome.Down, Cause.ExpectationFailed, "www.example. A: the flag ad is not set (set are: rd ra)"));
    }

    [Fact]
    public void Fewer_records_than_the_minimum_fail_the_expectation()
        => Judge(ProbeSetup.Map(("minAnswers", "2")), DnsBytes.Address(192, 0, 2, 1)).ShouldBe((Outcome.Down, Cause.ExpectationFailed, "www.example. A: 1 of at least 2 records: 192.0.2.1"));

    [Fact]
    public void A_long_list_is_shown_in_part()
        => Judge(SettingMap.Empty, [.. Enumerable.Range(1, 9).Select(i => DnsBytes.Address(192, 0, 2, (byte)i))]).Text
            .ShouldBe("www.example. A 192.0.2.1, 192.0.2.2, 192.0.2.3 and 6 more");

    [Fact]
    public void The_extended_error_explains_the_rcode()
    {
        var answer = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [], ServerFailure, additionals: [DnsBytes.Option(0, [0, 15, 0, 8, 0, 7, .. "signed"u8])]));

        DnsExpectations.Read(SettingMap.Empty).Judge(answer.Question!, answer, Now).Text.ShouldEndWith("SERVFAIL (extended error 7 signed)");
    }

    [Theory]
    [InlineData("ra", false)]
    [InlineData("aa", true)]
    public void A_flag_that_is_not_wanted_must_not_be_set(string flag, bool isUp)
        => Judge(SettingMap.Empty.WithList("noFlags", flag), DnsBytes.Address(192, 0, 2, 1)).Outcome.ShouldBe(isUp ? Outcome.Up : Outcome.Down);

    [Theory]
    [InlineData("NOERROR,NXDOMAIN", Cause.None)]
    [InlineData("refused,nxdomain", Cause.None)]
    [InlineData("NOERROR,REFUSED", Cause.Nxdomain)]
    [InlineData("SERVFAIL,REFUSED", Cause.ExpectationFailed)]
    public void Any_rcode_of_the_list_is_Up(string rcodes, Cause cause)
        => Judge(SettingMap.Empty.WithList("rcodes", rcodes.Split(',')), NameError).Cause.ShouldBe(cause);

    [Theory]
    [InlineData("answers.equals", "192.0.2.2|192.0.2.1", null)]
    [InlineData("answers.equals", "192.0.2.1", "not expected are 192.0.2.2")]
    [InlineData("answers.equals", "192.0.2.1|192.0.2.2|192.0.2.3", "missing are 192.0.2.3")]
    [InlineData("answers.equals", "192.0.2.1|192.0.2.3", "missing are 192.0.2.3; not expected are 192.0.2.2")]
    [InlineData("answers.matches", "\\.1$|\\.2$", null)]
    [InlineData("answers.matches", "\\.3$", "no record of the answer section matches \\.3$: 192.0.2.1, 192.0.2.2")]
    [InlineData("answers.allMatch", "^www\\.example\\. 300 IN A ", null)]
    [InlineData("answers.allMatch", "\\.1$", "www.example. 300 IN A 192.0.2.2 in the answer section does not match \\.1$")]
    [InlineData("answers.excludes", "\\.3$", null)]
    [InlineData("answers.excludes", "\\.2$", "www.example. 300 IN A 192.0.2.2 in the answer section matches \\.2$, which no record may")]
    [InlineData("answers.max", "2", null)]
    [InlineData("answers.max", "1", "2 of at most 1 records in the answer section: 192.0.2.1, 192.0.2.2")]
    [InlineData("ttl.min", "300", null)]
    [InlineData("ttl.min", "301", "the time to live of www.example. 300 IN A 192.0.2.1 is not from 301 to 2147483647 s")]
    [InlineData("ttl.max", "299", "the time to live of www.example. 300 IN A 192.0.2.1 is not from 0 to 299 s")]
    [InlineData("authority.contains", "ns1.example.com", null)]
    [InlineData("authority.contains", "ns2.example.com", "ns2.example.com is not among the 1 records of the authority section: ns1.example.com.")]
    [InlineData("authority.equals", "ns1.example.com", null)]
    [InlineData("authority.min", "2", "1 of at least 2 records in the authority section: ns1.example.com.")]
    [InlineData("authority.max", "0", "1 of at most 0 records in the authority section: ns1.example.com.")]
    [InlineData("additional.min", "1", "0 of at least 1 records in the additional section: ")]
    [InlineData("additional.max", "0", null)]
    public void The_sections_are_judged(string name, string value, string? failure)
    {
        var authority = DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns1.example.com"));
        var answer = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), [DnsBytes.Address(192, 0, 2, 1), DnsBytes.Address(192, 0, 2, 2)], authorities: [authority]));
        var expect = name.EndsWith(".min", StringComparison.Ordinal) || name.EndsWith(".max", StringComparison.Ordinal)
            ? ProbeSetup.Map((name, value))
            : SettingMap.Empty.WithList(name, value.Split('|'));

        var (outcome, cause, text) = DnsExpectations.Read(expect).Judge(answer.Question!, answer, Now);

        (outcome, cause).ShouldBe(failure is null ? (Outcome.Up, Cause.None) : (Outcome.Down, Cause.ExpectationFailed), text);
        if (failure is not null)
            text.ShouldBe($"www.example. A: {failure}");
    }

    [Theory]
    [InlineData(10, Outcome.Up)]
    [InlineData(2, Outcome.Degraded)]
    [InlineData(-1, Outcome.Down)]
    [InlineData(null, Outcome.Down)]
    public void Signatures_must_be_valid_for_some_time(int? daysLeft, Outcome outcome)
    {
        byte[][] signature = daysLeft is { } days ? [DnsBytes.Record(DnsBytes.Asked, 46, DnsBytes.Signature(Now.AddDays(days)))] : [];

        Judge(ProbeSetup.Map(("signatureDays", "3")), [DnsBytes.Address(192, 0, 2, 1), .. signature]).Outcome.ShouldBe(outcome);
    }

    [Theory]
    [InlineData("answers.matches", "(")]
    [InlineData("answers.matches", "(?=a)")]
    [InlineData("rcodes", "NOSUCH")]
    [InlineData("rcodes", "RCODE4096")]
    [InlineData("noFlags", "zz")]
    public void What_cannot_be_understood_is_not_accepted(string name, string value)
        => Should.Throw<SettingException>(() => DnsExpectations.Read(SettingMap.Empty.WithList(name, value)));

    [Fact]
    public void A_flag_that_does_not_exist_is_not_accepted()
        => Should.Throw<SettingException>(() => DnsExpectations.Read(SettingMap.Empty.WithList("flags", "zz")));

    private static (Outcome Outcome, Cause Cause, string Text) Judge(SettingMap expect, params byte[][] answers) => Judge(expect, 0x8180, answers);

    private static (Outcome Outcome, Cause Cause, string Text) Judge(SettingMap expect, int flags, params byte[][] answers)
    {
        var answer = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), answers, flags));
        return DnsExpectations.Read(expect).Judge(answer.Question!, answer, Now);
    }
}
