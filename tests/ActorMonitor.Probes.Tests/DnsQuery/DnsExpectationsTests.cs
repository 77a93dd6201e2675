using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsExpectationsTests
{
    private const int NameError = 0x8183;
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

        DnsExpectations.Read(SettingMap.Empty).Judge(answer.Question!, answer).Text.ShouldEndWith("SERVFAIL (extended error 7 signed)");
    }

    [Fact]
    public void A_flag_that_does_not_exist_is_not_accepted()
        => Should.Throw<SettingException>(() => DnsExpectations.Read(SettingMap.Empty.WithList("flags", "zz")));

    private static (Outcome Outcome, Cause Cause, string Text) Judge(SettingMap expect, params byte[][] answers) => Judge(expect, 0x8180, answers);

    private static (Outcome Outcome, Cause Cause, string Text) Judge(SettingMap expect, int flags, params byte[][] answers)
    {
        var answer = DnsMessage.Read(DnsBytes.Answer(DnsBytes.Query(), answers, flags));
        return DnsExpectations.Read(expect).Judge(answer.Question!, answer);
    }
}
