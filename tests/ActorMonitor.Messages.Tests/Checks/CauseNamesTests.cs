using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Checks;

public class CauseNamesTests
{
    [Theory]
    [InlineData(Cause.None, "none")]
    [InlineData(Cause.Nxdomain, "nxdomain")]
    [InlineData(Cause.TlsExpired, "tls-expired")]
    [InlineData(Cause.IcmpUnreachable, "icmp-unreachable")]
    [InlineData(Cause.NtpKissOfDeath, "ntp-kiss-of-death")]
    public void A_cause_is_printed_in_lower_case_with_hyphens(Cause cause, string name) => cause.Name().ShouldBe(name);

    [Fact]
    public void Every_cause_is_found_by_its_name_and_no_two_share_one()
    {
        var causes = Enum.GetValues<Cause>();

        causes.Select(cause => cause.Name()).Distinct().Count().ShouldBe(causes.Length);
        foreach (var cause in causes)
        {
            CauseNames.TryParse(cause.Name(), out var found).ShouldBeTrue();
            found.ShouldBe(cause);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("TlsExpired")]
    [InlineData("tls_expired")]
    [InlineData("31")]
    public void Another_name_is_no_cause(string name) => CauseNames.TryParse(name, out _).ShouldBeFalse();

    [Fact]
    public void A_value_that_is_not_on_the_list_is_printed_as_its_number() => ((Cause)999).Name().ShouldBe("999");

    [Fact]
    public void The_numbers_on_the_wire_are_those_that_were_given_out()
        => string.Join(' ', Enum.GetValues<Cause>().Select(cause => (int)cause))
            .ShouldBe("0 1 2 3 4 10 11 12 13 14 15 16 17 18 19 20 21 30 31 32 33 34 35 36 37 38 40 41 42 43 44 45 46 47 48 49 50 51 60 61 62 63 64 65 66 67 68 80 81 82 83 84 85 86 90 91 92 93 100");
}
