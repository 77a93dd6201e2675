using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client;

public sealed class PbmArgumentsTests
{
    [Theory]
    [InlineData("", "127.0.0.1", 9110, "")]
    [InlineData("jobs list", "127.0.0.1", 9110, "jobs|list")]
    [InlineData(":9111 clients", "127.0.0.1", 9111, "clients")]
    [InlineData("host.example:9111 clients", "host.example", 9111, "clients")]
    [InlineData("[::1]:9110 clients", "[::1]", 9110, "clients")]
    [InlineData("--output json 10.0.0.5:1 clients", "10.0.0.5", 1, "clients")]
    [InlineData("clients show akka.tcp://manager@10.0.0.1:8090", "127.0.0.1", 9110, "clients|show|akka.tcp://manager@10.0.0.1:8090")]
    [InlineData("ledger -- --output", "127.0.0.1", 9110, "ledger|--|--output")]
    [InlineData("jobs --help", "127.0.0.1", 9110, "jobs|--help")]
    public void The_first_argument_with_a_colon_is_the_node(string arguments, string host, int port, string line)
    {
        var parsed = PbmArguments.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        parsed.Problem.ShouldBeNull();
        parsed.Node.ShouldBe(new NodeAddress(host, port));
        string.Join('|', parsed.Line).ShouldBe(line);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("host: 1")]
    [InlineData("::1:9110")]
    [InlineData("http://host:9110")]
    [InlineData("ho st:9110")]
    [InlineData("user@host:9110")]
    [InlineData("[::1:9110")]
    public void What_is_no_address_is_none(string text) => NodeAddress.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("127.8.8.8:1", true)]
    [InlineData("localhost:1", true)]
    [InlineData("[::1]:1", true)]
    [InlineData("10.0.0.1:1", false)]
    [InlineData("localhost.example:1", false)]
    public void Loopback_is_told_by_the_address_alone(string address, bool isLoopback) => NodeAddress.Parse(address)!.IsLoopback.ShouldBe(isLoopback);

    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("  a\tb ", "a|b")]
    [InlineData("'a b' \"c d\"", "a b|c d")]
    [InlineData("a'b c'd", "ab cd")]
    [InlineData("\"a \\\" \\\\ b\"", "a \" \\ b")]
    [InlineData("'it\"s' \"it's\"", "it\"s|it's")]
    [InlineData("--x='' ''", "--x=|")]
    [InlineData("c:\\data", "c:\\data")]
    [InlineData("", "")]
    public void A_line_is_cut_into_words(string line, string words) => string.Join('|', LineWords.Split(line)!).ShouldBe(words);

    [Theory]
    [InlineData("'a")]
    [InlineData("a \"b")]
    [InlineData("\"a\\\"")]
    public void An_open_quote_is_no_line(string line) => LineWords.Split(line).ShouldBeNull();

    [Fact]
    public void A_node_elsewhere_has_no_say_in_which_files_are_read()
    {
        var source = new TokenSource(null);
        source.Find(NodeAddress.Parse("10.0.0.1:9110")!, Path.Combine(Path.GetTempPath(), "pbm.token")).Problem.ShouldNotBeNull().ShouldContain("--token-file");
        source.Find(NodeAddress.Default, "pbm.token").Problem.ShouldNotBeNull().ShouldContain("--token-file");
        source.Find(NodeAddress.Default, null).Problem.ShouldNotBeNull().ShouldContain("--token-file");
    }
}
