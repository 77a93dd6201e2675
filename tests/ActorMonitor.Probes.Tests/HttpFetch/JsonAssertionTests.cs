using System.Text.Json;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class JsonAssertionTests
{
    private const string Document =
        """{"status":"ok","n":3,"big":1e999,"items":[{"name":"bolt","price net":9.5},{"name":"nut"}],"none":null,"a.b":{"c":true},"length":7,"when":"2030-01-02T03:04:05Z"}""";

    [Theory]
    [InlineData("$.status == \"ok\"", true)]
    [InlineData("$.status == \"OK\"", false)]
    [InlineData("$.status != \"bad\"", true)]
    [InlineData("$.missing != \"bad\"", true)]
    [InlineData("$.missing == null", false)]
    [InlineData("$.none == null", true)]
    [InlineData("$.n == 3.0", true)]
    [InlineData("$.n < 3", false)]
    [InlineData("$.n <= 3", true)]
    [InlineData("$.n >= 4", false)]
    [InlineData("$.n > 2.5", true)]
    [InlineData("$.n > \"2\"", false)]
    [InlineData("$.big > 5", true)]
    [InlineData("$.when >= \"2030-01-02\"", true)]
    [InlineData("$.items.length == 2", true)]
    [InlineData("$.length == 7", true)]
    [InlineData("$.status.length == 2", true)]
    [InlineData("$.n.length exists", false)]
    [InlineData("$.items[0][\"price net\"] < 10", true)]
    [InlineData("$.items[-1].name == \"nut\"", true)]
    [InlineData("$.items[2] exists", false)]
    [InlineData("$.items[2] absent", true)]
    [InlineData("$.items[-3] absent", true)]
    [InlineData("$[\"a.b\"].c == true", true)]
    [InlineData("$.items contains {\"name\":\"nut\"}", true)]
    [InlineData("$ contains \"status\"", true)]
    [InlineData("$.status contains \"o\"", true)]
    [InlineData("$.status matches ^o.$", true)]
    [InlineData("$.n matches ^4$", false)]
    public void A_value_is_compared(string text, bool holds)
    {
        JsonAssertion.TryParse(text, out var assertion).ShouldBeTrue();

        using var document = JsonDocument.Parse(Document);

        (assertion.Judge(document.RootElement) is null).ShouldBe(holds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("status == 1")]
    [InlineData("$.status")]
    [InlineData("$.status=1")]
    [InlineData("$. == 1")]
    [InlineData("$[x] == 1")]
    [InlineData("$[\"x] == 1")]
    [InlineData("$.a == ok")]
    [InlineData("$.a ~ 1")]
    [InlineData("$.a < true")]
    [InlineData("$.a exists 1")]
    [InlineData("$.a matches (?=x)")]
    public void What_is_no_assertion_is_not_accepted(string text) => JsonAssertion.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void No_text_makes_the_parser_fail()
    {
        var random = new Random(20301);
        const string Alphabet = "$.[]\"-01ax =<>!\\ ";

        for (var i = 0; i < 20_000; i++)
        {
            var text = "$" + new string(random.GetItems<char>(Alphabet, random.Next(24)));
            if (JsonAssertion.TryParse(text, out var assertion))
            {
                using var document = JsonDocument.Parse("[{\"a\":[0,1]},\"x\"]");
                _ = assertion.Judge(document.RootElement);
            }
        }
    }

    [Theory]
    [InlineData("content-type contains json", true)]
    [InlineData("Content-Type contains JSON", false)]
    [InlineData("x-cache = HIT", true)]
    [InlineData("x-cache != HIT", false)]
    [InlineData("x-other != HIT", true)]
    [InlineData("server absent", true)]
    [InlineData("x-cache absent", false)]
    [InlineData("x-cache exists", true)]
    [InlineData("via = one, two", true)]
    [InlineData("x-cache matches ^H", true)]
    [InlineData("server matches ^H", false)]
    public void A_header_is_compared(string text, bool holds)
    {
        var headers = new HttpHeaders();
        headers.Add("Content-Type", "application/json");
        headers.Add("X-Cache", "HIT");
        headers.Add("Via", "one");
        headers.Add("via", "two");
        HeaderAssertion.TryParse(text, out var assertion).ShouldBeTrue();

        (assertion.Judge(headers) is null).ShouldBe(holds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("server")]
    [InlineData("server is x")]
    [InlineData("server =")]
    [InlineData("server exists x")]
    [InlineData("ser(ver = x")]
    [InlineData("server matches (")]
    public void What_is_no_assertion_of_a_header_is_not_accepted(string text) => HeaderAssertion.TryParse(text, out _).ShouldBeFalse();
}
