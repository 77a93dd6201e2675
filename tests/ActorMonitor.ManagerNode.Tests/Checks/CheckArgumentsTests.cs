using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Checks;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Checks;

public class CheckArgumentsTests
{
    [Theory]
    [InlineData("host.example", "host.example", null)]
    [InlineData("host.example:81", "host.example", 81)]
    [InlineData("192.0.2.1:81", "192.0.2.1", 81)]
    [InlineData("[2001:db8::1]:81", "2001:db8::1", 81)]
    [InlineData("[2001:db8::1]", "2001:db8::1", null)]
    [InlineData("2001:db8::1", "2001:db8::1", null)]
    [InlineData("::1", "::1", null)]
    public void A_target_is_a_host_with_a_port_or_without(string text, string host, int? port)
    {
        CheckTarget.Read(Service("tcp"), text, out var problem).ShouldBe(new CheckTarget(host, port, null));
        problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("https://host.example", "host.example", null, null)]
    [InlineData("https://host.example/", "host.example", null, null)]
    [InlineData("https://host.example:8443/a/b?c=d#e", "host.example", 8443, "/a/b?c=d")]
    [InlineData("https://[2001:db8::1]:8443/?q", "2001:db8::1", 8443, "/?q")]
    public void A_target_of_https_may_be_a_URL(string text, string host, int? port, string? path)
        => CheckTarget.Read(Service("https"), text, out _).ShouldBe(new CheckTarget(host, port, path));

    [Theory]
    [InlineData("tcp", "host.example:", "TARGET: expected HOST, HOST:PORT with a port from 1 to 65535, or [IPV6]:PORT; found \"host.example:\"")]
    [InlineData("tcp", "host.example:0", "TARGET: expected HOST, HOST:PORT")]
    [InlineData("tcp", "host.example:65536", "TARGET: expected HOST, HOST:PORT")]
    [InlineData("https", "http://host.example", "TARGET: the URL is of http, the check of https: expected https://...")]
    [InlineData("https", "https://me@host.example", "TARGET: the URL has a user in it: give it as --set auth.user=NAME --set auth.password=...")]
    [InlineData("https", "https://", "TARGET: \"https://\" is no URL: expected https://HOST/PATH")]
    [InlineData("ping", "ping://host.example", "TARGET: expected HOST, HOST:PORT")]
    [InlineData("ping", "a b", "TARGET: expected a host name or an address, without scheme, port or path, found \"a b\"")]
    [InlineData("tcp", "host.example", "TARGET: the port is missing: expected a whole number from 1 to 65535, as tcp has no default")]
    [InlineData("ping", "host.example:80", "--port: ping has no ports: leave the key out")]
    public void A_target_that_is_none_is_told_so(string service, string target, string problem)
    {
        var (check, problems) = Read(service, target);

        check.ShouldBeNull();
        problems.ShouldHaveSingleItem().ShouldStartWith(problem);
    }

    [Fact]
    public void What_is_typed_is_read_as_the_job_that_a_file_would_have()
    {
        var (check, problems) = (new CheckArguments("TCP", "host.example:81")
        {
            Timeout = TimeSpan.FromMilliseconds(1500),
            Settings = ["send=a=b", "times=3", "tls=true", "steps=one", "steps=two, too", "pause=2s", "family=IPv4", "auth.user=me"],
            Expectations = ["""{"banner": {"contains": "ok"}, /* soon */ "connectMs": 50,}"""],
        }).Read(Sample.Services);

        problems.ShouldBeEmpty();
        check.ShouldBe(new CheckDefinition(
            new JobId("one-shot check"), "tcp", "host.example", 81, TimeSpan.Zero, TimeSpan.FromMilliseconds(1500),
            SettingMap.Empty.With("send", "a=b").With("times", "3").With("tls", "true").With("steps", SettingValue.ListOf(["one", "two, too"]))
                .With("pause", "2000ms").With("family", "ipv4").With("auth.user", "me"),
            SettingMap.Empty.With("banner.contains", "ok").With("connectMs", "50")));
    }

