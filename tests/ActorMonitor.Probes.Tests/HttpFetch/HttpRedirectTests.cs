using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class HttpRedirectTests
{
    [Theory]
    [InlineData("/b", "http://a.example/b")]
    [InlineData("c?d=e", "http://a.example/x/c?d=e")]
    [InlineData("//b.example/", "http://b.example/")]
    [InlineData("https://a.example:8443/", "https://a.example:8443/")]
    [InlineData("http://[::1]/", "http://[::1]/")]
    public void A_location_is_read_against_the_page_it_came_from(string location, string next)
        => Follow(From("http://a.example/x/y"), 302, location)!.Uri.ShouldBe(new Uri(next));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ftp://a.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://")]
    [InlineData("http://[::1")]
    public void A_location_that_leads_nowhere_is_not_followed(string? location)
        => Follow(From("http://a.example/"), 302, location).ShouldBeNull();

    [Theory]
    [InlineData(301, "GET", "GET")]
    [InlineData(301, "POST", "GET")]
    [InlineData(302, "POST", "GET")]
    [InlineData(302, "PUT", "PUT")]
    [InlineData(303, "POST", "GET")]
    [InlineData(303, "PUT", "GET")]
    [InlineData(303, "HEAD", "HEAD")]
    [InlineData(307, "POST", "POST")]
    [InlineData(308, "PUT", "PUT")]
    public void The_status_says_what_becomes_of_the_method(int status, string method, string next)
    {
        var target = Follow(From("http://a.example/") with { Method = new HttpMethod(method) }, status, "/b")!;

        target.Method.Method.ShouldBe(next);
        target.SendsBody.ShouldBe(method == next);
    }

    [Theory]
    [InlineData("http://a.example/", "http://A.example/b", true)]
    [InlineData("http://a.example/", "https://a.example/b", true)]
    [InlineData("https://a.example/", "http://a.example/b", false)]
    [InlineData("http://a.example/", "http://a.example:81/b", false)]
    [InlineData("http://a.example:81/", "https://a.example/b", false)]
    [InlineData("http://a.example/", "http://b.example/", false)]
    [InlineData("http://a.example/", "http://a.example.b.example/", false)]
    public void Only_the_jobs_own_origin_is_trusted_with_its_headers(string from, string to, bool isOwn)
        => Follow(From(from), 302, to)!.IsOwnOrigin.ShouldBe(isOwn);

    [Fact]
    public void The_way_back_from_a_strangers_origin_is_a_strangers_way()
    {
        var away = Follow(From("http://a.example/"), 302, "http://b.example/")!;

        Follow(away, 302, "http://a.example/")!.IsOwnOrigin.ShouldBeFalse();
    }

    [Fact]
    public void A_strangers_origin_is_not_given_the_jobs_body()
        => Follow(From("http://a.example/") with { Method = HttpMethod.Post }, 307, "http://b.example/").ShouldBeNull();

    private static HttpTarget From(string uri) => new(new Uri(uri), HttpMethod.Get, IsOwnOrigin: true, SendsBody: true);

    private static HttpTarget? Follow(HttpTarget from, int status, string? location) => HttpRedirect.Follow(from, status, location).Next;
}
