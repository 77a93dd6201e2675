using System.Diagnostics.CodeAnalysis;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class HttpExpectationsTests
{
    private static readonly HttpObservation Fine = new(
        200, new HttpHeaders(), new HttpBody("all is well"u8.ToArray(), 11, IsCut: false, Encoding.UTF8), TimeSpan.FromMilliseconds(50), new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(200, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(503, false)]
    public void Without_a_word_every_status_below_400_is_expected(int status, bool isUp)
        => Judge(SettingMap.Empty, Fine with { Status = status }).Select(f => f.Cause).ShouldBe(isUp ? [] : [Cause.HttpStatus]);

    [Theory]
    [InlineData(404, true)]
    [InlineData(250, true)]
    [InlineData(300, false)]
    public void One_of_several_statuses_is_enough(int status, bool isUp)
        => Judge(SettingMap.Empty.WithList("status", "2xx", "404"), Fine with { Status = status }).IsEmpty.ShouldBe(isUp);

    [Theory]
    [InlineData("body.contains", "well", null)]
    [InlineData("body.contains", "Well", Outcome.Down)]
    [InlineData("body.notContains", "error", null)]
    [InlineData("body.notContains", "well", Outcome.Down)]
    [InlineData("body.matches", "^all .* w", null)]
    [InlineData("body.matches", "^well", Outcome.Down)]
    public void The_body_is_searched(string name, string value, Outcome? outcome)
        => Judge(Map((name, value)), Fine).Select(f => (Outcome?)f.Outcome).FirstOrDefault().ShouldBe(outcome);

    [Theory]
    [InlineData("body.contains", "well", null, Cause.None)]
    [InlineData("body.contains", "rest", Outcome.Unknown, Cause.Oversize)]
    [InlineData("body.matches", "rest", Outcome.Unknown, Cause.Oversize)]
    [InlineData("body.notContains", "rest", Outcome.Unknown, Cause.Oversize)]
    [InlineData("body.notContains", "well", Outcome.Down, Cause.ExpectationFailed)]
    public void What_may_be_in_the_rest_of_a_cut_body_is_not_known(string name, string value, Outcome? outcome, Cause cause)
    {
        var finding = Judge(Map((name, value)), Fine with { Body = Fine.Body with { IsCut = true } }).FirstOrDefault();

        finding?.Outcome.ShouldBe(outcome!.Value);
        (finding?.Cause ?? Cause.None).ShouldBe(cause);
    }

    [Theory]
    [InlineData("50", true)]
    [InlineData("49.9", false)]
    public void A_slow_response_is_degraded(string limit, bool isUp)
        => Judge(Map(("responseMs", limit)), Fine).Select(f => f.Outcome).ShouldBe(isUp ? [] : [Outcome.Degraded]);

    [Theory]
    [InlineData("body.sha256", "e0ed0dca1c9d3fb5d7f1f8ed7c0f92dcf4da3e2c06c7fae0d53fe8cb7d68a8f4", false)]
    [InlineData("body.minBytes", "11", true)]
    [InlineData("body.minBytes", "12", false)]
    [InlineData("body.maxBytes", "11", true)]
    [InlineData("body.maxBytes", "10", false)]
    public void Hash_and_size_are_judged(string name, string value, bool isUp)
        => Judge(Map((name, value)), Fine).IsEmpty.ShouldBe(isUp);

    [Fact]
    public void The_right_hash_is_Up_in_either_case()
        => Judge(Map(("body.sha256", Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Fine.Body.Bytes.Span)))), Fine).ShouldBeEmpty();

    [Theory]
    [InlineData("Date", "Tue, 01 Jan 2030 11:59:00 GMT", "maxAge", "60s", true)]
    [InlineData("Date", "Tue, 01 Jan 2030 11:58:59 GMT", "maxAge", "60s", false)]
    [InlineData("Date", "Tue, 01 Jan 2030 13:00:00 GMT", "maxAge", "60s", true)]
    [InlineData("Age", "60", "maxAge", "60s", true)]
    [InlineData("Age", "61", "maxAge", "60s", false)]
    [InlineData("Age", "-1", "maxAge", "60s", false)]
    [InlineData("Date", "yesterday", "maxAge", "60s", false)]
    [InlineData("Last-Modified", "Tue, 01 Jan 2030 11:59:00 GMT", "maxModifiedAge", "60s", true)]
    [InlineData("Last-Modified", "Mon, 31 Dec 2029 12:00:00 GMT", "maxModifiedAge", "60s", false)]
    [InlineData("X", "y", "maxModifiedAge", "60s", false)]
    public void The_age_is_told_by_the_headers(string name, string value, string expectation, string bound, bool isUp)
    {
        var headers = new HttpHeaders();
        headers.Add(name, value);

        Judge(Map((expectation, bound)), Fine with { Headers = headers }).IsEmpty.ShouldBe(isUp);
    }

    [Fact]
    public void Everything_that_is_wrong_is_found()
        => Judge(Map(("responseMs", "1"), ("body.contains", "x")), Fine with { Status = 500 }).Length.ShouldBe(3);

    [Theory]
    [InlineData("(")]
    [InlineData("(?=look)")]
    [InlineData(@"(a)\1")]
    [InlineData("")]
    public void A_pattern_that_cannot_be_matched_in_linear_time_is_not_accepted([StringSyntax("")] string pattern)
        => HttpExpectationSettings.BodyMatches.Validate(SettingValue.Of(pattern)).ShouldNotBeNull();

    [Theory]
    [InlineData("/", true)]
    [InlineData("/a?b=c%20d", true)]
    [InlineData("a", false)]
    [InlineData("/a b", false)]
    [InlineData("/a\r\nX: y", false)]
    [InlineData("/a#b", false)]
    public void A_path_begins_with_a_slash_and_keeps_to_its_line(string path, bool accepted)
        => (HttpFetchSettings.Path.Validate(SettingValue.Of(path)) is null).ShouldBe(accepted);

    [Theory]
    [InlineData("shop.example", true)]
    [InlineData("shop.example:8080", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a@b", false)]
    [InlineData("a\r\nX: y", false)]
    [InlineData("", false)]
    public void A_host_header_is_a_host(string text, bool accepted)
        => (HttpFetchSettings.HostHeader.Validate(SettingValue.Of(text)) is null).ShouldBe(accepted);

    private static System.Collections.Immutable.ImmutableArray<Finding> Judge(SettingMap map, HttpObservation seen) => HttpExpectations.Of(map).Judge(seen);
}