    [Fact]
    public void A_list_may_be_given_as_one_and_an_alias_for_a_service()
    {
        Read("https", "host.example", expect: ["""status=["2xx", "301"]"""]).Check!.Expectations.ShouldBe(
            SettingMap.Empty.With("status", SettingValue.ListOf(["2xx", "301"])));
        Read("icmp", "host.example").Check!.Service.ShouldBe("ping");
    }

    [Fact]
    public void A_path_is_the_URL_s_or_the_setting_s()
    {
        Read("https", "https://host.example/health").Check!.Settings.ShouldBe(SettingMap.Empty.With("path", "/health"));
        Read("https", "https://host.example", ["path=/health"]).Check!.Settings.ShouldBe(SettingMap.Empty.With("path", "/health"));
        Read("https", "https://host.example/a", ["path=/b"]).Problems.ShouldBe(["TARGET has a path, and so has --set path: expected one of them."]);
    }

    [Fact]
    public void A_port_is_the_target_s_or_the_option_s()
    {
        Port("host.example", 81).Check!.Port.ShouldBe(81);
        Port("host.example:81", 81).Check!.Port.ShouldBe(81);
        Port("host.example:80", 81).Problems.ShouldBe(["TARGET has the port 80, --port says 81: expected one of them."]);

        static (CheckDefinition? Check, ImmutableArray<string> Problems) Port(string target, int port)
            => (new CheckArguments("tcp", target) { Port = port }).Read(Sample.Services);
    }

    [Fact]
    public void Every_mistake_is_told_at_once_where_it_was_typed()
    {
        var (check, problems) = (new CheckArguments("tcp", "host.example:99999")
        {
            Settings = ["times=ten", "tls=maybe", "sned=x", "steps", "send=a", "send=b", "family=ipv5", "auth=me", "{\"pause\":", "times.x=1"],
            Expectations = ["connectMs=0", "banner.contain=x", """{"connectMs": 5}"""],
        }).Read(Sample.Services);

        check.ShouldBeNull();
        problems.ShouldBe(
        [
            "--set \"steps\": expected key=value or a JSON object.",
            "--set send is given twice.",
            "--set \"{\"pause\":\" is no JSON object: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.",
            "--set times.x: times has a value of its own.",
            "--expect connectMs is given twice.",
            "TARGET: expected HOST, HOST:PORT with a port from 1 to 65535, or [IPV6]:PORT; found \"host.example:99999\"",
            "--set times: expected a whole number from 1 to 9, found \"ten\"",
            "--set tls: expected true or false, found \"maybe\"",
            "--set sned: unknown key; did you mean \"send\"?",
            "--set family: expected one of any, ipv4, found \"ipv5\"",
            "--set auth: expected an object of user, found \"me\"",
            "--expect connectMs: expected a whole number from 1 to 60000, found 0",
            "--expect banner.contain: unknown key; did you mean \"contains\"?",
        ], ignoreOrder: true, customMessage: string.Join('\n', problems));
    }

    [Fact]
    public void A_service_that_is_none_is_told_with_all_that_there_are()
        => Read("tpc", "host.example:80").Problems.ShouldHaveSingleItem().ShouldBe(
            "SERVICE: expected one of tcp, ping (icmp), https; found \"tpc\"; did you mean \"tcp\"?");

    private static ServiceDefinition Service(string name) => Sample.Services.Services.Single(service => service.Name == name);

    private static (CheckDefinition? Check, ImmutableArray<string> Problems) Read(string service, string target, ImmutableArray<string>? set = null, ImmutableArray<string>? expect = null)
        => (new CheckArguments(service, target) { Settings = set ?? [], Expectations = expect ?? [] }).Read(Sample.Services);
}
